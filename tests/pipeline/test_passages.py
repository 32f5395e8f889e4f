"""Passages in a logbook: runs, late data, filters, other gates, SQL and `why`; the whole way from files; a real ship."""

from __future__ import annotations

import random
import tempfile
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import Phase, assume, given, settings
from hypothesis import strategies as st
from small_worlds import BOX, OF_THE_LOGBOOK, OTHER, SHIP, World, at, day, eastward, instant, light, row

import offing
from offing.errors import UnknownName
from offing.model.place import Gate
from offing.zones.rings import quantised

SOUTHWARD = [(10.0, 1.0), (10.0, 0.0)]
WEST = Gate(
    "west", "strait", {"en": "Western gate"}, {"en": "Inner Sea"}, {"en": "Outer Sea"}, (quantised(SOUTHWARD),),
    pacific_side="left", source="made for a test",
)  # fmt: skip
EAST = Gate("east", "strait", {"en": "Eastern gate"}, {}, {"en": "Bay"}, (quantised([(11.0, 0.0), (11.0, 1.0)]),))


class Gated(World):
    """The usual small world: the box and, on its western and eastern edge, two gates, in place of the region's."""

    def __init__(self, folder: Path, name: str = "logbook", gates: tuple[Gate, ...] = (WEST, EAST)) -> None:
        super().__init__(folder, name)
        self.put(*gates)

    def put(self, *gates: Gate) -> None:
        waters = self.book.waters
        pack = replace(waters.pack, gates={g.id: g for g in gates})
        self.book.__dict__["waters"] = replace(waters, pack=pack, zones={BOX: waters.zones[BOX]})

    def passages(self, **asked: object) -> list[dict[str, object]]:
        return self.book.passages(**asked).to_dicts()  # type: ignore[arg-type]


@pytest.fixture
def world(tmp_path: Path) -> Gated:
    return Gated(tmp_path)


def counts(done: object) -> dict[str, int]:
    return {k: n for k, n in done.passages.items() if n}  # type: ignore[attr-defined]


def test_a_ship_that_sails_through_two_gates(world: Gated) -> None:
    world.read("a.csv", eastward(SHIP, [h + 0.5 for h in range(48)]))
    done = world.book.run()
    assert counts(done) == {"new": 2} and done.visits["new"] == 1
    first, second = world.passages()
    told = {k: first[k] for k in first if k not in ("course_deg", "speed_kn", "known_from_utc")}
    assert told == {
        "event_id": f"passage:west:{SHIP}:20240301T123000Z",
        "kind": "passage",
        "version": 1,
        "status": "closed",
        "mmsi": SHIP,
        "track": f"{SHIP}@20240301T003000Z",
        "gate_id": "west",
        "gate_hash": WEST.hash,
        "t_utc": first["t_utc"],
        "lon_deg": pytest.approx(10.0),
        "lat_deg": pytest.approx(0.5),
        "from_side": "right",
        "to_side": "left",
        "pacific_bound": True,
        "direction": "E",
        "before_utc": at(11.5),
        "after_utc": at(12.5),
        "from_water": "Outer Sea",
        "to_water": "Inner Sea",
        "reason": None,
        "superseded_by": None,
    }
    assert abs((first["t_utc"] - at(12)).total_seconds()) < 1  # type: ignore[operator]  # places have five decimals
    assert first["course_deg"] == pytest.approx(90) and first["speed_kn"] == pytest.approx(2.5, rel=0.01)
    assert (second["gate_id"], second["pacific_bound"]) == ("east", None)
    assert (second["from_water"], second["to_water"]) == ("left", "Bay"), "a side without a name is the side"


def test_a_second_run_changes_nothing(world: Gated) -> None:
    world.read("a.csv", eastward(SHIP, range(48), lon=9.51))
    world.book.run()
    before = world.book.passages(withdrawn=True)
    assert counts(world.book.run()) == {"unchanged": 2}
    assert world.book.passages(withdrawn=True).equals(before)


def test_late_rows_move_a_passage_in_the_open(world: Gated) -> None:
    world.read("a.csv", eastward(SHIP, [*range(12), *range(14, 30)], lon=9.51))
    world.book.run()
    first = instant()
    (was,) = world.passages()
    world.read("late.csv", eastward(SHIP, [13], lon=9.51))
    assert counts(world.book.run()) == {"new": 1, "withdrawn": 1}
    (now,) = world.passages()
    assert (was["after_utc"], now["after_utc"]) == (at(14), at(13)) and now["event_id"] != was["event_id"]
    (gone,) = (p for p in world.passages(withdrawn=True) if p["status"] == "withdrawn")
    assert (gone["event_id"], gone["version"], gone["superseded_by"]) == (was["event_id"], 2, now["event_id"])
    assert "late.csv" in str(gone["reason"])
    assert world.passages(known_at=first) == [was]


def test_late_rows_before_the_line_change_the_same_passage(world: Gated) -> None:
    world.read("a.csv", eastward(SHIP, [*range(10), *range(13, 30)], lon=9.51))
    world.book.run()
    world.read("late.csv", [row(SHIP, 11, 9.8)])
    assert counts(world.book.run()) == {"changed": 1}
    (now,) = world.passages()
    assert (now["version"], now["before_utc"], now["after_utc"]) == (2, at(11), at(13))


def test_late_rows_that_lead_back_withdraw_it_and_their_retraction_brings_it_back(world: Gated) -> None:
    world.read("a.csv", [row(SHIP, 0, 9.9), row(SHIP, 0.5, 9.99), row(SHIP, 0.6, 10.01)])
    assert counts(world.book.run()) == {"new": 1}
    back = world.read("back.csv", [row(SHIP, 0.7, 9.99)])
    assert counts(world.book.run()) == {"withdrawn": 1}
    assert world.passages() == []
    (gone,) = world.passages(withdrawn=True)
    assert (gone["status"], gone["superseded_by"]) == ("withdrawn", None) and "back.csv" in str(gone["reason"])
    world.book.retract(back, "a wrong clock")
    assert counts(world.book.run()) == {"returned": 1}
    (passage,) = world.passages()
    assert (passage["status"], passage["version"]) == ("closed", 3) and "back.csv (a wrong clock)" in str(passage["reason"])


def test_a_gate_with_another_line_withdraws_the_passages_of_the_old_one(world: Gated) -> None:
    world.read("a.csv", eastward(SHIP, range(48), lon=9.51))
    world.book.run()
    assert world.book.notes() == []
    (was,) = world.passages(gate="west")
    world.put(replace(WEST, lines=(quantised([(10.2, 1.0), (10.2, 0.0)]),)))
    assert world.book.notes() == ["Gates changed since the last run: `offing run` brings events up to date."]
    assert counts(world.book.run()) == {"new": 1, "withdrawn": 2}
    (now,) = world.passages()
    assert now["gate_hash"] != was["gate_hash"] and now["event_id"] != was["event_id"]
    gone = {p["gate_id"]: p for p in world.passages(withdrawn=True) if p["status"] == "withdrawn"}
    assert "the gate has another shape or other dates" in str(gone["west"]["reason"])
    assert "the gate is no longer there" in str(gone["east"]["reason"])
    assert (gone["west"]["to_water"], gone["east"]["to_water"]) == ("Inner Sea", None)


def test_methods_have_histories_of_their_own(world: Gated) -> None:
    world.read("a.csv", [row(SHIP, 0, 9.9), row(SHIP, 0.2, 10.0001), row(SHIP, 0.3, 9.99)])
    assert counts(world.book.run()) == {}
    assert counts(world.book.run(settings={"passage.rejoin_min": 0})) == {"new": 2}
    assert [p["to_side"] for p in world.passages()] == ["left", "right"]
    assert counts(world.book.run(settings={"passage.rejoin_min": 0, "visit.rejoin_min": 3})) == {"unchanged": 2}
    assert counts(world.book.run(settings={"passage.rejoin_min": 0, "visit.max_gap_h": 0.15})) == {"new": 1}
    world.book.run()
    assert world.passages() == []


def test_since_and_until_leave_other_passages_as_recorded(world: Gated) -> None:
    to_and_fro = [row(SHIP, 24 * n + h, 9.9 + 0.2 * (h % 2)) for n in range(4) for h in (10, 11)]
    world.read("a.csv", to_and_fro)
    assert counts(world.book.run(since=day(2), until=day(3))) == {"new": 2}
    assert counts(world.book.run()) == {"new": 2, "unchanged": 2}
    late = world.read("late.csv", [row(SHIP, 24 * n + 10.8, 10.05) for n in range(4)])
    assert counts(world.book.run(until=day(1))) == {"new": 1, "withdrawn": 1, "unchanged": 3}
    assert counts(world.book.run()) == {"new": 3, "withdrawn": 3, "unchanged": 1}
    world.book.retract(late, "tried")
    assert counts(world.book.run()) == {"returned": 4, "withdrawn": 4}


def test_which_passages(world: Gated) -> None:
    world.read("a.csv", [*eastward(SHIP, range(48), lon=9.51), *eastward(OTHER, range(48), lon=9.26), *light(range(48))])
    world.book.run()
    assert len(world.passages()) == 4
    assert [p["mmsi"] for p in world.passages(gate="east")] == [SHIP, OTHER]
    assert [p["gate_id"] for p in world.passages(gate=["east", "west"], mmsi=OTHER)] == ["west", "east"]
    assert {p["gate_id"] for p in world.passages(until=day(1))} == {"west"}
    assert {p["gate_id"] for p in world.passages(since=day(2))} == {"east"}
    assert len(world.passages(fleet="own")) == 4 and world.passages(fleet="flag-jp") == []
    for wrong in ({"gate": "wst"}, {"gate": ["west", "miyako"]}, {"fleet": "nobody"}):
        with pytest.raises(UnknownName):
            world.passages(**wrong)


def test_sql(world: Gated) -> None:
    world.read("a.csv", eastward(SHIP, range(48), lon=9.51))
    world.book.run()
    got = world.book.sql("SELECT gate_id, direction, to_water, version FROM passages ORDER BY t_utc")
    assert got.rows() == [("west", "E", "Inner Sea", 1), ("east", "E", "Bay", 1)]


def test_why_opens_a_passage_to_the_lines_on_both_sides(world: Gated) -> None:
    path = world.read("a.csv", eastward(SHIP, range(48), lon=9.51))
    world.book.run()
    first = str(world.passages()[0]["event_id"])
    links = world.book.why(first)
    assert [(link.level, link.kind) for link in links] == [
        (0, "passage"), (1, "gate"), (1, "rule"), (1, "crossing"), *[(2, "position"), (3, "raw")] * 2,
    ]  # fmt: skip
    assert (
        links[0].id == first and "from right (Outer Sea) to left (Inner Sea), Pacific-bound, E (90.0 degrees)" in links[0].text
    )
    assert WEST.hash in links[1].text and "made for a test" in links[1].text
    assert links[2].text == "parameters: visit.max_gap_h = 6, visit.max_speed_kn = 60, passage.rejoin_min = 10"
    lines = path.read_text().splitlines()
    assert [(link.line, link.raw) for link in links if link.kind == "raw"] == [(n, lines[n - 1]) for n in (13, 14)]


def test_why_of_a_withdrawn_passage_of_a_gate_that_is_gone(world: Gated) -> None:
    path = world.read("a.csv", eastward(SHIP, range(48), lon=9.51))
    world.book.run()
    event_id = str(world.passages()[0]["event_id"])
    world.book.retract(path, "another ship's log")
    world.put(EAST)
    world.book.run()
    links = world.book.why(event_id)
    assert "from right to left, Pacific-bound" in links[0].text and "withdrawn, version 2" in links[0].text
    assert [link.kind for link in links if link.level == 1] == ["version", "version", "gate", "rule", "crossing"]
    assert any(link.text.endswith("it is no longer in this logbook") for link in links if link.kind == "gate")
    assert [link.line for link in links if link.kind == "raw"] == [13, 14]


@pytest.mark.parametrize("name", ["passage:", "passage:west:1:20240301T120000Z", "passage:nowhere:412000001:20240301T130000Z"])
def test_what_is_not_there_is_a_sentence(world: Gated, name: str) -> None:
    world.read("a.csv", eastward(SHIP, range(48), lon=9.51))
    world.book.run()
    with pytest.raises(UnknownName, match="There is no passage") as caught:
        world.book.why(name)
    assert "offing passages" in str(caught.value)


def sailing(rng: random.Random) -> list[str]:
    """Two ships on one number and another to and fro over both gates for three days, with silences."""
    rows = []
    for mmsi in (SHIP, SHIP, OTHER):
        lon, lat, hours = rng.uniform(9.8, 11.2), rng.uniform(0.1, 0.9), 0.0
        while hours < 72:
            rows.append(row(mmsi, round(hours, 2), lon, lat))
            step = rng.choice([0.05, 0.25, 0.5, 1, 2, 7])
            hours += step
            lon += rng.uniform(-0.2, 0.2) * step
            lat += rng.uniform(-0.1, 0.1) * step
    return sorted(set(rows))


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_any_split_into_files_in_any_order(seed: int) -> None:
    """Law 2, the whole way: with runs in between, and some rows heard twice."""
    rng = random.Random(seed)
    rows = sailing(rng)
    with tempfile.TemporaryDirectory() as name:
        whole = Gated(Path(name), "whole")
        whole.read("all.csv", rows)
        whole.book.run()
        wanted = whole.book.passages().drop(OF_THE_LOGBOOK)
        assume(wanted.height)
        cut = Gated(Path(name), "cut")
        pieces: list[list[str]] = [[] for _ in range(rng.randint(2, 5))]
        for one in rows:
            for piece in rng.sample(pieces, rng.choice([1, 1, 1, 2])):
                piece.append(one)
        for n, piece in enumerate(p for p in pieces if p):
            rng.shuffle(piece)
            cut.read(f"{n}.csv", piece)
            if rng.random() < 0.4:
                cut.book.run()
        cut.book.run()
        assert cut.book.passages().drop(OF_THE_LOGBOOK).equals(wanted)
        lines = [
            sorted(str(link.raw) for link in world.book.why(wanted["event_id"][0]) if link.kind == "raw")
            for world in (whole, cut)
        ]
    assert set(lines[0]) == set(lines[1])


def test_a_tanker_passes_between_yonaguni_and_taiwan(tmp_path: Path, shared_data: Path) -> None:
    """Southward on 13 August 2026 between its fixes of 06:53 and 08:48; nobody heard how it went west through the Luzon
    Strait during its silence from the 14th to the 15th, so only its way back is a passage."""
    book = offing.create(tmp_path / "logbook")
    book.ingest(shared_data / "ais" / "tw_tanker_medna_2026-08-13_19.csv")
    book.run()
    found = book.passages(gate="yonaguni_taiwan")
    assert found.height == 1
    (row,) = found.to_dicts()
    assert row["t_utc"].date().isoformat() == "2026-08-13" and row["mmsi"] == 620999315
    assert f"{row['before_utc']:%H:%M:%S} {row['after_utc']:%H:%M:%S}" == "06:53:01 08:48:45"
    assert (row["direction"], row["from_water"], row["to_water"]) == ("S", "East China Sea", "Pacific Ocean")
    assert row["pacific_bound"] is True and 9.0 <= row["speed_kn"] <= 9.6  # as it reported before and after
    others = book.passages().filter(pl.col("gate_id") != "yonaguni_taiwan")
    assert others.select("gate_id", "to_side", "direction").rows() == [
        ("bashi_orchid", "right", "SW"),
        ("bashi", "right", "SW"),
        ("luzon_strait", "left", "E"),
        ("bashi", "left", "E"),
    ]
    raw = [link for link in book.why(row["event_id"]) if link.kind == "raw"]
    assert [link.line for link in raw] == [4, 5]
