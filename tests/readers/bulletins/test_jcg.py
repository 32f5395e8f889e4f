"""The Japan Coast Guard in the press: days running, days this year, ships, incidents and positions, each in its own unit."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from texts import POSITIONS, Region, a_text, at, only

from offing.model.bulletin import Parsed
from offing.model.units import Unit
from offing.readers.bulletins import jcg
from offing.readers.bulletins.sentences import sentences
from offing.readers.bulletins.winds import WINDS, english_wind, of_eight, point_from

CONTIGUOUS, TERRITORIAL = jcg.CONTIGUOUS, jcg.TERRITORIAL
WATERS = "尖閣諸島周辺の領海外側にある接続水域で"


def parse(text: str, published: str) -> Parsed:
    return jcg.parse(a_text("jcg", published, text), Region())


def said(parsed: Parsed) -> set[tuple[str, str, float, str, str, str]]:
    return {(b.metric, b.unit.value, b.value, b.area, at(b.window_start_utc), at(b.window_end_utc)) for b in parsed.bulletins}


@pytest.mark.parametrize(
    ("published", "text", "days", "start", "end", "basis"),
    [
        # streaks with their published lengths, days and sources: Asahi 2020-06-17, World Times 2021-07-12, Yomiuri 2024-05-28,
        # livedoor 2026-02-04; day 152 of the streak of 2021 is 14 July
        (
            "2020-06-17",
            ("Chinese government ships were in the contiguous zone for 65 consecutive days since April 14."),
            65,
            "2020-04-13T15:00",
            "2020-06-17T15:00",
            "stated",
        ),
        (
            "2021-07-14",
            "Chinese ships have been in the contiguous zone for 152 consecutive days.",
            152,
            "2021-02-12T15:00",
            "2021-07-14T15:00",
            "derived",
        ),
        (
            "2021-07-12",
            "尖閣周辺の接続水域で中国公船が確認されるのは2月13日以降150日連続。",
            150,
            "2021-02-12T15:00",
            "2021-07-12T15:00",
            "stated",
        ),
        (
            "2024-05-28",
            ("On Monday, it was the 158th consecutive day since December 22 of last year in the contiguous zone."),
            158,
            "2023-12-21T15:00",
            "2024-05-27T15:00",
            "stated",
        ),
        (
            "2024-07-24",
            "2023年12月22日から2024年7月23日までの215日連続で接続水域にとどまった。",
            215,
            "2023-12-21T15:00",
            "2024-07-23T15:00",
            "stated",
        ),
        (
            "2026-02-04",
            WATERS + "４日、中国当局の船が確認された。中国当局の船が確認されるのは８２日連続。",
            82,
            "2025-11-14T15:00",
            "2026-02-04T15:00",
            "derived",
        ),
        (
            "2025-09-14",
            WATERS + "海警船が確認されるのは、昨年11月19日から三百日連続。",
            300,
            "2024-11-18T15:00",
            "2025-09-14T15:00",
            "stated",
        ),
    ],
)
def test_days_running(published: str, text: str, days: int, start: str, end: str, basis: str) -> None:
    run = only(parse(text, published), "days_running")
    assert (run.value, run.unit, run.area) == (days, Unit.CONSECUTIVE_DAYS, CONTIGUOUS)
    assert (at(run.window_start_utc), at(run.window_end_utc), run.window_basis, run.flags) == (start, end, basis, ())


def test_days_that_do_not_fit_their_dates_are_flagged() -> None:
    parsed = parse("接続水域で確認されるのは2月13日から149日連続。", "2021-07-12")
    assert only(parsed, "days_running").flags == ("count_differs_from_dates",)


def test_days_incidents_and_ships_of_a_year_have_units_of_their_own() -> None:
    # 2020: 333 days (NHK 2021-01-02), 24 incidents with 78 ships; 2025: 356 days by 30 December, 355 in 2024 (livedoor)
    text = (
        "去年、接続水域を中国当局の船が航行した日数は、過去最多の333日にのぼりました。"
        "去年、領海に侵入したのは24件、隻数は延べ78隻です。"
    )
    assert said(parse(text, "2021-01-02")) == {
        ("days", "calendar_days", 333, CONTIGUOUS, "2019-12-31T15:00", "2020-12-31T15:00"),
        ("incursions", "incidents", 24, TERRITORIAL, "2019-12-31T15:00", "2020-12-31T15:00"),
        ("incursion_ships", "ship_entries", 78, TERRITORIAL, "2019-12-31T15:00", "2020-12-31T15:00"),
    }
    text = (
        WATERS
        + "中国当局の船が確認されるのは年間で計356日となり、昨年の計355日を上回り、2012年の尖閣国有化以降の最多を更新した。"
    )
    assert said(parse(text, "2025-12-30")) == {
        ("days", "calendar_days", 356, CONTIGUOUS, "2024-12-31T15:00", "2025-12-30T15:00"),
        ("days", "calendar_days", 355, CONTIGUOUS, "2023-12-31T15:00", "2024-12-31T15:00"),
    }


def test_english_figures_of_a_year() -> None:
    # 2019: 282 days and 1,097 ships in the contiguous zone, 32 days and 126 ships in the territorial sea (Asahi 2020-06-17)
    text = (
        "In 2019, a total of 1,097 Chinese government ships operated in the contiguous zone over 282 days. "
        "In the same year, 126 ships intruded into Japanese territorial waters on 32 days."
    )
    year = ("2018-12-31T15:00", "2019-12-31T15:00")
    assert said(parse(text, "2020-06-17")) == {
        ("ships", "ship_days", 1097, CONTIGUOUS, *year),
        ("days", "calendar_days", 282, CONTIGUOUS, *year),
        ("ships", "ship_days", 126, TERRITORIAL, *year),
        ("days", "calendar_days", 32, TERRITORIAL, *year),
    }
    text = "Chinese vessels have entered Japanese territorial waters 22 times since Jan. 1, the coast guard said."
    assert said(parse(text, "2025-10-22")) == {
        ("incursions", "incidents", 22, TERRITORIAL, "2024-12-31T15:00", "2025-10-22T15:00")
    }


def test_the_nth_day_and_the_nth_incident_of_this_year() -> None:
    text = (
        "尖閣諸島の接続水域で5日午前9時現在、中国海警局の船4隻が航行している。今年64日目。"
        "今年に入って領海に侵入したのは、1日に続いて3件目。"
    )
    assert said(parse(text, "2027-03-05")) == {
        ("ships_present", "vessels", 4, CONTIGUOUS, "2027-03-04T15:00", "2027-03-05T15:00"),
        ("days", "calendar_days", 64, CONTIGUOUS, "2026-12-31T15:00", "2027-03-05T15:00"),
        ("incursions", "incidents", 3, TERRITORIAL, "2026-12-31T15:00", "2027-03-05T15:00"),
    }


def test_coming_and_going_with_times() -> None:
    text = (
        "海上保安本部によりますと、30日午前2時40分ごろから中国海警局の船4隻が尖閣諸"
        "島の魚釣島の沖合で相次いで日本の領海に侵入しました。"
        "4隻は午後0時半ごろ領海から出ました。再び入らないよう警戒を続けています。"
    )
    parsed = parse(text, "2021-08-31")
    assert [(at(s.t_utc), s.crossing, s.zone_id, s.reference_place) for s in parsed.sightings] == [
        ("2021-08-29T17:40", "entered", TERRITORIAL, "魚釣島"),
        ("2021-08-30T03:30", "left", TERRITORIAL, ""),
    ]
    assert only(parsed, "ships_entered").value == 4 and parsed.rejects == ()
    vague = parse("21日午前5時前、中国海警局の船2隻が久場島の沖合で領海に侵入しました。", "2021-02-21").sightings[0]
    assert (vague.t_utc, vague.start_day.isoformat(), vague.reference_place) == (None, "2021-02-21", "久場島")


def test_some_of_the_ships_come_in() -> None:
    parsed = parse("接続水域を航行していた中国海警局の船4隻のうち2隻が、21日午前10時、領海に侵入しました。", "2021-02-21")
    assert {(b.metric, b.value, b.area) for b in parsed.bulletins} == {
        ("ships_present", 4, CONTIGUOUS),
        ("ships_entered", 2, TERRITORIAL),
    }


@pytest.mark.parametrize(
    ("text", "place", "bearing", "azimuth_deg", "km"),
    [
        ("海警船2隻は午後3時現在、魚釣島の西北西約22キロの接続水域を航行している。", "魚釣島", "W", 292.5, 22.0),
        ("海警船は午後3時現在、南小島の南南東約２８キロの接続水域を航行している。", "南小島", "S", 157.5, 28.0),
        ("海警船は午後3時現在、大正島の南西およそ29キロの接続水域を航行。", "大正島", "SW", 225.0, 29.0),
        (
            "At 3 p.m. they were about 22 km west-northwest of Uotsuri Island in the contiguous zone.",
            "魚釣島",
            "W",
            292.5,
            22.0,
        ),
        ("At 3 p.m. they were 12 nautical miles northeast of Kuba in the contiguous zone.", "久場島", "NE", 45.0, 22.224),
    ],
)
def test_bearing_and_distance_give_a_position(text: str, place: str, bearing: str, azimuth_deg: float, km: float) -> None:
    (s,) = parse(text, "2027-03-05").sightings
    assert (s.reference_place, s.bearing, s.distance_km, s.zone_id, at(s.t_utc)) == (
        place,
        bearing,
        km,
        CONTIGUOUS,
        "2027-03-05T06:00",
    )
    azimuth, _, distance_m = Geod(ellps="WGS84").inv(*POSITIONS[place], s.lon_deg, s.lat_deg)
    assert azimuth % 360 == pytest.approx(azimuth_deg, abs=0.01) and distance_m == pytest.approx(km * 1000, abs=2)


def test_two_ships_at_two_distances() -> None:
    parsed = parse("15日午後1時半現在、2隻が大正島の南東およそ5キロと8キロの領海を航行しています。", "2022-08-15")
    assert [(s.distance_km, s.zone_id, at(s.t_utc)) for s in parsed.sightings] == [
        (5.0, TERRITORIAL, "2022-08-15T04:30"),
        (8.0, TERRITORIAL, "2022-08-15T04:30"),
    ]


def test_winds() -> None:
    assert [of_eight(w) for w in WINDS] == ["N", "N", "NE", "E", "E", "E", "SE", "S", "S", "S", "SW", "W", "W", "W", "NW", "N"]
    assert (
        english_wind("west-northwest") == "WNW"
        and english_wind("south southeast") == "SSE"
        and english_wind("north-south") == ""
    )
    assert point_from((0.0, 0.0), "E", 111.3194908) == (pytest.approx(1.0, abs=1e-5), pytest.approx(0.0, abs=1e-9))


def test_a_stay_in_hours() -> None:
    # 72 h 45 min, 22 to 25 December 2022 (NHK 2022-12-29)
    stay = only(parse("今月22日から25日にかけては、72時間45分にわたって領海にとどまりました。", "2022-12-29"), "stay")
    assert (stay.value, stay.unit, stay.window_start_utc, stay.window_basis) == (72.75, Unit.HOURS, None, "end_only")
    assert at(stay.window_end_utc) == "2022-12-25T15:00"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("これまでの最長は接続水域での157日連続。", "former record"),
        ("The previous record was 64 straight days between April and June last year in the contiguous zone.", "former record"),
        ("中国海警局の船が82日連続で確認された。", "for which waters"),
        ("接続水域で確認された日数は計185日。", "of which year"),
        ("接続水域で数隻の海警船が航行している。", "no rule for a figure"),
        ("接続水域では海警局の船3隻が航行し、合わせて7隻となっている。", "counted together"),
        ("海警船4隻が接続水域に入る可能性がある。", "in doubt"),
        ("接続水域で海警船4隻は確認されなかった。", "in doubt"),
        ("Many ships were about.", "no rule for a figure"),
        ("Chinese ships may have been in the contiguous zone for 9 consecutive days.", "in doubt"),
        ("31時に海警船が領海に侵入した。", "no time of day"),
        ("4日、漁船1隻が午前9時に出た。", "tell of no count"),
        ("警戒を続けている。", "no figure"),
        ("接続水域で99999999日連続。", "cannot run"),
    ],
)
def test_what_is_not_understood_is_a_reject(text: str, reason: str) -> None:
    parsed = parse(text, "2026-03-04")
    assert (parsed.bulletins, parsed.sightings) == ((), ())
    assert [r.sentence for r in parsed.rejects] == [text] and reason in parsed.rejects[0].reason


def test_without_a_day_there_is_no_row() -> None:
    parsed = parse("接続水域で確認されるのは82日連続。", "")
    assert parsed.bulletins == () and parsed.rejects[0].reason == "no day is known"


WHOLE = (
    WATERS + "4日、中国海警局の船4隻が航行しているのを確認した。尖閣周辺で中国当局の船が確認されるのは82日連続。今年35日目。"
    "海警船は午後3時現在、魚釣島の西北西約22キロの接続水域を航行している。\n\nIt was "
    "the 82nd consecutive day in the contiguous zone."
)


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
@settings(max_examples=150, deadline=None)
def test_a_cut_text_raises_nothing_and_loses_no_figure(one: int, two: int) -> None:
    text = WHOLE[min(one, two) : max(one, two)]
    parsed = parse(text, "2026-02-04")
    assert {r.sentence for r in parsed.rejects} <= set(sentences(text))
    assert bool(text.strip()) <= bool(parsed.bulletins or parsed.sightings or parsed.rejects)


@given(
    st.integers(1, 199),
    st.sampled_from([str, lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９"))]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=80, deadline=None)
def test_widths_and_breaks_say_the_same(days, width, random) -> None:
    text = f"接続水域で中国当局の船が確認されるのは{width(days)}日連続。"
    broken = "".join(c + random.choice(["", "", "\n", " "]) for c in text)
    while "\n \n" in broken or "\n\n" in broken:
        broken = broken.replace("\n \n", "\n").replace("\n\n", "\n")
    assert only(parse(broken, "2026-02-04"), "days_running").value == days


@given(
    st.text(
        st.sampled_from("海警船領海接続水域に侵入出た0123時分日連続年今昨件隻目の西北南キロ魚釣島沖、。 Since ships days\n")
    )
)
@settings(max_examples=300, deadline=None)
def test_no_text_raises(text: str) -> None:
    parsed = parse(text, "2026-02-04")
    assert not text.strip() or parsed.bulletins or parsed.sightings or parsed.rejects
