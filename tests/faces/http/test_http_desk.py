"""The served logbook is always the present one: changes, the clock, what is kept."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from http_web import Web
from small_worlds import BOX, OTHER, SHIP, World, eastward, light, lying, square, write_zones

from offing.errors import LogbookError
from offing.faces.http.app import Server
from offing.faces.http.cache import Kept, SingleFlight
from offing.faces.http.desk import Desk
from offing.model.times import iso


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.read("a.csv", [*eastward(SHIP, range(24)), *light(range(48))])
    world.book.run()
    return world


@pytest.fixture
def served(world: World):
    server = Server(world.folder / "logbook")
    yield Web(server)
    server.close()


def test_each_kind_of_change_is_seen_at_once(world: World, served: Web) -> None:
    versions = [served.table("meta.json")["data_version"]]

    def changed() -> bool:
        versions.append(served.table("meta.json")["data_version"])
        return versions[-1] not in versions[:-1]

    assert not changed()
    world.read("b.csv", lying(OTHER, range(30, 34), 10.5))
    assert changed()
    world.book.run()
    assert changed() and len(served.rows(f"visits.json?zone={BOX}")) == 2
    world.book.add_zones(write_zones(world.folder / "far.geojson", far__me=square(15, 0, 16, 1)))
    assert changed() and "far@me" in {z["id"] for z in served.table("meta.json")["zones"]}
    world.book.restrict_source("ais")
    assert changed()
    world.book.retract(world.folder / "b.csv", "wrong")
    assert changed()
    world.book.run()
    assert changed()
    assert [r["status"] for r in served.rows(f"visits.json?zone={BOX}&mmsi={OTHER}&withdrawn=1")] == ["withdrawn"]
    assert served.rows(f"visits.json?zone={BOX}&mmsi={OTHER}") == []
    with (world.folder / "logbook" / "offing.toml").open("a") as settings:
        settings.write('"streak.max_unknown_run_d" = 1\n')
    assert changed()


def test_reading_changes_nothing(world: World, served: Web) -> None:
    before = served.table("meta.json")["data_version"]
    served.rows(f"days.json?zone={BOX}&fleet=own")
    world.book.visits()
    assert served.table("meta.json")["data_version"] == before
    time.sleep(0.1)  # what was changed just now is looked at once more
    served.table("meta.json")
    assert served.server.desk.fresh() is not None


def test_the_clock_alone_closes_a_visit(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    (visit,) = world.book.visits(zone=BOX).to_dicts()
    assert visit["status"] == "open"
    closes_ms = int(visit["closes_at_utc"].timestamp() * 1000)
    monkeypatch.setenv("OFFING_CLOCK", iso(closes_ms - 1_000))
    server = Server(world.folder / "logbook")
    try:
        web = Web(server)
        path = f"visits.json?zone={BOX}"
        first = web.ask(f"/api/v1/{path}")
        assert web.rows(path)[0]["still_inside"] is True
        monkeypatch.setenv("OFFING_CLOCK", iso(closes_ms + 1))
        assert web.rows(path)[0]["still_inside"] is False
        again = web.ask(f"/api/v1/{path}", if_none_match=first.headers["etag"])
        assert again.status_code == 200 and again.json()["data_version"] == first.json()["data_version"]
    finally:
        server.close()


def test_a_desk_without_a_logbook(tmp_path: Path) -> None:
    with pytest.raises(LogbookError):
        Desk(tmp_path)


def test_a_logbook_that_goes_away_is_said_and_comes_back(world: World, served: Web) -> None:
    served.table("meta.json")
    away = world.folder / "away"
    (world.folder / "logbook").rename(away)
    assert served.problem("/api/v1/meta.json", 503)["detail"].startswith("There is no logbook in")
    away.rename(world.folder / "logbook")
    assert served.table("meta.json")["version"]


def test_kept_values_stay_within_their_bytes() -> None:
    kept: Kept[bytes] = Kept(10_000, len)
    for n in range(100):
        kept.put(n, b"x" * 1_000)
        assert kept.bytes <= 10_000
    assert 1 < len(kept) < 10 and kept.get(99) and kept.get(0) is None
    kept.put("large", b"x" * 6_000)
    assert kept.get("large") is None and kept.get(99)  # one value never drives all others out
    last = kept.get(95)
    kept.put(99, b"y")
    assert kept.get(99) == b"y" and last
    kept.clear()
    assert len(kept) == 0 == kept.bytes


def test_what_was_not_asked_for_goes_first() -> None:
    kept: Kept[bytes] = Kept(4 * 1_200, len)
    for n in range(4):
        kept.put(n, b"x" * 1_000)
    kept.get(0)
    kept.put(4, b"x" * 1_000)
    assert kept.get(0) and kept.get(1) is None


def test_one_flight_for_all_who_wait() -> None:
    calls, gate = [], threading.Event()

    def make() -> bytes:
        calls.append(1)
        gate.wait(5)
        return b"made"

    def fail() -> bytes:
        raise ValueError("no")

    async def play() -> None:
        with ThreadPoolExecutor(4) as threads:
            flight: SingleFlight[bytes] = SingleFlight(Kept(1 << 20, len), threads)
            waiting = [asyncio.create_task(flight.get("k", make)) for _ in range(10)]
            await asyncio.sleep(0.05)
            waiting[3].cancel()  # one reader goes away: the others do not notice
            gate.set()
            got = await asyncio.gather(*waiting, return_exceptions=True)
            assert [g for g in got if g == b"made"] == [b"made"] * 9 and len(calls) == 1
            assert await flight.get("k", fail) == b"made"
            for _ in range(2):  # a fault is not kept
                with pytest.raises(ValueError, match="no"):
                    await flight.get("other", fail)
            assert flight.made_n == 3

    asyncio.run(play())


def test_what_a_page_asks_first_is_ready(world: World, served: Web) -> None:
    served.server.warm()
    made = served.server._flight.made_n
    for path in ("meta.json", "zones.geojson", "series.json"):
        assert served.ask(f"/api/v1/{path}", accept_encoding="identity").status_code == 200
    assert served.server._flight.made_n == made
