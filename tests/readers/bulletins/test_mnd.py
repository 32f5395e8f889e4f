"""The ministry's daily notices: every form that its rules name, widths and numerals, windows by date, what is refused."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from texts import Region, a_text, at, only, values

from offing.model.bulletin import Parsed
from offing.model.units import Unit
from offing.readers.bulletins import mnd
from offing.readers.bulletins.mnd_chinese import area
from offing.readers.bulletins.sentences import sentences

COAST = "，持續在臺海周邊活動。國軍運用任務機、艦及岸置飛彈系統嚴密監控與應處。"


def parse(text: str, published: str = "2026-05-20") -> Parsed:
    return mnd.parse(a_text("tw-mnd", published, text), Region())


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "國防部今日表示，迄0600時止，偵獲共機12架次（其中逾越海峽中線及其延伸線進入北部及西南空域7架次）、共艦5艘次"
            + COAST,
            (12, 7, None, 5, None),
        ),
        ("迄0600時止，偵獲共機12架次(逾越中線進入中部空域7架次)及共艦5艘、公務船2艘" + COAST, (12, 7, None, 5, 2)),
        ("迄0600時止，偵獲共機3架（進入西南空域1架）、共艦5艘及公務船2艘" + COAST, (3, None, 1, 5, 2)),
        ("迄0600時止，偵獲共機3架次（其中2架次進入東部空域）、共艦5艘次及公務船2艘次" + COAST, (3, None, 2, 5, 2)),
        ("迄0600時止，偵獲共機3架次、共艦5艘次及海警船4艘次" + COAST, (3, None, None, 5, 4)),
        (
            "迄0600時止，偵獲共艦5艘次" + COAST + "三、上述期間共機無逾越海峽中線及西南空域，故無提供航跡圖。",
            (None, None, None, 5, None),
        ),
        ("迄0600時止，偵獲共艦5艘" + COAST + "三、上述期間未偵獲共機，故無提供航跡圖。", (0, None, None, 5, None)),
        ("國防部今日表示，迄0600時止，末偵獲共機、艦於臺海周邊活動，故無提供航跡圖。", (0, None, None, 0, None)),
        ("國防部今日表示，迄0600時止，偵獲共4架次(其中谕越海峽中線進入西南空域3架次)及共艦6艘" + COAST, (4, 3, None, 6, None)),
        ("迄0600時止，偵獲共機3架次(進入西南空域)、共艦8艘次" + COAST, (3, None, None, 8, None)),
        ("迄0600時止,偵獲艦8艘次" + COAST, (None, None, None, 8, None)),
        (
            "国防部今日表示，至上午六时止，侦获共机十七架次、共舰二十一艘次、公务船两艘，持续在台海周边活动。",
            (17, None, None, 21, 2),
        ),
    ],
)
def test_chinese_forms(text: str, want: tuple[int | None, ...]) -> None:
    names = ("aircraft", "crossed_median_line", "entered_airspace", "naval_ships", "official_ships")
    parsed = parse(text)
    assert values(parsed) == {k: v for k, v in zip(names, want, strict=True) if v is not None}
    assert parsed.rejects == () and parsed.sightings == ()
    assert all(
        at(b.window_start_utc) == "2026-05-18T22:00" and at(b.window_end_utc) == "2026-05-19T22:00" for b in parsed.bulletins
    )


@pytest.mark.parametrize(
    ("text", "want"),
    [
        (
            "One PLA aircraft, seven PLAN vessels and two official ships were detected around "
            "Taiwan up until 6 a.m. (UTC+8) today. "
            "No PLA aircraft crossed the median line.",
            {"aircraft": 1, "naval_ships": 7, "official_ships": 2},
        ),
        (
            "No PLA aircraft and 5 PLAN vessels operating around Taiwan were detected as of 6 a.m. (UTC+8) today.",
            {"aircraft": 0, "naval_ships": 5},
        ),
        (
            "11 out of 14 sorties crossed the median line of the Taiwan Strait and entered the "
            "northern and SW parts of Taiwan's ADIZ. "
            "14 sorties of PLA aircraft, 8 PLAN ships and 1 official ship were detected as of 6 a.m. (UTC+8) today.",
            {"aircraft": 14, "crossed_median_line": 11, "naval_ships": 8, "official_ships": 1},
        ),
        (
            "Twenty-one PLA aircraft and 9 PLA Navy vessels were tracked by 6 a.m. Wednesday. "
            "3 of the aircraft entered Taiwan's southeastern "
            "air defense identification zone (ADIZ).",
            {"aircraft": 21, "entered_airspace": 3, "naval_ships": 9},
        ),
        (
            (
                "All of them crossed the median line. 4 PLA aircraft operating around Taiwan were "
                "detected up until 0600 (UTC+8) today."
            ),
            {"aircraft": 4, "crossed_median_line": 4},
        ),
        (
            "5 PLAN ships operating around Taiwan were detected as of 6 a.m. (UTC+8) today. "
            "Illustration of flight path is not provided due "
            "to no PLA aircraft operating around Taiwan were detected during this timeframe.",
            {"aircraft": 0, "naval_ships": 5},
        ),
        (
            "2 PRC balloons were detected up until 6 a.m. (UTC+8) today. We have monitored the situation and responded.",
            {"balloons": 2},
        ),
    ],
)
def test_english_forms(text: str, want: dict[str, int]) -> None:
    parsed = parse(text)
    assert (values(parsed), parsed.rejects) == (want, ())
    assert {at(b.window_end_utc) for b in parsed.bulletins} == {"2026-05-19T22:00"}


def test_each_count_has_its_unit_and_the_parts_their_sectors() -> None:
    parsed = parse(
        "迄0600時止，偵獲共機12架次（逾越中線進入東部、北、中及西南空域7架次）、"
        "共艦5艘及公務船2艘，持續在臺海周邊活動。三、"
        "中共空飄氣球活動：中共空飄氣球計偵獲3顆。"
    )
    assert {b.metric: (b.unit, b.area) for b in parsed.bulletins} == {
        "aircraft": (Unit.SORTIES, "around-taiwan"),
        "crossed_median_line": (Unit.SORTIES, "north;central;southwest;east"),
        "naval_ships": (Unit.VESSELS, "around-taiwan"),
        "official_ships": (Unit.VESSELS, "around-taiwan"),
        "balloons": (Unit.BALLOONS, "around-taiwan"),
    }
    assert (
        area("northern, SW and southeastern") == "north;southwest;southeast"
        and area("ADIZ") == ""
        and area("東北空域") == "northeast"
    )


def test_balloons_seen_at_several_times_are_summed() -> None:
    one = (
        "昨（27）日1352時偵獲空飄氣球1枚，位於基隆西北方60浬，高度約1萬6,000呎，"
        "續向東飄行，並於1533時消失；0405時偵獲空飄氣球1枚，位於基隆北方70浬，"
        "並於0500時消失。"
    )
    each = (
        "三、中共空飄氣球：昨(3)日1507、1608及1751時偵獲空飄氣球各1枚，逾越海峽中線，"
        "位於馬公西方約48浬，並於昨(3)日1751時消失。"
    )
    assert only(parse("迄0600時止，偵獲共艦7艘。" + one, "2024-11-28"), "balloons").value == 2
    assert only(parse("迄0600時止，偵獲共艦7艘。" + each, "2024-01-04"), "balloons").value == 3


@pytest.mark.parametrize(
    ("published", "text", "start", "end", "basis", "flags"),
    [
        ("2022-11-15", "迄1700時止，偵獲共艦3艘次。", "", "2022-11-15T09:00", "end_only", ()),
        ("2022-11-16", "迄0600時止，偵獲共艦3艘次。", "2022-11-14T22:00", "2022-11-15T22:00", "derived", ()),
        ("2024-10-14", "迄0800時止，偵獲共艦7艘次。", "2024-10-12T22:00", "2024-10-14T00:00", "derived", ()),
        ("2024-10-15", "迄0800時止，偵獲共艦7艘次。", "", "2024-10-15T00:00", "end_only", ("ends_at_an_unusual_hour",)),
        (
            "2026-08-08",
            (
                "一、日期： 中華民國115年8月7日（星期五）0600時至115年8月8日（星期六）0600時止。 "
                "二、活動動態： 迄0600時止，偵獲共艦6艘。"
            ),
            "2026-08-06T22:00",
            "2026-08-07T22:00",
            "stated",
            (),
        ),
        (
            "2027-01-01",
            "自昨（３１）日上午６時起至今（１）日上午６時止，偵獲共艦６艘次。",
            "2026-12-30T22:00",
            "2026-12-31T22:00",
            "stated",
            (),
        ),
        (
            "2023-09-26",
            (
                "一、日期：中華民國112年9月25日（星期一）0600時至9月26日（星期二）0500時止。二、"
                "活動動態：迄0500時止，偵獲共艦5艘次。"
            ),
            "2023-09-24T22:00",
            "2023-09-25T21:00",
            "stated",
            ("window_of_23_h",),
        ),
        (
            "2026-02-22",
            (
                "一、日期：中華民國115年2月20日（星期五）0600時至115年2月21日（星期六）0600時止。"
                "二、活動動態：迄0600時止，偵獲共艦7艘。"
            ),
            "2026-02-19T22:00",
            "2026-02-20T22:00",
            "stated",
            ("window_not_of_publication_day",),
        ),
        (
            "",
            "發布時間：112年7月5日0900時 一、日期：7月4日0600時至7月5日0600時止。偵獲共艦5艘。",
            "2023-07-03T22:00",
            "2023-07-04T22:00",
            "stated",
            (),
        ),
        (
            "2026-09-28",
            "Date: 6 a.m. Sep. 27 (Sun.) to 6 a.m. Sep. 28 (Mon.) (UTC+8). 5 PLAN ships were detected.",
            "2026-09-26T22:00",
            "2026-09-27T22:00",
            "stated",
            (),
        ),
        (
            "2023-12-25",
            "1.Date: 6 to 6 a.m. (UTC+8) Sunday to Monday, Dec. 24-25 2.PLA activities: 4 PLAN vessels were detected.",
            "2023-12-23T22:00",
            "2023-12-24T22:00",
            "stated",
            (),
        ),
    ],
)
def test_windows(published: str, text: str, start: str, end: str, basis: str, flags: tuple[str, ...]) -> None:
    parsed = parse(text, published)
    ships = only(parsed, "naval_ships")
    assert (at(ships.window_start_utc), at(ships.window_end_utc), ships.window_basis, ships.flags) == (start, end, basis, flags)
    assert parsed.rejects == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Many aircraft were about, perhaps a dozen or so, and the sea was rough.", "no rule"),
        ("迄0600時止，偵獲共機約5架次、共艦3艘。", "no rule for '共機約5架次"),
        ("迄0600時止，偵獲共機5至7架次。", "no rule"),
        ("迄0600時止，偵獲共機9架次(其中逾越海峽中線進入西南空域了架次)、共艦5艘次。", "no rule for '了架次'"),
        ("About 26 PLA aircraft were detected up until 6 a.m. (UTC+8) today.", "no rule for 'About"),
        ("26 PLA aircraft were not detected up until 6 a.m. (UTC+8) today.", "no rule"),
        ("8 PLAN vessels were detected.", "no day of the notice"),
        ("迄2560時止，偵獲共艦8艘。", "is no time of day"),
        ("自昨(18)日0600時至今(21)日0600時止，偵獲共艦8艘。", "is not the day 21"),
        ("迄0600時止，偵獲共機5架次、共機7架次。", "aircraft is 7 here and 5 before"),
        ("all of them crossed the median line.", "all of how many is not said"),
        ("國防部表示。", "no figure"),
    ],
)
def test_what_is_not_wholly_understood_is_a_reject(text: str, reason: str) -> None:
    parsed = parse(text)
    assert parsed.bulletins == () and [r.sentence for r in parsed.rejects] == [text]
    assert reason in parsed.rejects[0].reason and parsed.rejects[0].name == "a.txt"


def test_the_day_that_the_text_itself_names_goes_before_that_of_publication() -> None:
    ships = only(parse("國防部今（19）日表示，迄0600時止，偵獲共艦8艘。"), "naval_ships")
    assert (at(ships.window_end_utc), ships.flags) == ("2026-05-18T22:00", ("day_differs_from_publication",))
    assert parse("國防部今（9）日表示，迄0600時止，偵獲共艦8艘。").bulletins == ()


def test_no_date_no_row() -> None:
    parsed = parse("迄0600時止，偵獲共艦8艘。", published="")
    assert parsed.bulletins == () and len(parsed.rejects) == 1


def test_a_part_above_its_whole_is_kept_and_flagged() -> None:
    parsed = parse("3 PLA aircraft were detected up until 6 a.m. (UTC+8) today. 9 out of 4 sorties crossed the median line.")
    assert values(parsed) == {"aircraft": 3, "crossed_median_line": 9}
    assert only(parsed, "crossed_median_line").flags == ("exceeds_total",)
    assert only(parsed, "aircraft").flags == ("exceeded_by_a_part", "total_said_differently")


def test_one_sentence_in_two_languages_is_one_figure() -> None:
    parsed = parse(
        "迄0600時止，偵獲共機2架次、共艦4艘次。 2 PLA aircraft and 4 PLAN vessels were detected by 6 a.m. (UTC+8) today."
    )
    assert values(parsed) == {"aircraft": 2, "naval_ships": 4} and parsed.rejects == ()
    parsed = parse("迄0600時止，偵獲共機2架次、共艦4艘次。 3 PLA aircraft were detected by 6 a.m. (UTC+8) today.")
    assert only(parsed, "aircraft").flags == ("said_twice_differently",) and len(parsed.rejects) == 1


ZH = "零一二三四五六七八九"


def in_characters(n: int) -> str:
    """0 to 199 as a Chinese text writes it."""
    tens = (("一百" if n >= 100 else "") + (("零" if n % 100 < 10 and n % 100 else "") if n >= 100 else ""), n % 100)
    head, rest = tens
    if rest < 10:
        return head + (ZH[rest] if rest or n == 0 else "")
    return head + ("" if rest < 20 and n < 100 else ZH[rest // 10]) + "十" + (ZH[rest % 10] if rest % 10 else "")


WIDTHS = (str, lambda n: str(n).translate(str.maketrans("0123456789", "０１２３４５６７８９")), in_characters)


@given(
    st.lists(st.integers(0, 199), min_size=4, max_size=4),
    st.lists(st.sampled_from(WIDTHS), min_size=4, max_size=4),
    st.sampled_from([("（", "）"), ("(", ")")]),
    st.sampled_from(["架", "架次"]),
    st.sampled_from(["艘", "艘次"]),
    st.randoms(use_true_random=False),
)
@settings(max_examples=150, deadline=None)
def test_widths_numerals_and_blanks_say_the_same(numbers, widths, brackets, air, sea, random) -> None:
    a, c, n, o = (w(v) for w, v in zip(widths, numbers, strict=True))
    text = (
        f"迄0600時止，偵獲共機{a}{air}{brackets[0]}逾越中線進入北部空域{c}{air}{brackets[1]}"
        f"、共艦{n}{sea}及公務船{o}{sea}，持續在臺海周邊活動。"
    )
    spaced = "".join(ch + random.choice(["", "", "", " ", "\n", "\u3000"]) for ch in text)
    spaced = spaced.replace("\n\n", "\n").replace("\n \n", "\n").replace("\n\u3000\n", "\n")
    parsed = parse(spaced)
    names = ("aircraft", "crossed_median_line", "naval_ships", "official_ships")
    assert (values(parsed), parsed.rejects) == (dict(zip(names, numbers, strict=True)), ())
    assert bool(only(parsed, "crossed_median_line").flags) == (numbers[1] > numbers[0])


WHOLE = (
    "一、日期： 中華民國115年8月7日（星期五）0600時至115年8月8日（星期六）0600時止。 "
    "二、活動動態： 迄0600時止，偵獲共機14架次（逾越中線進入北部及西南空域11架次）、"
    "共艦6艘及公務船8艘"
    + COAST
    + (
        "\n\n14 PLA aircraft, 6 PLAN vessels and 8 official ships were detected up until 6 "
        "a.m. (UTC+8) today. 11 out of 14 sorties crossed the median line."
    )
)


@given(st.integers(0, len(WHOLE)), st.integers(0, len(WHOLE)))
@settings(max_examples=200, deadline=None)
def test_a_cut_text_raises_nothing_and_loses_no_sentence(one: int, two: int) -> None:
    text = WHOLE[min(one, two) : max(one, two)]
    parsed = parse(text, "2026-08-08")
    refused = {r.sentence for r in parsed.rejects}
    assert refused <= set(sentences(text))
    assert bool(text.strip()) <= bool(parsed.bulletins or refused)
    for sentence in set(sentences(text)) - refused:
        assert not mnd.leftover(mnd._scan(sentence)[1])


@given(st.text(st.sampled_from("共機艦架次艘偵獲迄至今日時止0123456789六十逾越中線進入北部空域()，。、 \n\x00abPLAN sorties")))
@settings(max_examples=300, deadline=None)
def test_no_text_raises(text: str) -> None:
    parsed = parse(text)
    assert not text.strip() or parsed.bulletins or parsed.rejects


@given(st.text())
@settings(max_examples=200, deadline=None)
def test_sentences_hold_every_character(text: str) -> None:
    assert "".join("".join(sentences(text)).split()) == "".join(text.split())


def test_published_figures_of_six_days_that_the_press_has_too(shared_data: Path) -> None:
    text = (shared_data / "facts" / "tw_mnd_daily_2022_2026.csv").read_text(encoding="utf-8")
    confirmed = [r for r in csv.DictReader(io.StringIO(text)) if r["confidence"] == "confirmed"]
    assert len(confirmed) == 6
    for r in confirmed:
        part = f"（其中逾越海峽中線進入西南空域{r['sorties_in_subset']}架次）" if r["subset"] == "median_line" else ""
        parsed = parse(
            f"迄0600時止，偵獲共機{r['aircraft_sorties']}架次{part}及共艦{r['plan_ships']}艘" + COAST, r["notice_date"]
        )
        assert parsed.rejects == ()
        said = values(parsed)
        assert (said["aircraft"], said["naval_ships"]) == (float(r["aircraft_sorties"]), float(r["plan_ships"]))
        assert only(parsed, "aircraft").window_end_utc == datetime.fromisoformat(r["window_end"])
