"""Taiwan's Coast Guard: who came into which waters when, and who stayed outside; totals in units that differ."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import Region, a_text, at, values

from offing.model.bulletin import Parsed
from offing.model.units import Unit
from offing.readers.bulletins import cga
from offing.readers.bulletins.sentences import sentences

RESTRICTED, PROHIBITED = "kinmen-restricted-water@tw", "kinmen-prohibited-water@tw"


def parse(text: str, published: str) -> Parsed:
    return cga.parse(a_text("tw-cga", published, text), Region())


def seen(parsed: Parsed) -> set[tuple[str, str, str, str]]:
    return {(at(s.t_utc), s.crossing, "".join(s.hulls), s.zone_id) for s in parsed.sightings}


def rows(times: str, hulls: str, *zones: str) -> set[tuple[str, str, str, str]]:
    """`entered 2026-01-19T06:50` for each hull and zone."""
    crossing, t = times.split()
    return {(t, crossing, h, z) for h in hulls.split() for z in zones}


def test_four_ships_in_two_pairs() -> None:
    # Kinmen, 19 January 2026: 14605, 14529, 14603, 14533, 14:50 to 16:52 (CTWANT 2026-01-19)
    text = (
        "金門海域今（19）日風力達6至7級、陣風9級，浪高3公尺。下午2時50分，"
        "中國海警「14605」、「14529」、「14603」及「14533」等4艘船，"
        "以兩兩一組方式，分別自料羅東方及烈嶼南方駛入金門限制水域。"
        "海巡署派遣4艘巡防艇一對一併航監控。海警船最終於16時52分全數航出我國限制水域。"
    )
    parsed = parse(text, "2026-01-19")
    hulls = "14605 14529 14603 14533"
    assert seen(parsed) == rows("entered 2026-01-19T06:50", hulls, RESTRICTED) | rows(
        "left 2026-01-19T08:52", hulls, RESTRICTED
    )
    assert parsed.rejects == () and values(parsed) == {"coast_guard_ships": 4}
    assert {(s.reference_place, s.bearing) for s in parsed.sightings} == {("", "")}, "which pair came from where is not said"
    (count,) = parsed.bulletins
    assert (count.unit, count.area, at(count.window_start_utc), at(count.window_end_utc)) == (
        Unit.VESSELS,
        RESTRICTED,
        "2026-01-18T16:00",
        "2026-01-19T16:00",
    )


def test_prohibited_and_restricted_waters_are_two_zones() -> None:
    # Kinmen, 25 December 2025: 14605, 14606, 14609, 15:00 to 16:12, from south of Dadan (ETtoday 2025-12-25)
    text = "25日15時，海警船14605、14606及14609自大膽島南方航入金門禁止、限制水域，至下午4時12分航出金門限制水域。"
    parsed = parse(text, "2025-12-26")
    hulls = "14605 14606 14609"
    assert seen(parsed) == rows("entered 2025-12-25T07:00", hulls, RESTRICTED, PROHIBITED) | rows(
        "left 2025-12-25T08:12", hulls, RESTRICTED
    )
    assert {(s.reference_place, s.bearing) for s in parsed.sightings if s.crossing == "entered"} == {("大膽島", "S")}
    assert [(b.area, b.value) for b in parsed.bulletins] == [(RESTRICTED, 3), (PROHIBITED, 3)]


def test_the_same_ships_on_two_days() -> None:
    # Kinmen, 29 July 2025 15:00 to 17:00 and 30 July 09:00 to 11:05, AIS off on the second (Focus Taiwan 2025-07-30)
    text = (
        "At 3 p.m. Tuesday, China Coast Guard vessels 14605, 14529, 14608, and 14513 "
        "sailed into the restricted waters off Kinmen "
        "County, east-southeast of Liaoluo Bay. They left the area at 5 p.m. At 9 a.m. "
        "Wednesday, the four ships again trespassed into "
        "the area. They left the waters at 11:05 a.m. Four CGA patrol boats shadowed them."
    )
    parsed = parse(text, "2025-07-30")
    hulls = "14605 14529 14608 14513"
    assert seen(parsed) == (
        rows("entered 2025-07-29T07:00", hulls, RESTRICTED)
        | rows("left 2025-07-29T09:00", hulls, RESTRICTED)
        | rows("entered 2025-07-30T01:00", hulls, RESTRICTED)
        | rows("left 2025-07-30T03:05", hulls, RESTRICTED)
    )
    assert sum(b.value for b in parsed.bulletins) == 8, "eight ship-days, four ships on each of two days"
    assert parsed.rejects == ()
    assert {s.bearing for s in parsed.sightings if s.reference_place} == {"E"}, "east-south-east, among eight winds: east"


@pytest.mark.parametrize("when", ["At 3 p.m.", "At about 3 p.m. Tuesday,", "On Tuesday at 3 p.m.", "Tuesday, around 3 p.m.,"])
def test_an_hour_before_the_ships(when: str) -> None:
    parsed = parse(f"{when} China Coast Guard vessels 14605 and 14529 entered restricted waters off Kinmen.", "2025-07-29")
    assert parsed.rejects == ()
    assert seen(parsed) == rows("entered 2025-07-29T07:00", "14605 14529", RESTRICTED)


def test_who_stays_outside_does_not_count() -> None:
    # Dongyin, 23 May 2024: 14607 and 14509 in, 14517 outside, 07:48 to 08:53 (Focus Taiwan 2024-05-23)
    text = (
        "China Coast Guard vessels 14607 and 14509 entered the restricted waters of "
        "Dongyin at 7:48 a.m. Thursday, while a third ship, "
        "14517, stayed outside the restricted waters. They left the restricted waters at "
        "8:53 a.m. The CGA sent PP-3586 and PP-3571."
    )
    parsed = parse(text, "2024-05-23")
    zone = "dongyin-restricted-water@tw"
    assert seen(parsed) == rows("entered 2024-05-22T23:48", "14607 14509", zone) | rows(
        "left 2024-05-23T00:53", "14607 14509", zone
    )
    assert values(parsed) == {"coast_guard_ships": 2} and parsed.rejects == ()
    chinese = parse(
        "海警船14605、14529於上午9時駛入金門限制水域。另有海警船14301停留在金門限制水域外。二船於11時駛離。", "2026-03-01"
    )
    assert {h for s in chinese.sightings for h in s.hulls} == {"14605", "14529"}


def test_ships_of_three_kinds() -> None:
    # Kinmen, 9 May 2024: four coast guard, seven other official and three fishing ships between noon and 16:30, a fifth outside
    text = (
        "Four China Coast Guard ships, seven other official ships and three fishing boats "
        "entered restricted waters off Kinmen at noon "
        "on Thursday and left at 4:30 p.m. A fifth China Coast Guard ship stayed outside."
    )
    parsed = parse(text, "2024-05-09")
    assert values(parsed) == {"coast_guard_ships": 4, "other_official_ships": 7, "fishing_ships": 3}
    assert seen(parsed) == {("2024-05-09T04:00", "entered", "", RESTRICTED), ("2024-05-09T08:30", "left", "", RESTRICTED)}


def test_voyages_and_ships_are_different_units() -> None:
    # CGA totals of February 2024 to August 2025 (UDN 2025-11-09): 85 voyages; 222 and 293 ship entries
    text = (
        "統計去年二月至今年八月，大陸海警船航經金門禁限制水域八十五航次，平均每月四點四航次；"
        "公務船有二二二艘次航經金門限制水域、二九三艘次航經金門禁止水域。"
    )
    parsed = parse(text, "2025-11-09")
    assert [(b.value, b.unit, b.area) for b in parsed.bulletins] == [
        (85, Unit.VOYAGES, f"{RESTRICTED};{PROHIBITED}"),
        (222, Unit.SHIP_ENTRIES, RESTRICTED),
        (293, Unit.SHIP_ENTRIES, PROHIBITED),
    ]
    assert {(at(b.window_start_utc), at(b.window_end_utc), b.window_basis) for b in parsed.bulletins} == {
        ("2024-01-31T16:00", "2025-08-31T16:00", "stated")
    }


def test_a_distance_and_a_bearing_give_a_position() -> None:
    parsed = parse("15日14時46分，海警船14608、2202在金門南方3海浬處。", "2024-03-15")
    assert {s.hulls for s in parsed.sightings} == {("14608",), ("2202",)}
    s = parsed.sightings[0]
    assert (at(s.t_utc), s.reference_place, s.bearing, s.distance_km) == ("2024-03-15T06:46", "金門", "S", 5.556)
    assert s.lat_deg == pytest.approx(24.4321 - 3 / 60, abs=3e-4) and s.lon_deg == 118.3171


def test_a_count_that_is_not_that_of_the_hulls_is_flagged() -> None:
    parsed = parse("海警船14605、14606等4艘於上午9時駛入金門限制水域。", "2026-03-01")
    assert [b.flags for b in parsed.bulletins] == [("count_differs_from_hulls",)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("海警船14605可能於上午9時進入金門限制水域。", "in doubt"),
        ("海警船14605於上午9時進入限制水域。", "round which island"),
        ("海警船14605於25時駛入金門限制水域。", "no time of day"),
        ("數艘海警船於上午9時駛入金門限制水域。", "no rule for a figure"),
        ("海警船14605與拖網漁船77777於上午9時駛入金門限制水域。", "no rule for a figure"),
        ("下午2時，偵獲中國海警船於金門南方海域集結。", "tell of no entry"),
        ("China Coast Guard ship 14605 did not enter restricted waters off Kinmen at 3 p.m. today.", "tell of no entry"),
        ("China Coast Guard ship 14605 might have entered restricted waters off Kinmen at 3 p.m. today.", "in doubt"),
        ("Some 30 ships entered restricted waters off Kinmen at 3 p.m. today.", "no rule for a figure"),
        ("今年第12航次", "for which waters"),
        ("中國海警船航經金門限制水域85航次。", "since when"),
        ("海巡署將持續捍衛國家主權。", "no figure"),
    ],
)
def test_what_is_not_understood_is_a_reject(text: str, reason: str) -> None:
    parsed = parse(text, "2026-03-01")
    assert (parsed.bulletins, parsed.sightings) == ((), ())
    assert [r.sentence for r in parsed.rejects] == [text] and reason in parsed.rejects[0].reason


def test_without_a_day_there_is_no_row() -> None:
    parsed = parse("海警船14605於上午9時駛入金門限制水域。", "")
    assert parsed.sightings == () and parsed.rejects[0].reason == "no day is known"


WHOLE = (
    "今（19）日下午2時50分，中國海警「14605」、「14529」等2艘船，"
    "自料羅東方駛入金門限制水域。海警船於16時52分航出我國限制水域。\n\n"
    "At 9 a.m. Wednesday, China Coast Guard vessels 14605 and 14529 entered restricted "
    "waters off Kinmen. They left at 11:05 a.m. today."
)


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
@settings(max_examples=150, deadline=None)
def test_a_cut_text_raises_nothing_and_tells_of_no_other_ship(one: int, two: int) -> None:
    text = WHOLE[min(one, two) : max(one, two)]
    parsed = parse(text, "2026-01-19")
    assert {r.sentence for r in parsed.rejects} <= set(sentences(text))
    assert bool(text.strip()) <= bool(parsed.bulletins or parsed.sightings or parsed.rejects)
    assert {h for s in parsed.sightings for h in s.hulls} <= {"14605", "14529", "4605", "4529"}


@given(
    st.text(
        st.sampled_from(
            "海警船14605、於上下午9時分駛入航出金門禁止限制水域艘次自南方今(19)日，。 entered left restricted waters\n"
        )
    )
)
@settings(max_examples=300, deadline=None)
def test_no_text_raises(text: str) -> None:
    parsed = parse(text, "2026-01-19")
    assert not text.strip() or parsed.bulletins or parsed.sightings or parsed.rejects
