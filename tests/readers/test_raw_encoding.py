"""The way back to a line of a file in another encoding."""

from __future__ import annotations

from pathlib import Path

from reading import read_whole, write

from offing.model.reading import ReadOptions
from offing.readers.csv import READER


def test_raw_text_of_a_mapped_file_is_told_in_its_own_encoding(tmp_path: Path) -> None:
    columns = {"t_utc": "時間", "mmsi": "識別碼", "lat_deg": "緯度", "lon_deg": "經度", "name": "船名"}
    options = ReadOptions({"columns": columns, "time": {"format": "iso"}, "file": {"encoding": "big5", "delimiter": ";"}})
    text = "時間;識別碼;緯度;經度;船名\n2024-03-01T00:00:00Z;412000101;25.5;121.5;海巡, 一號\n"
    source = write(tmp_path, text.encode("big5"))
    assert read_whole(READER, source, options).side_statics["name"].to_list() == ["海巡, 一號"]
    assert READER.raw(source, [1], options) == {1: (2, text.splitlines()[1])}
