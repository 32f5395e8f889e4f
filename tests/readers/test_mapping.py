"""The mapping file: what it may say, and how clearly a mistake is told."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from offing.errors import BadMapping, MissingInput
from offing.readers import load_mapping
from offing.readers.mapping import parse_mapping

GOOD = """\
[columns]
t_utc = "time"
mmsi = "mmsi"
lat_deg = "lat"
lon_deg = "lon"

[time]
format = "%Y/%m/%d %H:%M:%S"
zone = "Asia/Taipei"
"""


def test_a_good_one_comes_back_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(GOOD)
    assert load_mapping(path) == tomllib.loads(GOOD)
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert load_mapping(path) == tomllib.loads(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('mmsi = "mmsi"', "mmsi = 5", "line 3.*columns.mmsi"),
        ('mmsi = "mmsi"', 'mmsi = ""', "line 3.*columns.mmsi"),
        ('mmsi = "mmsi"', 'mmsii = "mmsi"', "line 3.*columns.mmsii.*Did you mean 'mmsi'"),
        ('lat_deg = "lat"\n', "", "line 1.*lat_deg"),
        ('lon_deg = "lon"', 'lon_deg = "lat"', "line 5.*both lat_deg and lon_deg from the column 'lat'"),
        ("[time]", "[tme]", "line 7.*tme.*Did you mean 'time'"),
        ("Asia/Taipei", "Asia/Atlantis", "line 9.*Asia/Atlantis"),
        ("Asia/Taipei", "+8", "line 9"),
        ("%Y/%m/%d %H:%M:%S", "yyyy", "line 8.*yyyy"),
        ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d", "line 8"),
        ('format = "', "format = ", "not TOML.*line 8"),
        ("[time]", '[file]\ndelimiter = "ab"\n[time]', "line 8.*'ab'"),
        ("[time]", '[file]\nencoding = "utf-16"\n[time]', "line 8.*utf-16"),
        ("[time]", '[file]\nencoding = "klingon"\n[time]', "line 8.*klingon"),
        ("[time]", '[file]\ndecimal = "x"\n[time]', "line 8"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    path = tmp_path / "map.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(BadMapping, match=f"(?s){said}") as caught:
        load_mapping(path)
    assert caught.value.hint


def test_no_file_and_no_text(tmp_path: Path) -> None:
    with pytest.raises(MissingInput):
        load_mapping(tmp_path / "none.toml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadMapping):
        load_mapping(tmp_path / "binary")
    with pytest.raises(BadMapping):
        parse_mapping({"columns": "mmsi"})
    with pytest.raises(BadMapping):
        parse_mapping({})
