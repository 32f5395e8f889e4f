"""The release pass: which records leave for whom, in which form, and what is counted as withheld."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from release_worlds import NOW_MS, SAFETY, Sharing, agreement, as_row, labels, rule
from small_worlds import BOX, OTHER, SHIP, at, eastward, lying, square, write_zones

from offing.errors import UnknownName, UsageError
from offing.model.sharing import RECORD_KINDS
from offing.model.times import HOUR_MS, to_ms
from offing.pipeline.release_rows import Inputs, require_rule

FIRST, SECOND = f"visit:{BOX}:{SHIP}:20240301T120000Z", f"visit:{BOX}:{OTHER}:20240303T120000Z"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Sharing:
    return Sharing(tmp_path_factory.mktemp("world"))


def test_a_visit_leaves_as_the_owner_sees_it_without_what_is_the_logbooks_own(world: Sharing) -> None:
    world.book.run()
    released = world.to("us", rule(1))
    assert [r.id for r, _ in released.records] == [FIRST, SECOND]
    assert released.withheld == {}
    own = {v["event_id"]: v for v in world.visits()}
    for record, label in released.records:
        row = as_row(record)
        assert not {"track", "version", "known_from_utc", "event_id", "kind"} & set(row)
        for name, value in row.items():
            said = own[record.id][name]
            assert value == (to_ms(said) if name.endswith("_utc") and said else said), name  # type: ignore[arg-type]
        assert (label.originator, label.kind, label.purpose, label.releasable_to) == ("jp", "visit", SAFETY, frozenset({"us"}))


def test_sources_zones_and_fleets_choose_the_rows(world: Sharing) -> None:
    assert world.ids("us", rule(1, sources=("radar",))) == [SECOND]
    assert world.ids("us", rule(1, sources=("ais", "radar"))) == [FIRST, SECOND]
    assert world.ids("us", rule(1, sources=("no-such",))) == []
    assert world.ids("us", rule(1, zones=("no-such@me",))) == []
    assert world.ids("us", rule(1, zones=(BOX,), fleets=("own",))) == [FIRST, SECOND]
    assert world.ids("us", rule(1, fleets=("flag-jp",))) == []
    assert world.ids("us", rule(1, fleets=("flag-jp", "flag-cn"))) == [FIRST, SECOND]
    assert world.ids("us", rule(1, fleets=("no-such",))) == []


def test_a_restricted_source_takes_part_only_where_a_rule_names_it(tmp_path: Path) -> None:
    world = Sharing(tmp_path)
    world.book.restrict_source("radar")
    assert world.ids("us", rule(1)) == [FIRST]
    assert world.ids("us", rule(1, sources=("radar",))) == [SECOND]
    world.feed("radar", [*lying(OTHER, range(60, 70), 10.5)], "the same again")  # these bytes are the radar's already
    world.book.open_source("radar")
    assert world.ids("us", rule(1)) == [FIRST, SECOND]


def test_a_visit_counts_for_a_fleet_if_its_hull_belonged_then(tmp_path: Path) -> None:
    world = Sharing(tmp_path)
    claims = f'[[fleets]]\nid = "then"\nsource = "x"\n[[fleets.members]]\nmmsi = {SHIP}\nvalid_to = 2024-03-01\n'
    claims += f"[[fleets.members]]\nmmsi = {OTHER}\nvalid_to = 2024-03-01\n"
    (tmp_path / "then.toml").write_text(claims)
    world.book.add_fleets(tmp_path / "then.toml")
    assert world.ids("us", rule(1, fleets=("then",))) == [FIRST]


def test_of_the_rules_that_release_a_record_the_lowest_number_decides_its_form(world: Sharing) -> None:
    masked, rounded = rule(1, masked=("mmsi",), fleets=("own",)), rule(2, round_deg=0.5)
    found = world.to("us", rounded, masked).records
    assert len(found) == 2 and all(as_row(r)["mmsi"] is None and r.id.startswith("visit:~") for r, _ in found)
    found = world.to("us", replace(rounded, n=1), replace(masked, n=2)).records
    assert [r.id for r, _ in found] == [FIRST, SECOND] and {as_row(r)["exit_lon_deg"] for r, _ in found} == {10.5, 11.0}
    late = replace(masked, delay_h=1000.0)
    found = world.to("us", late, rounded).records
    assert [r.id for r, _ in found] == [FIRST, SECOND], "what the first one holds back the second may give"
    other = replace(masked, purpose="advertising")
    assert [r.id for r, _ in world.to("us", other, rounded).records] == [FIRST, SECOND]
    some = replace(masked, sources=("radar",))
    assert [as_row(r)["mmsi"] for r, _ in world.to("us", some, rounded).records] == [SHIP, None]


def test_an_id_that_would_tell_what_is_masked_is_another_one_for_each_recipient(world: Sharing) -> None:
    both = (agreement("jp", "us"), agreement("jp", "au"))
    hides = rule(1, to=("us", "au"), masked=("mmsi",))
    us, au = (world.ids(who, hides, agreements=both) for who in ("us", "au"))
    assert len({*us, *au}) == 4 and not any(str(m) in i for m in (SHIP, OTHER) for i in (*us, *au))
    assert us == world.ids("us", hides, agreements=both)
    assert world.ids("us", replace(hides, masked=("duration_s",)), agreements=both) == [FIRST, SECOND]


def test_records_come_one_for_each_kind_and_id_in_order(world: Sharing) -> None:
    rules = [rule(n, kind) for n, kind in enumerate(("visit", "streak", "watch_day"), 1)] + [rule(9), rule(10, "streak")]
    pairs = [(r.kind, r.id) for r, _ in world.to("us", *rules).records]
    assert pairs == sorted(set(pairs))
    assert [kind for kind, _ in pairs] == ["streak"] * 1 + ["visit"] * 2 + ["watch_day"] * 4


def test_a_delay_counts_from_the_close_and_cuts_what_is_looked_at(world: Sharing) -> None:
    slow = rule(1, delay_h=10.0)
    left = to_ms(at(36))  # the first position outside, of the visit that is to leave
    for now_ms, expected in ((left + 10 * HOUR_MS - 1, []), (left + 10 * HOUR_MS, [FIRST])):
        assert world.ids("us", slow, now_ms=now_ms) == expected
    silent = to_ms(at(69 + 6))  # when OTHER was last heard, and max_gap
    for now_ms, expected in ((silent + 10 * HOUR_MS - 1, [FIRST]), (silent + 10 * HOUR_MS, [FIRST, SECOND])):
        assert world.ids("us", slow, now_ms=now_ms) == expected
    half, _ = world.to("us", rule(1), now_ms=to_ms(at(20))).records[0]
    assert (as_row(half)["status"], as_row(half)["exit_t_utc"]) == ("open", to_ms(at(20))), "without a delay it leaves open"


def test_an_expired_rule_or_one_taken_back_gives_nothing(world: Sharing) -> None:
    last = rule(1, expires=date(2024, 3, 5))
    assert world.ids("us", last, now_ms=to_ms(at(120)) - 1) and not world.ids("us", last, now_ms=to_ms(at(120)))
    assert {x.expires_ms for x in labels(world.to("us", last, now_ms=to_ms(at(100))))} == {to_ms(at(120))}
    gone = rule(1, removed_ms=NOW_MS)
    assert world.ids("us", gone, now_ms=NOW_MS - 1) and not world.ids("us", gone)


def test_without_a_way_nothing_leaves_and_with_one_through_a_hub_it_does(world: Sharing) -> None:
    far = rule(1, to=("tw",), onward=1)
    assert not world.ids("tw", far) and not world.ids("us", far)
    onward = agreement("jp", "us", onward=1)
    assert world.ids("tw", far, agreements=[onward]) == [FIRST, SECOND]
    assert not world.ids("tw", replace(far, onward=0), agreements=[onward])
    assert not world.ids("tw", far, agreements=[replace(onward, kinds=("streak",))])
    assert not world.ids("tw", far, agreements=[replace(onward, last_day=date(2024, 3, 5))])
    assert not world.ids("tw", far, agreements=[agreement("au", "us", onward=3), agreement("us", "tw")])


def test_an_agreement_without_history_gives_nothing_from_before_it(world: Sharing) -> None:
    since = agreement("jp", "us", history=False, first_day=date(2024, 3, 3))
    assert world.ids("us", rule(1), agreements=[since]) == [SECOND]


def test_withheld_rows_are_counted_by_rule_and_reason_for_the_owner(world: Sharing) -> None:
    rules = [
        rule(1, delay_h=100.0),
        rule(2, sources=("radar",)),
        rule(3, to=("au",)),
        rule(4, purpose="advertising", sources=("ais",)),
        rule(5, "watch_day", to=("au",)),
    ]
    released = world.to("us", *rules, counting=True)
    assert [r.id for r, _ in released.records] == [SECOND]
    assert released.withheld == {
        ("1", "delayed"): 1,
        ("3", "not_releasable"): 1,
        ("4", "purpose_not_agreed"): 1,
        ("5", "not_releasable"): 4,
    }
    assert world.to("us", *rules).withheld == {}


def test_a_preview_shows_exactly_what_leaves(world: Sharing) -> None:
    rules = [rule(1, masked=("mmsi",), sources=("radar",)), rule(2, round_deg=0.5), rule(3, "watch_day"), rule(4, "streak")]
    release = world.release(*rules)
    shown = release.preview("us")
    assert list(shown) == [k for k in RECORD_KINDS if k in ("visit", "watch_day", "streak")]
    leaving = [(r.kind, r.id) for r, _ in release.to("us").records]
    assert sorted((kind, i) for kind, frame in shown.items() for i in frame["id"]) == leaving
    assert set(shown["visit"]["rule"]) == {1, 2} and shown["visit"]["mmsi"].null_count() == 1
    assert release.preview("au") == {}


def test_what_is_released_twice_is_the_same(world: Sharing) -> None:
    rules = [rule(1), rule(2, "watch_day"), rule(3, "streak"), rule(4, masked=("mmsi",))]
    assert world.to("us", *rules) == world.to("us", *rules, now_ms=NOW_MS + 1)
    assert world.release(*rules).recipients() == ["us"]


def test_a_zone_across_another_and_files_of_other_ships_move_nothing(tmp_path: Path) -> None:
    world = Sharing(tmp_path)
    rules = [rule(1, zones=(BOX,)), rule(2, "watch_day", sources=("ais",))]
    before = world.to("us", *rules)
    world.feed("radar", eastward(412_000_999, range(20), lon=30.0), "far away")
    world.book.add_zones(write_zones(tmp_path / "cut.geojson", cut__me=square(10.3, 0.3, 12, 2)))
    world.book.run()
    assert world.to("us", *rules) == before
    assert any(v["zone_id"] == "cut@me" for v in world.visits())


def test_a_rule_may_name_only_what_is_there(world: Sharing) -> None:
    inputs, waters = Inputs.of(world.book.store, world.book.waters), world.book.waters
    require_rule(rule(1, zones=(BOX,), fleets=("own",), sources=("radar", "tw")), inputs, waters, ["tw"])
    for wrong in (rule(1, zones=("bax@me",)), rule(1, fleets=("owm",)), rule(1, sources=("tw",)), rule(1, sources=("rader",))):
        with pytest.raises(UnknownName):
            require_rule(wrong, inputs, waters, [])
    silent = next(f.id for f in waters.fleets.values() if not f.in_ais)
    with pytest.raises(UsageError, match="No MMSI"):
        require_rule(rule(1, "watch_day", fleets=(silent,)), inputs, waters, [])
