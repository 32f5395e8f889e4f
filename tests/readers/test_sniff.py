"""The registry, and the choice of a reader by content."""

from __future__ import annotations

import random
from importlib.metadata import EntryPoint
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import MC_NEW_HEADER, MC_ROW, PACKERS, PLAIN_HEADER, mapped, mc, write
from test_aisstream import REPORT, line
from test_dma import DATA as DMA

from offing.errors import BadParameter, NothingKept, UnknownForm, UnknownName, UsageError
from offing.model.reading import ReadOptions
from offing.readers import choose, readers, sniff

NMEA = "!AIVDM,1,1,,A,15M67FC000G?ufbE`FepT@3n00Sa,0*5C\n" * 3
FORMS = {
    "nmea": NMEA.encode(),
    "marinecadastre": mc(MC_ROW).encode(),
    "dma": DMA.encode(),
    "aisstream": line("PositionReport", REPORT).encode(),
    "csv": f"{PLAIN_HEADER}\n2024-03-01T00:00:00Z,5,1,2\n".encode(),
    "parquet": b"PAR1" + bytes(100),
}


def test_all_shipped_readers_are_registered_like_anyone_s() -> None:
    assert set(readers()) >= set(sniff.SHIPPED)
    for name, reader in readers().items():
        assert reader.name == name
        assert isinstance(reader.version, int)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["x.csv", "x.nmea", "x", "x.gz", "x.jsonl", "x.parquet"])
def test_a_form_is_known_by_its_content_whatever_its_name(tmp_path: Path, form: str, name: str) -> None:
    assert choose(write(tmp_path, FORMS[form], name)).name == form
    for kind, pack in PACKERS.items():
        assert choose(write(tmp_path, pack(FORMS[form]), f"{kind}-{name}")).name == form


def test_the_newer_marinecadastre_header(tmp_path: Path) -> None:
    assert choose(write(tmp_path, MC_NEW_HEADER + "\n")).name == "marinecadastre"


@settings(max_examples=150, deadline=None)
@given(st.binary(min_size=1, max_size=400).filter(lambda data: not data.startswith(b"PAR1")))
def test_noise_is_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    for reader in readers().values():
        assert reader.sniff(data) < sniff.SURE


@pytest.mark.parametrize(
    "data",
    [
        random.Random(1).randbytes(5000),
        b"a,b,c\n1,2,3\n",
        b"hello\n",
        b"\0" * 1000,
        b"{}\n",
        '{"type": "FeatureCollection"}'.encode("utf-16"),
    ],
)
def test_unknown_content_is_refused_with_a_next_step(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(UnknownForm, match="no form") as caught:
        choose(write(tmp_path, data))
    assert "--as" in caught.value.hint and "--map" in caught.value.hint


def test_tar_and_empty(tmp_path: Path) -> None:
    with pytest.raises(UnknownForm) as caught:
        choose(write(tmp_path, b"name".ljust(257, b"\0") + b"ustar\x0000" + bytes(200)))
    assert "tar" in caught.value.hint
    for form in ("auto", "csv"):
        with pytest.raises(NothingKept, match="empty"):
            choose(write(tmp_path, b""), form)


def test_a_named_form_is_taken_at_its_word(tmp_path: Path) -> None:
    source = write(tmp_path, b"hello\n")
    for form in sniff.SHIPPED:
        assert choose(source, form).name == form
    with pytest.raises(UnknownName, match="'nmae'") as caught:
        choose(source, "nmae")
    assert "Did you mean nmea" in caught.value.hint
    with pytest.raises(UnknownName, match="'kml'") as caught:
        choose(source, "kml")
    assert all(name in caught.value.hint for name in [*readers(), "auto"])


def test_a_mapping_means_csv_or_parquet(tmp_path: Path) -> None:
    options = ReadOptions(mapped())
    for name, form in {"marinecadastre": "csv", "csv": "csv", "nmea": "csv", "parquet": "parquet"}.items():
        assert choose(write(tmp_path, FORMS[name]), "auto", options).name == form
    assert choose(write(tmp_path, FORMS["csv"]), "csv", options).name == "csv"
    with pytest.raises(BadParameter, match="mapping"):
        choose(write(tmp_path, FORMS["nmea"]), "nmea", options)


def test_without_metadata_the_shipped_list_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    readers.cache_clear()
    monkeypatch.setattr(sniff, "entry_points", lambda group: ())
    try:
        assert set(readers()) == set(sniff.SHIPPED)
    finally:
        readers.cache_clear()


def test_a_reader_that_cannot_be_loaded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    readers.cache_clear()
    stranger = EntryPoint("vms", "nowhere.at_all:READER", sniff.GROUP)
    monkeypatch.setattr(sniff, "entry_points", lambda group: (stranger,))
    try:
        with pytest.raises(UsageError, match="'vms'"):
            readers()
    finally:
        readers.cache_clear()


def test_the_real_files(shared_data: Path) -> None:
    from offing.readers import find_files, open_source

    want = {"noaa": "marinecadastre", "tw_t": "csv", "gpsd": "nmea", "sign": "nmea"}
    for path in find_files([shared_data / "ais"]):
        if path.name.startswith("taiwan"):
            with pytest.raises(UnknownForm):
                choose(open_source(path))
        else:
            assert choose(open_source(path)).name == want[path.name[:4]], path.name


def test_real_tables_with_a_mapping(shared_data: Path) -> None:
    from reading import read_whole

    from offing.readers import open_source

    tanker = open_source(shared_data / "ais/tw_tanker_medna_2026-08-13_19.csv")
    names = {"t_utc": "time_utc", "mmsi": "mmsi", "lat_deg": "lat", "lon_deg": "lon", "speed_kn": "speed_kn", "name": "name"}
    for mapping in ({"columns": names, "time": {"format": "iso"}}, None):
        options = ReadOptions(mapping)
        got = read_whole(choose(tanker, "auto", options), tanker, options)
        assert (got.rows, got.positions.height) == (64, 64)
        assert got.side_statics["name"].to_list() == ["MEDNA"]
        assert got.positions.select(pl.col("t_utc").dt.strftime("%FT%TZ")).item(0, 0) == "2026-08-13T03:05:34Z"
    port = open_source(shared_data / "ais/taiwan_port_bureau_sample_9rows.csv")
    mapping = {"columns": names | {"t_utc": "record_time_utc8"}, "time": {"format": "%Y/%m/%d %H:%M:%S"}}
    naive = read_whole(choose(port, "auto", ReadOptions(mapping)), port, ReadOptions(mapping))
    assert naive.reasons == dict.fromkeys(range(1, 10), "naive_time")
    mapping["time"]["zone"] = "Asia/Taipei"
    got = read_whole(choose(port, "auto", ReadOptions(mapping)), port, ReadOptions(mapping))
    assert got.positions.height == 9
    assert got.positions.select(pl.col("t_utc").dt.strftime("%FT%TZ")).item(0, 0) == "2026-08-13T05:12:24Z"
    assert "CT4-2104-99%" in got.side_statics["name"].to_list()
