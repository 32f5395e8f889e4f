"""Releasing watch days, streaks, sightings and incidents; figures that rest on what partners sent; why and why not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from release_worlds import NOW_MS, Sharing, agreement, as_row, labels, received_visit, rule
from small_worlds import BOX, OTHER, SHIP, at, day, light

from offing.figures.watch_days import WATCH_DAYS
from offing.model.times import HOUR_MS, to_ms
from offing.model.wire import WIRE
from offing.pipeline.merged import Received
from offing.pipeline.release_explain import explain

KINMEN = (
    "office: tw-cga\npublished: 2024-03-04\nsource: test\n\nAt 3 p.m. Monday, China Coast Guard vessels 14605 and 14529 "
    "sailed into the restricted waters off Kinmen County. They left the area at 5 p.m.\n"
)
PRESS = (
    "（お知らせ） 令和６年３月３日 統合幕僚監部 中国海軍艦艇の動向について "
    "３月２日（土）午前６時頃、海上自衛隊は、宮古島（沖縄県）の北西約９０ｋｍの海域において、南東進する"
    "中国海軍ルーヤンⅢ級ミサイル駆逐艦１隻（艦番号「１３３」）を確認した。"
)
COLLISION = """[[incidents]]
id = "mine"
kind = "collision"
start = 2024-03-02T00:00:00Z
end = 2024-03-02T06:00:00Z
sources = ["a log"]
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Sharing:
    made = Sharing(tmp_path_factory.mktemp("world"))
    folder = made.folder
    (folder / "kinmen.txt").write_text(KINMEN)
    (folder / "press.txt").write_text(f"office: jp-joint-staff\npublished: 2024-03-03\nsource: test\n\n{PRESS}\n")
    (folder / "mine.toml").write_text(COLLISION)
    made.book.add_bulletins([folder / "kinmen.txt", folder / "press.txt"])
    made.book.add_incidents([folder / "mine.toml"])
    made.book.run()
    return made


def days_of(world: Sharing, *rules: object, **more: object) -> dict[str, dict[str, object]]:
    return {str(as_row(r)["day"]): as_row(r) for r, _ in world.to("us", *rules, **more).records}  # type: ignore[arg-type]


def test_watch_days_leave_as_the_owner_sees_them_without_ids_of_visits_and_ends_of_data(world: Sharing) -> None:
    released = world.to("us", rule(1, "watch_day"))
    own = world.book.days(BOX, "own")
    assert [r.id for r, _ in released.records] == own["figure_id"].to_list()
    for (record, _), said in zip(released.records, own.to_dicts(), strict=True):
        row = as_row(record)
        assert set(row) == set(WATCH_DAYS) - {"figure_id", "visits"}
        assert (row["state"], row["hulls_n"], row["mmsis"]) == (said["state"], said["hulls_n"], said["mmsis"])
        assert "2024" not in str(row["because"])
    assert [as_row(r)["state"] for r, _ in released.records] == ["observed"] * 3 + ["unobservable"]


def test_days_of_one_source_rest_on_its_hulls_and_its_listening_alone(world: Sharing) -> None:
    days = days_of(world, rule(1, "watch_day", sources=("radar",)))
    assert {d: r["state"] for d, r in days.items()} == {"2024-03-03": "observed"}
    assert days["2024-03-03"]["listening_hours"] == 0
    days = days_of(world, rule(1, "watch_day", sources=("ais",)))
    assert [r["state"] for r in days.values()] == ["observed", "observed", "not_observed", "unobservable"]


def test_each_fleet_of_a_rule_is_a_series_of_its_own(world: Sharing) -> None:
    two = rule(1, "streak", fleets=("own", "flag-cn"))
    assert [(as_row(r)["fleet_id"], as_row(r)["days_observed"]) for r, _ in world.to("us", two).records] == [
        ("flag-cn", 3),
        ("own", 3),
    ]


def test_a_streak_tells_of_no_other_one_and_under_a_delay_ends_with_a_whole_day(world: Sharing) -> None:
    (record, _), *rest = world.to("us", rule(1, "streak")).records
    assert not rest and (as_row(record)["start_day"], as_row(record)["end_day"]) == ("2024-03-01", "2024-03-03")
    assert not {n for n in as_row(record) if n.startswith("broke")} and record.id.startswith("streak:box@me:own:ais:2024-03-01")
    slow = rule(1, "streak", delay_h=6.0)
    for hours, last in ((54, "2024-03-02"), (77.9, "2024-03-02"), (78, "2024-03-03")):
        ((record, _),) = world.to("us", slow, now_ms=to_ms(at(hours))).records
        assert as_row(record)["end_day"] == last, hours
    assert world.ids("us", rule(1, "watch_day", delay_h=6.0), now_ms=to_ms(at(54))) == [
        f"day:box@me:own:ais:2024-03-0{n}" for n in (1, 2)
    ]


def test_sightings_and_incidents_are_those_of_the_logbooks_own_texts(world: Sharing) -> None:
    assert world.book.record.incidents.height > 1, "the region pack has some that everybody has"
    (mine, _), *rest = world.to("us", rule(1, "incident")).records
    assert (mine.id, rest, set(as_row(mine))) == ("mine", [], set(WIRE["incident"]))
    every = world.to("us", rule(1, "sighting")).records
    assert {as_row(r)["office"] for r, _ in every} == {"jp-joint-staff", "tw-cga"}
    assert [r.id for r, _ in every] == sorted(world.book.record.sightings["sighting_id"])
    assert {as_row(r)["office"] for r, _ in world.to("us", rule(1, "sighting", sources=("tw-cga",))).records} == {"tw-cga"}
    assert world.to("us", rule(1, "incident", sources=("ais",))).records == []
    assert [r.id for r, _ in world.to("us", rule(1, "incident", sources=("incidents",))).records] == ["mine"]
    zones = {as_row(r)["zone_id"] for r, _ in every} - {""}
    there = world.to("us", rule(1, "sighting", zones=tuple(zones))).records
    assert zones and {as_row(r)["office"] for r, _ in there} == {"tw-cga"}


def test_texts_of_a_restricted_office_stay(tmp_path: Path) -> None:
    world = Sharing(tmp_path)
    for name, text in (("kinmen.txt", KINMEN), ("mine.toml", COLLISION)):
        (tmp_path / name).write_text(text)
    world.book.add_bulletins([tmp_path / "kinmen.txt"])
    world.book.add_incidents([tmp_path / "mine.toml"])
    assert {s.name: s.texts_n for s in world.book.sources()} == {"ais": 0, "radar": 0, "incidents": 1, "tw-cga": 1}
    rules = rule(1, "sighting"), rule(2, "incident")
    assert {r.kind for r, _ in world.to("us", *rules).records} == {"sighting", "incident"}
    world.book.restrict_source("tw-cga")
    world.book.restrict_source("incidents")
    assert world.to("us", *rules).records == []
    assert world.to("us", rule(1, "sighting", sources=("tw-cga",))).records


def test_texts_under_a_delay_leave_after_it_and_none_that_lies_ahead(world: Sharing) -> None:
    slow = rule(1, "incident", delay_h=2.0)
    over = to_ms(at(30))
    assert not world.ids("us", slow, now_ms=over + 2 * HOUR_MS - 1) and world.ids("us", slow, now_ms=over + 2 * HOUR_MS)
    assert not world.ids("us", rule(1, "incident"), now_ms=to_ms(at(24)) - 1)
    seen = rule(1, "sighting", sources=("jp-joint-staff",))
    first = min(r["start_day"] for r in world.book.record.sightings.filter(pl.col("office") == "jp-joint-staff").to_dicts())
    assert first == date(2024, 3, 2)
    assert not world.ids("us", seen, now_ms=to_ms(at(12))) and world.ids("us", seen, now_ms=to_ms(at(48)))


# -- figures that rest on what partners sent


def sent(world: Sharing, **values: object) -> Received:
    nothing = Received.nothing()
    visits = received_visit(zone_hash=world.book.waters.zone(BOX).hash, **values)
    return Received(visits, nothing.days, nothing.streaks)


def test_received_visits_make_days_where_the_rule_names_their_originator(world: Sharing) -> None:
    both = rule(1, "watch_day", sources=("ais", "au"), onward=3)
    told = sent(world, onward=1, expires_utc=NOW_MS + HOUR_MS)
    alone = days_of(world, both)
    assert alone["2024-03-04"]["state"] == "unobservable"
    released = world.to("us", both, received=told)
    days = {str(as_row(r)["day"]): (as_row(r), label) for r, label in released.records}
    row, label = days["2024-03-04"]
    assert (row["state"], row["mmsis"], row["hulls_n"]) == ("observed", [OTHER], 1)
    assert (label.onward, label.expires_ms, label.originator) == (0, NOW_MS + HOUR_MS, "jp")
    assert "'au'" not in str(row)
    assert {d: r for d, (r, _) in days.items() if d != "2024-03-04"} == {d: r for d, r in alone.items() if d != "2024-03-04"}
    assert {x.onward for d, (_, x) in days.items() if d != "2024-03-04"} == {3}
    streaks = world.to("us", rule(1, "streak", sources=("ais", "au"), onward=3), received=told).records
    assert [as_row(r)["days_observed"] for r, _ in streaks] == [2, 1]
    assert {(x.onward, x.expires_ms) for _, x in streaks} == {(0, NOW_MS + HOUR_MS)}, "each rests on the whole series"


@pytest.mark.parametrize(
    "wrong", [{"onward": 0}, {"purpose": "advertising"}, {"expires_utc": NOW_MS}, {"originator": "tw"}, {"zone_hash": "other"}]
)
def test_received_rows_that_may_not_be_passed_on_move_nothing(world: Sharing, wrong: dict[str, object]) -> None:
    rules = rule(1, "watch_day", sources=("ais", "au")), rule(2, "streak", sources=("ais", "au"))
    zone_hash = wrong.get("zone_hash", world.book.waters.zone(BOX).hash)
    told = received_visit(**{**wrong, "zone_hash": zone_hash})
    nothing = Received.nothing()
    received = Received(told, nothing.days, nothing.streaks)
    assert world.to("us", *rules, received=received) == world.to("us", *rules)
    unnamed = rule(1, "watch_day"), rule(2, "streak"), rule(3)
    assert world.to("us", *unnamed, received=sent(world)) == world.to("us", *unnamed)


def test_a_rule_may_rest_on_received_rows_alone_and_visits_of_others_never_leave(world: Sharing) -> None:
    days = days_of(world, rule(1, "watch_day", sources=("au",)), received=sent(world))
    assert {d: r["state"] for d, r in days.items()} == {"2024-03-04": "observed"}
    assert world.ids("us", rule(1, sources=("au",)), received=sent(world)) == []


def test_under_a_delay_received_rows_count_once_they_are_over_long_enough(world: Sharing) -> None:
    slow = rule(1, "watch_day", sources=("ais", "au"), delay_h=20.0)
    for hours, expected in ((115.9, None), (116, "observed")):
        days = days_of(world, slow, received=sent(world), now_ms=to_ms(at(hours)))
        assert days.get("2024-03-04", {}).get("state") == expected


# -- why and why not


def said(world: Sharing, record: str, recipient: str, *rules: object, **more: object) -> tuple[bool, str]:
    found = explain(world.release(*rules, **more), rules, record, recipient)  # type: ignore[arg-type]
    assert found is not None
    return found.explanation.allow, " ".join(found.explanation.sentences)


VISIT = f"visit:{BOX}:{SHIP}:20240301T120000Z"


def test_a_record_is_explained_by_its_rule_its_agreement_and_its_way(world: Sharing) -> None:
    assert said(world, VISIT, "us", rule(1)) == (
        True,
        "Rule 1 releases it to us for maritime_safety. Directly under agreement jp-us: yes.",
    )
    allow, text = said(world, VISIT, "tw", rule(1, to=("us", "tw")))
    assert not allow and "onward" in text and "There is no agreement" in text
    assert said(world, VISIT, "tw", rule(1)) == (False, "Rule 1 makes it releasable to us, not to tw.")
    through = said(world, VISIT, "tw", rule(1, to=("tw",), onward=1), agreements=[agreement("jp", "us", onward=1)])
    assert through[0] and "Through us under agreement jp-us: yes." in through[1]


def test_what_no_rule_covers_or_holds_back_is_said(world: Sharing) -> None:
    allow, text = said(world, VISIT, "us", rule(1, sources=("radar",)))
    assert not allow and "No release rule covers this visit" in text
    allow, text = said(world, VISIT, "us", rule(1, delay_h=500.0))
    assert not allow and "its delay is not over" in text
    allow, text = said(world, VISIT, "us", rule(1, removed_ms=NOW_MS - 1))
    assert not allow and "was removed" in text
    allow, text = said(world, VISIT, "us", rule(1, delay_h=500.0), rule(2))
    assert allow and text.startswith("Rule 2")
    for figure in (f"day:{BOX}:own:ais:{day(2)}", f"streak:{BOX}:own:ais:{day(1)}"):
        assert said(world, figure, "us", rule(1))[0] is False
        assert said(world, figure, "us", rule(1, "watch_day"), rule(2, "streak"))[0] is True
    assert said(world, "mine", "us", rule(1, "incident"))[0] is True


def test_a_record_of_a_restricted_source_is_said_to_be_one(tmp_path: Path) -> None:
    world = Sharing(tmp_path)
    world.book.restrict_source("ais")
    allow, text = said(world, VISIT, "us", rule(1))
    assert not allow and "restricted" in text
    world.feed("radar", light(range(5)), "more")
    assert explain(world.release(rule(1)), [rule(1)], "visit:no-such", "us") is None
    assert explain(world.release(rule(1)), [rule(1)], "day:no-such", "us") is None


def test_a_masked_record_is_known_by_the_id_under_which_it_leaves(world: Sharing) -> None:
    hides = rule(1, masked=("mmsi",))
    (name, *_) = world.ids("us", hides)
    found = explain(world.release(hides), [hides], name, "us")
    assert found is not None and found.record_id.startswith("visit:box@me:4120") and found.released_id == name
    assert labels(world.to("us", hides))[0].masked == frozenset({"mmsi"})
