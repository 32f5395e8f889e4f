"""Laws of the Joint Staff's parser: what was written is read back; breaks and widths are nothing; none is lost or invented."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from joint_staff_rows import GATES, new, parse, restated
from test_joint_staff import BOTH, CARRIER, HEAD, MIYAKO, ONE, TABLE, TWO, WATCH

from offing.model.bulletin import Parsed
from offing.readers.bulletins.japanese import WIND_OF

CLASSES = [
    "ルーヤンⅢ級ミサイル駆逐艦",
    "ジャンカイⅡ級フリゲート",
    "フチ級補給艦",
    "ドンディアオ級情報収集艦",
    "フユ級高速戦闘支援艦",
]
PLACES = [
    "対馬（長崎県）",
    "宮古島（沖縄県）",
    "北大東島",
    "沖ノ鳥島（東京都）",
    "西表島",
    "南硫黄島",
    "口之島（鹿児島県）",
    "隠岐諸島（島根県）",
]
STRAITS = [
    "沖縄本島と宮古島（沖縄県）との間の海域",
    "与那国島（沖縄県）と台湾との間の海域",
    "奄美大島と横当島の間の海域",
    "大隅海峡",
    "対馬海峡",
    "宗谷海峡",
]
EIGHT = ["北", "北東", "東", "南東", "南", "南西", "西", "北西"]
SAMPLES = [
    HEAD
    + TWO
    + MIYAKO.format("これらの艦艇")
    + "なお、これらの艦艇は、４月２９日（水）に対馬海峡を南西進したものと同一である。"
    + WATCH,
    HEAD + CARRIER + TABLE + "また、当該期間に、空母「山東」の艦載戦闘機による発着艦を約６０回確認した。" + WATCH,
    BOTH
    + ONE
    + "同日午後、ロシアのＴｕ－９５爆撃機２機が対馬海峡を通過した。これに対し、航空自衛隊の戦闘機を緊急発進させ対応した。",
]
NARROW = {unicodedata.normalize("NFKC", chr(c)): chr(c) for c in range(0xFF66, 0xFF9E)}
WIDE = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F) if chr(c) != "-"})
HALF = str.maketrans({chr(c + 0xFEE0): chr(c) for c in range(0x21, 0x7F)} | NARROW)


def full(n: int) -> str:
    return str(n).translate(WIDE)


def day_words(day: date) -> str:
    return f"{full(day.month)}月{full(day.day)}日（{'月火水木金土日'[day.weekday()]}）"


@dataclass(frozen=True)
class Leg:
    day: date
    days: int  # further ones
    strait: str
    wind: str


@dataclass(frozen=True)
class Seen:
    day: date
    hour: int
    place: str
    where: str
    km: int
    wind: str
    ships: tuple[tuple[str, int], ...]


days = st.dates(date(2026, 2, 1), date(2026, 11, 20))
ships = st.lists(st.tuples(st.sampled_from(CLASSES), st.integers(10, 999)), min_size=1, max_size=4, unique_by=lambda s: s[1])
seen = st.builds(
    Seen, days, st.integers(0, 11), st.sampled_from(PLACES), st.sampled_from(EIGHT), st.integers(2, 99), st.sampled_from(EIGHT),
    ships.map(tuple),
)  # fmt: skip
legs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), st.sampled_from(STRAITS), st.sampled_from(EIGHT)), max_size=3)


def listed(named: tuple[tuple[str, int], ...]) -> str:
    items = [f"{kind}（艦番号「{full(hull)}」）" for kind, hull in named]
    total = f"の計{full(len(items))}隻" if len(items) > 1 else ""
    return "、".join(items[:-1]) + ("及び" if len(items) > 1 else "") + items[-1] + total


def span(leg: Leg) -> str:
    first, last = leg.day, leg.day + timedelta(days=leg.days)
    return f"{day_words(first)}から{day_words(last)}にかけて、" if leg.days else f"{day_words(first)}に、"


def row(leg: Leg, hulls: str) -> str:
    last = f"/{leg.day + timedelta(days=leg.days):%m-%d}" if leg.days else ""
    name = re.sub("（.*?）", "", leg.strait).replace("の海域", "").replace("横当島の間", "横当島との間")
    gate = GATES[name if "海峡" in name else f"{name}の海域"]
    return f"{leg.day}{last} - {hulls} {name} - {WIND_OF[leg.wind]} ={gate}"


@settings(deadline=None, max_examples=150)
@given(seen, legs, legs)
def test_what_was_written_is_read_back(s: Seen, route: list[tuple], earlier: list[tuple]) -> None:
    who = "当該艦艇" if len(s.ships) == 1 else "これらの艦艇"
    hulls = ",".join(str(hull) for _, hull in s.ships)
    text = (
        f"中国海軍艦艇の動向について\n令和８年{day_words(s.day)}午後{full(s.hour)}時頃、海上自衛隊は、{s.place}の{s.where}約{full(s.km)}ｋｍの海域において、"
        f"同海域を{s.wind}進する中国海軍{listed(s.ships)}を確認した。"
    )
    place = re.sub("（.*?）", "", s.place)
    want = [f"{s.day} {s.hour + 12}:00 {hulls} {place} {WIND_OF[s.where]}{s.km} {WIND_OF[s.wind]}"]
    day = s.day
    for later, more, strait, wind in route:
        leg = Leg(day + timedelta(days=later), more, strait, wind)
        day = leg.day + timedelta(days=more)
        text += f"その後、{span(leg)}{who}が{leg.strait}を{leg.wind}進し、太平洋へ向けて航行したことを確認した。"
        want.append(row(leg, hulls))
    before = [Leg(s.day - timedelta(days=30 - later), more, strait, wind) for later, more, strait, wind in earlier]
    if before:
        ways = [f"{span(leg)}{leg.strait}を{leg.wind}進し" for leg in before]
        text += f"なお、{who}は、{'、'.join(ways)}たものと同一である。"
    parsed = parse(text + WATCH, str(day))
    assert parsed.rejects == ()
    assert new(parsed) == list(dict.fromkeys(want))
    assert restated(parsed) == list(dict.fromkeys(row(leg, hulls) for leg in before))


def facts(parsed: Parsed) -> object:
    rows = [replace(s, text_sha256="", sentence="") for s in parsed.sightings]
    return rows, [replace(b, text_sha256="") for b in parsed.bulletins], len(parsed.rejects)


@st.composite
def rewritten(draw: st.DrawFn, text: str) -> str:
    """The text with other line breaks, and here and there of another width."""
    out = []
    for piece in re.split(r"(\s+)", text):
        cuts = sorted(draw(st.lists(st.integers(0, len(piece)), max_size=6)))
        for start, end in zip([0, *cuts], [*cuts, len(piece)], strict=True):
            out.append(piece[start:end].translate(draw(st.sampled_from([WIDE, HALF, {}]))))
            out.append(draw(st.sampled_from(["", "", "\n", " \r\n", "\u3000", "\n---\n"])))
    return "".join(out)


@pytest.mark.parametrize("text", SAMPLES)
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_breaks_and_widths_do_not_matter(text: str, data: st.DataObject) -> None:
    assert facts(parse(data.draw(rewritten(text)))) == facts(parse(text))


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(SAMPLES), st.data())
def test_the_beginning_of_a_text_tells_nothing_that_the_whole_does_not(text: str, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(text)))
    whole = [replace(s, text_sha256="", sentence="") for s in parse(text).sightings]
    begun = parse(text[:cut])
    assert all(replace(s, text_sha256="", sentence="") in whole for s in begun.sightings)
    last = text[:cut].rpartition("。")[2]
    if "艦番号「" in last and "確認した" not in last:
        assert begun.rejects


@settings(deadline=None, max_examples=100)
@given(st.sampled_from(SAMPLES), st.data())
def test_a_sentence_that_nobody_understands_is_never_lost(text: str, data: st.DataObject) -> None:
    ends = [m.end() for m in re.finditer("。", text)]
    at = data.draw(st.sampled_from(ends))
    odd = data.draw(st.sampled_from(["船影が三つほど霧の中に消えた。", "詳しくは分からない。", "対馬海峡は荒れていた。"]))
    assert odd in [r.sentence for r in parse(text[:at] + odd + text[at:]).rejects]


WORDS = sorted({w for text in SAMPLES for w in re.findall("[ぁ-ん]+|[ァ-ヴー]+|[一-龥]+|[０-９]+|.", text)})


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(WORDS) | st.sampled_from(SAMPLES[0].split("、")), max_size=40))
def test_no_row_of_words_raises(words: list[str]) -> None:
    parse("".join(words))
    parse(HEAD + ONE + "".join(words), "2026-05-20")


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=80), st.sampled_from(SAMPLES), st.integers(0, 400), st.integers(0, 400))
def test_no_text_raises(noise: str, text: str, start: int, end: int) -> None:
    parse(noise)
    parse(text[:start] + noise + text[end:])
