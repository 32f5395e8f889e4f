"""Law 6. UTC inside; a day belongs to a rule (time zone and start hour) printed with the figure. A naive time is an error."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from small_worlds import BOX, SHIP, World, light, lying

from offing.errors import NaiveTime, OffingError
from offing.model.times import DayRule, parse_time, to_ms
from offing.pipeline.ingest import FileProblem

MAPPING = """[columns]
t_utc = "when"
mmsi = "mmsi"
lat_deg = "lat"
lon_deg = "lon"

[time]
format = "%Y/%m/%d %H:%M:%S"
"""


def test_every_time_that_comes_out_is_utc(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("a.csv", [*lying(SHIP, range(20, 30), 10.5), *light(range(72))])
    world.book.run()
    book = world.book
    tables = [book.visits(), book.now(BOX), book.days(BOX, "own"), book.sql("SELECT t_utc, t_utc AS u FROM positions")]
    times = [(name, kind) for table in tables for name, kind in table.schema.items() if isinstance(kind, pl.Datetime)]
    assert len(times) > 10 and all(kind.time_zone == "UTC" for _, kind in times), times


def test_the_rule_of_a_day_is_printed_and_decides_the_day(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("a.csv", [*lying(SHIP, range(20, 24), 10.5), *light(range(96))])  # 04:00 to 07:00 in Taipei on 2 March
    world.book.run()
    seen = {}
    for rule in (None, DayRule("Asia/Taipei", 6), DayRule("Asia/Tokyo"), DayRule("America/New_York", 23)):
        days = world.book.days(BOX, "own", day_rule=rule)
        assert set(days["day_rule"]) == {str(rule or DayRule())}
        seen[str(rule)] = days.filter(pl.col("state") == "observed")["day"].dt.day().to_list()
        for frame in (world.book.streaks(BOX, "own", day_rule=rule), world.book.presence(BOX, "own", day_rule=rule)):
            assert set(frame["day_rule"]) == {str(rule or DayRule())}
            assert rule is None or all("day_rule=" in i for i in frame["figure_id"])
    assert seen == {"None": [1], "Asia/Taipei 06:00": [1, 2], "Asia/Tokyo 00:00": [2], "America/New_York 23:00": [29]}


def test_a_naive_time_is_an_error(tmp_path: Path) -> None:
    for text in ("2024-03-01T00:00:00", "2024-03-01T00", "2024-03-01 00:00"):
        with pytest.raises(NaiveTime, match="names no time zone"):
            parse_time(text)
    with pytest.raises(NaiveTime):
        to_ms(datetime(2024, 3, 1))  # noqa: DTZ001
    assert parse_time("2024-03-01T08:00:00+08:00") == to_ms(datetime(2024, 3, 1, tzinfo=UTC))


def test_a_file_of_naive_times_is_refused_until_a_zone_is_named(tmp_path: Path) -> None:
    world = World(tmp_path)
    (tmp_path / "a.csv").write_text("when,mmsi,lat,lon\n2024/03/01 08:00:00,412000001,0.5,10.5\n")
    (tmp_path / "m.toml").write_text(MAPPING)
    (refused,) = world.book.ingest(tmp_path / "a.csv", mapping=tmp_path / "m.toml")
    assert isinstance(refused, FileProblem) and isinstance(refused.error, OffingError)
    assert world.book.status() == []
    (tmp_path / "m.toml").write_text(MAPPING + 'zone = "Asia/Taipei"\n')
    (line,) = world.book.ingest(tmp_path / "a.csv", mapping=tmp_path / "m.toml")
    assert not isinstance(line, FileProblem) and line.first_t_ms == to_ms(datetime(2024, 3, 1, tzinfo=UTC))
