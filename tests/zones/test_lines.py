"""Lines of a pack as they are built and read: what does not belong together is refused."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from shapely import from_wkb
from small_pack import write_pack

from offing.errors import BadZone, MissingInput
from offing.zones.lines import BUILT_LINES, LINES, line_claims, line_hash, read_built_lines, write_built_lines


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_pack(tmp_path_factory.mktemp("packs") / "small")


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "small"))


def test_the_file_is_one_that_others_read(whole: Path) -> None:
    rows = pq.read_table(whole / BUILT_LINES).to_pylist()
    outer, half_way = (from_wkb(r["geometry"]) for r in rows)
    assert [r["line_id"] for r in rows] == ["outer", "half-way"]
    assert outer.wkt == "MULTILINESTRING ((123 24.5, 123 28.5))" and half_way.geom_type == "MultiLineString"
    assert rows[0]["length_km"] == pytest.approx(443.1, abs=0.1)
    assert b'"primary_column": "geometry"' in pq.read_schema(whole / BUILT_LINES).metadata[b"geo"]


def test_lines_are_read_as_they_were_written(whole: Path, tmp_path: Path) -> None:
    lines = read_built_lines(whole)
    write_built_lines(lines, tmp_path / "again.parquet")
    assert (tmp_path / "again.parquet").read_bytes() == (whole / BUILT_LINES).read_bytes()
    assert [line.id for line in lines] == ["outer", "half-way"] and all(line.parts for line in lines)


def test_a_line_without_a_course_is_not_written(whole: Path, tmp_path: Path) -> None:
    one, other = read_built_lines(whole)
    for lines in ([replace(one, parts=())], [one, replace(other, parts=())]):
        with pytest.raises(BadZone, match=r"nothing of the line .* lies in the frame"):
            write_built_lines(lines, tmp_path / "x.parquet")
    assert not list(tmp_path.iterdir())


def test_no_claims_no_lines(copy: Path) -> None:
    (copy / LINES).unlink()
    assert line_claims(copy) == [] and read_built_lines(copy) == []
    (copy / BUILT_LINES).unlink()
    assert read_built_lines(copy) == []


def test_a_published_course_that_changed_after_it_was_built(copy: Path) -> None:
    text = (copy / LINES).read_text(encoding="utf-8")
    (copy / LINES).write_text(text.replace("28.5", "28.6"), encoding="utf-8")
    with pytest.raises(BadZone, match=r"outer has hash \w{16}, but \w{16} is written beside it"):
        read_built_lines(copy)


def test_built_files_that_do_not_fit(copy: Path) -> None:
    path = copy / BUILT_LINES
    table = pq.read_table(path)
    for broken, says in (
        (table.drop_columns(["hash"]), "no file of built lines"),
        (table.slice(1), "lacks the line outer"),
        (table.set_column(3, "geometry", table["hash"]), "no file of built lines"),
        (table.set_column(1, "hash", table["line_id"]), "but half-way|but outer is written beside it"),
    ):
        pq.write_table(broken, path)
        with pytest.raises(BadZone, match=says):
            read_built_lines(copy)
    path.write_bytes(b"PAR1")
    with pytest.raises(BadZone, match="no file of built lines"):
        read_built_lines(copy)
    path.unlink()
    with pytest.raises(MissingInput, match="offing regions build"):
        read_built_lines(copy)


def test_the_hash_is_of_course_kind_and_dates(whole: Path) -> None:
    line, _ = read_built_lines(whole)
    assert line_hash(replace(line, names={}, note="x", source="y")) == line_hash(line)
    for other in (replace(line, kind="fisheries_limit"), replace(line, parts=(line.parts[0][::-1],))):
        assert line_hash(other) != line_hash(line)
