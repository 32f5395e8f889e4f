"""Japanese prose: what stands in a mended text and where it stood; days settled from little; times of day; winds."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offing.readers.bulletins.japanese import WIND_OF, Calendar, clock_at, day_at, header_day, mended
from offing.readers.bulletins.moments import Unclear
from offing.readers.bulletins.winds import WINDS


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("令和８年\n３月　２９日（日）", "令和8年3月29日(日)"),
        ("フリゲ\nート１２０ｋｍ", "フリゲート120km"),
        ("ﾌﾘｹﾞｰﾄ｢５９９｣､", "フリゲート「599」、"),
        ("ﾌﾘｹ\nﾞｰﾄ", "フリゲート"),
        ("ジャンカイII級、ルーヤンⅲ級、ウダロイＩ級", "ジャンカイⅡ級、ルーヤンⅢ級、ウダロイⅠ級"),
        ("①１６日②１９日⑩２１日", "(1)16日(2)19日(10)21日"),
        ("ル−ヤン、Ｐ‐３Ｃ、Ｈー６、ＢＺＫ－００５", "ルーヤン、P-3C、H-6、BZK-005"),
        ("確認した。------また、", "確認した。また、"),
        ("５／１１〜５／１２", "5/11~5/12"),
        ("１，０９０ｋｍ，南", "1,090km、南"),
        ("㎞\u200b\ufeff㈪", "km(月)"),
        ("", ""),
    ],
)
def test_a_text_is_mended(raw: str, text: str) -> None:
    assert mended(raw).text == text


def test_a_quotation_is_what_the_office_wrote_on_one_line() -> None:
    raw = "一。\n 久米島（沖縄県）の西約\n８０ｋｍの海域 ---P - 1 and  P - 3C。\n二。"
    found = mended(raw)
    start, end = found.text.index("久"), found.text.index("二")
    assert found.quote(start, end) == "久米島（沖縄県）の西約８０ｋｍの海域P - 1 and P - 3C。"
    assert found.quote(0, len(found.text)).endswith("。二。")
    assert found.quote(3, 3) == ""


@given(st.text())
def test_every_character_of_a_mended_text_stood_somewhere(raw: str) -> None:
    found = mended(raw)
    assert len(found.at) == len(found.text) and not any(c.isspace() for c in found.text)
    assert list(found.at) == sorted(found.at) and all(0 <= i < len(raw) for i in found.at)


def settled(words: str, published: date | None, last: date | None = None) -> date:
    calendar = Calendar(published)
    calendar.last = last
    found = day_at(words, 0)
    assert found is not None and found[1] == len(words)
    return calendar.settle(found[0])


SPRING, NEW_YEAR = date(2026, 5, 7), date(2023, 1, 4)


@pytest.mark.parametrize(
    ("words", "published", "last", "day"),
    [
        ("令和8年5月1日(金)", None, None, date(2026, 5, 1)),
        ("令和元年5月1日(水)", None, None, date(2019, 5, 1)),
        ("令和6(2024)年7月4日(木)", None, None, date(2024, 7, 4)),
        ("2026年5月1日", None, None, date(2026, 5, 1)),
        ("4月28日(火)", SPRING, None, date(2026, 4, 28)),
        ("12月30日(金)", NEW_YEAR, None, date(2022, 12, 30)),
        ("令和1月2日(月)", NEW_YEAR, None, date(2023, 1, 2)),
        ("2日(土)", SPRING, date(2026, 5, 1), date(2026, 5, 2)),
        ("1日(金)", SPRING, date(2026, 4, 30), date(2026, 5, 1)),
        ("30日(木)", SPRING, date(2026, 5, 1), date(2026, 4, 30)),
        ("同月28日", SPRING, date(2026, 4, 27), date(2026, 4, 28)),
        ("同年4月28日", SPRING, date(2026, 1, 27), date(2026, 4, 28)),
        ("同日", SPRING, date(2026, 4, 27), date(2026, 4, 27)),
        ("翌日", SPRING, date(2026, 4, 30), date(2026, 5, 1)),
        ("翌1日(金)", SPRING, date(2026, 4, 30), date(2026, 5, 1)),
        ("3日(日・祝)", SPRING, date(2026, 5, 1), date(2026, 5, 3)),
    ],
)
def test_a_day_is_settled(words: str, published: date | None, last: date | None, day: date) -> None:
    assert settled(words, published, last) == day


@pytest.mark.parametrize(
    ("words", "published", "last", "why"),
    [
        ("令和8年5月1日(土)", None, None, "weekday"),
        ("2月30日", SPRING, None, "calendar"),
        ("5月8日", SPRING, date(2026, 5, 1), "after the day"),
        ("4月28日", None, None, "no year"),
        ("28日", None, None, "neither month nor year"),
        ("同日", SPRING, None, "none was named"),
        ("同月3日", SPRING, None, "none was named"),
    ],
)
def test_a_day_is_not_settled(words: str, published: date | None, last: date | None, why: str) -> None:
    if why == "after the day":
        words = "令和8年" + words
    with pytest.raises(Unclear, match=why):
        settled(words, published, last)


@given(st.dates(date(2019, 6, 1), date(2035, 12, 31)), st.integers(0, 300))
def test_a_day_without_its_year_is_the_last_such_day(day: date, after: int) -> None:
    words = f"{day.month}月{day.day}日({'月火水木金土日'[day.weekday()]})"
    assert settled(words, day + timedelta(days=after)) == day


def test_a_heading_carries_its_day() -> None:
    assert header_day("令和8年5月1日統合幕僚監部") == date(2026, 5, 1)
    assert header_day("令和8年5月1日(金)午後") is None
    assert header_day("令和8年13月1日防衛省") is None


@pytest.mark.parametrize(
    ("words", "half", "minutes"),
    [
        ("午前7時頃", "", 420),
        ("午後0時頃", "", 720),
        ("午前0時10分頃", "", 10),
        ("午後1時半ごろ", "", 810),
        ("正午頃", "", 720),
        ("15時30分", "", 930),
        ("1時", "午後", 780),
        ("午後12時", "", None),
        ("午後13時", "", 780),
        ("25時", "", None),
        ("頃", "", None),
    ],
)
def test_a_time_of_day(words: str, half: str, minutes: int | None) -> None:
    found = clock_at(words, 0, half)
    assert (found[0] if found else None) == minutes
    assert found is None or found[1] == len(words)


def test_winds() -> None:
    assert len(WIND_OF) == 20 and set(WIND_OF.values()) == set(WINDS)
    assert (WIND_OF["東"], WIND_OF["北北東"], WIND_OF["西南西"], WIND_OF["南東"]) == ("E", "NNE", "WSW", "SE")
