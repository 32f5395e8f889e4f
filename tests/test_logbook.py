"""The logbook object: made, opened, asked; each method hands on to one place."""

from __future__ import annotations

import inspect
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from small_worlds import BOX, SHIP, World, day, eastward, light, square, write_rows, write_zones

import offing
from offing.errors import LogbookError, NaiveTime, UnknownName
from offing.logbook import Logbook, describe_method
from offing.model.times import DayRule
from offing.pipeline.ingest import FileProblem


def sailed(folder: Path) -> World:
    made = World(folder)
    made.read("a.csv", [*eastward(SHIP, range(48)), *light(range(72))])
    made.book.run()
    return made


@pytest.fixture
def world(tmp_path: Path) -> World:
    return sailed(tmp_path)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> World:
    """One that tests only ask."""
    return sailed(tmp_path_factory.mktemp("asked"))


def test_made_once_and_opened_again(tmp_path: Path) -> None:
    made = offing.create(tmp_path / "a" / "logbook")
    assert (tmp_path / "a" / "logbook" / "offing.toml").is_file()
    assert offing.open(str(tmp_path / "a" / "logbook")).zones() == made.zones()
    with pytest.raises(LogbookError, match="already"):
        offing.create(tmp_path / "a" / "logbook")
    with pytest.raises(LogbookError, match="offing init"):
        offing.open(tmp_path / "nowhere")
    with pytest.raises(UnknownName, match="east_asia"):
        offing.create(tmp_path / "b", region="atlantis")
    assert not (tmp_path / "b").exists(), "nothing is made for a region that is not there"


def test_what_one_object_did_another_sees(world: World) -> None:
    other = offing.open(world.book.store.root)
    assert other.visits().drop("still_inside").equals(world.book.visits().drop("still_inside"))
    world.book.add_zones(write_zones(world.folder / "z.geojson", east__me=square(11, 0, 12, 1)))
    assert "east@me" in world.book.zones() and "east@me" in offing.open(world.book.store.root).zones()


def test_a_second_writer_is_told_who_holds_the_logbook(world: World) -> None:
    first, second = (offing.open(world.book.store.root) for _ in range(2))
    with first.store.writing("a test"):
        assert second.visits().height == 1, "readers need not wait"
        with pytest.raises(LogbookError, match=r"in use: process \d+, `offing a test`"), second.store.writing("b", wait_s=0.1):
            pass
    assert second.run().visits["unchanged"] == 1


def test_visits_by_zone_fleet_number_and_day(asked: World) -> None:
    book = asked.book
    assert book.visits(BOX)["mmsi"].to_list() == book.visits([BOX], "own", SHIP)["mmsi"].to_list() == [SHIP]
    assert book.visits(fleet="flag-cn").height == 1 and book.visits(fleet="flag-jp").height == 0
    assert book.visits(mmsi=1).height == 0
    by_day = {n: (book.visits(since=day(n)).height, book.visits(until=day(n)).height) for n in (1, 2, 3)}
    assert by_day == {1: (1, 1), 2: (1, 1), 3: (0, 1)}
    assert book.visits("taiwan-contiguous-zone@tw").height == 0


def test_status_and_rejects(world: World) -> None:
    bad = write_rows(world.folder / "bad.csv", [*eastward(7, [0]), "412000001,2024-03-01T00:00:00,95.0,10.0" + "," * 13 + "\n"])
    (line,) = world.book.ingest(bad)
    assert not isinstance(line, FileProblem)
    (status,) = (s for s in world.book.status() if s["path"] == str(bad))
    assert (status["rows"], status["positions"], status["rejects"]) == (2, 1, {"position_out_of_range": 1})
    assert world.book.rejects().select("path", "row", "reason").rows() == [(str(bad), 2, "position_out_of_range")]
    assert world.book.rejects("bad.csv").height == world.book.rejects(line.sha256[:8]).height == 1
    assert world.book.rejects("a.csv.gz").height == 0


def test_sql_over_every_table(asked: World) -> None:
    tables = ("positions", "statics", "rejects", "visits", "files", "runs", "zones", "fleets")
    counts = {t: asked.book.sql(f"SELECT count(*) AS n FROM {t}")["n"][0] for t in tables}
    assert counts == {
        "positions": 120,
        "statics": 2,
        "rejects": 0,
        "visits": 1,
        "files": 1,
        "runs": 1,
        "zones": len(asked.book.zones()),
        "fleets": sum(len(f.members) for f in asked.book.fleets().values()),
    }
    joined = asked.book.sql("SELECT v.mmsi, count(*) n FROM visits v JOIN positions p USING (mmsi) GROUP BY 1")
    assert joined.rows() == [(SHIP, 48)]
    empty = offing.create(asked.folder / "empty")
    assert {empty.sql(f"SELECT count(*) AS n FROM {t}")["n"][0] for t in tables[:4]} == {0}


@pytest.mark.parametrize(
    ("query", "row"),
    [
        ("SELECT sum(receptions_n) AS n FROM positions", (120,)),
        ("SELECT 1 AS a, 1 AS a", (1, 1)),
        ("SELECT max(t_utc) AS t FROM positions", (None,)),
        ("SELECT INTERVAL 1 HOUR AS i", (None,)),
        ("SELECT [1, 2] AS l, {'a': 1} AS s, 1.5::DECIMAL(4, 1) AS d, 'x'::BLOB AS b, true AS t", (None,)),
        ("SELECT 170141183460469231731687303715884105727::HUGEINT AS h", (None,)),
        ("SELECT uuid() AS u, TIME '10:00' AS t, DATE '2024-03-01' AS d", (None,)),
        ("DESCRIBE visits", (None,)),
        ("SUMMARIZE files", (None,)),
        ("-- words\nSELECT 7 AS n;", (7,)),
        ("SELECT NULL AS n", (None,)),
    ],
)
def test_whatever_sql_gives_is_a_table(asked: World, query: str, row: tuple[object, ...]) -> None:
    got = asked.book.sql(query)
    assert isinstance(got, pl.DataFrame) and got.height >= 1
    if row != (None,):
        assert got.row(0) == row
        assert all(not t.is_decimal() for t in got.schema.values()), "sums are whole numbers"


@pytest.mark.parametrize(
    "query",
    [
        "SELECT nonesuch FROM visits",
        "SELEC 1",
        "",
        "   -- nothing",
        "CREATE TABLE t AS SELECT 1",
        "DROP VIEW visits",
        "DELETE FROM visits",
        "COPY (SELECT 1) TO '{folder}/stolen.csv'",
        "COPY (SELECT 1 AS x) TO '{merged}/day=2024-03-01.parquet' (FORMAT parquet)",
        "SELECT * FROM read_csv('{folder}/a.csv')",
        "SELECT * FROM '{folder}/a.csv'",
        "SELECT * FROM read_text('{folder}/own.toml')",
        "ATTACH '{folder}/new.db'",
        "INSTALL httpfs",
        "LOAD httpfs",
        "SET enable_external_access = true",
        "SELECT 1; SELECT 2",
        "SELECT 1; COPY (SELECT 1 AS x) TO '{merged}/day=2024-03-01.parquet' (FORMAT parquet)",
        "EXPORT DATABASE '{folder}/out'",
        "PRAGMA database_list",
    ],
)
def test_sql_reads_and_nothing_else(asked: World, query: str) -> None:
    from offing.errors import UsageError

    def tree() -> dict[Path, bytes]:
        return {p: p.read_bytes() for p in sorted(asked.folder.rglob("*")) if p.is_file()}

    before = tree()
    with pytest.raises(UsageError) as caught:
        asked.book.sql(query.format(folder=asked.folder, merged=asked.book.store.merged_folder))
    assert "Traceback" not in str(caught.value) and "\n" not in str(caught.value)
    assert tree() == before


def test_zones_go_out_and_come_back(world: World) -> None:
    text = world.book.export_zones()
    (world.folder / "all.geojson").write_text(text.replace("@", "-copy@"))
    copies = world.book.add_zones(world.folder / "all.geojson")
    assert len(copies) * 2 == len(world.book.zones())


def test_a_misspelt_option_is_not_passed_over(asked: World) -> None:
    book = asked.book
    for ask in (book.days, book.streaks, book.presence, book.records):
        with pytest.raises(TypeError, match="as_off"):
            ask(BOX, "own", as_off="2024-03-01")  # type: ignore[operator]


def test_days_and_instants_may_be_text_or_objects(asked: World) -> None:
    book = asked.book
    assert book.days(BOX, "own", since="2024-03-02").equals(book.days(BOX, "own", since=day(2)))
    assert book.visits(since="2024-03-02", until=day(2)).height == 1
    later = ("2999-01-01T00:00:00Z", datetime(2999, 1, 1, tzinfo=UTC), 32_472_144_000_000)
    assert {book.days(BOX, "own", known_at=t).height for t in later} == {3}
    rule = "Asia/Taipei 06:00"
    assert book.days(BOX, "own", day_rule=rule).equals(book.days(BOX, "own", day_rule=DayRule.parse(rule)))
    with pytest.raises(NaiveTime):
        book.visits(known_at=datetime(2024, 3, 1))  # noqa: DTZ001


def test_every_public_method_says_what_it_does() -> None:
    for name, member in inspect.getmembers(Logbook, lambda m: inspect.isfunction(m) or inspect.ismethod(m)):
        if not name.startswith("_"):
            assert inspect.getdoc(member), name
    assert describe_method("visit").startswith("One hull's stay") and describe_method(None) == describe_method("x") == ""
