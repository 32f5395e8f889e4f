"""Take-offs and landings on a carrier's deck, tables of positions, and sentences that tell nothing of a craft."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from offing.readers.bulletins.joint_staff_crafts import Party, parties_at
from offing.readers.bulletins.joint_staff_grammar import When, when_at
from offing.readers.bulletins.joint_staff_places import Area, areas_at
from offing.readers.bulletins.numerals import NUMBER, number

DECK_METRICS = {
    "": "carrier_takeoffs_landings",
    "戦闘機": "carrier_fighter_takeoffs_landings",
    "ヘリ": "carrier_helicopter_takeoffs_landings",
}
"""Metrics of take-offs and landings: of all aircraft, or of one kind."""


@dataclass(frozen=True)
class DeckCount:
    """So many take-offs and landings. `kind` is a key of `DECK_METRICS`."""

    whens: tuple[When, ...]
    kind: str
    value: float
    about: bool


@dataclass(frozen=True)
class DeckCounts:
    """What one sentence counts; no counts: the text says only that there were flights."""

    carriers: tuple[Party, ...]
    counts: tuple[DeckCount, ...]
    to_date: bool  # the sum since the carrier came, as far as it has got
    with_period: bool  # days named are added to the period that the text speaks of
    fault: bool  # the parts do not make the total, even if all are rounded to tens


_WORD = re.compile(
    "(?:また|さらに|更に|なお|その後|これにより|このほか|それぞれ|において|の?実績|の?回数|確認した(?!。|$)|の日中|により"
    "|による(?:もの)?|からの|から|を含めると|及び|並びに|とも|[をはがにので等両、])"
)
_FLYING = re.compile("(?:艦載)(?:機|(?P<f>戦闘機)|(?P<h>ヘリ(?:コプター)?)|固定翼機)(?:\\([A-Z0-9-]+\\))?|ヘリコプター")
_DECK = re.compile("(?:発着艦|発艦|着艦|離着艦)(?:訓練)?")
_TIMES = re.compile(f"(?P<total>合計|計|延べ)?(?P<about>約|およそ)?(?P<n>{NUMBER})回")
_END = re.compile("(?:を?(?:それぞれ)?確認(?:した|しました)|となった|となりました|であった|である|です|実施した)(?:。|$)")
_HEAD = re.compile("(?:日時|月日|日付)[、・/|]?(?:位置|場所)[、・/|]?確認(?:された|した)(?:中国海軍|ロシア海軍)?(?:の)?艦艇")

_AFTER_ROW = re.compile("※|注|また、|なお、|その後|さらに、|防衛省・自衛隊|海上自衛隊|統合幕僚監部|https?:|$")

_TALE = (
    r"確認した。|[0-9]+(?:隻|機|回|日)|\([0-9]+\)|番号[「0-9]|[東西南北](?:進|上|下)|(?:航行|通過|接近|飛行)し(?:、|て|たこと)"
)
_ANY = f"(?:(?!{_TALE})[^。])"  # of a sentence that tells nothing of a craft
_BARE = f"(?:(?!{_TALE})[^。0-9])"
_DUTY = "(?:警戒監視|情報収集)(?:及び|・)?(?:情報収集|警戒監視)?(?:活動)?(?:等)?を"
_STOP = "(?:。|$)"
PLAIN = tuple(
    re.compile(pattern)
    for pattern in (
        f"{_ANY}*?{_DUTY}{_ANY}*?(?:行(?:った|いました|っている)|実施し(?:た|ました)){_STOP}",
        f"{_ANY}*?に対し(?:て)?(?:は)?、{_ANY}*?(?:緊急発進|対応|監視){_ANY}*{_STOP}",
        f"{_ANY}*?(?:領空侵犯|領海侵入|領[海空]への侵入|危険な行為|被害){_ANY}*?(?:なかった|ない|なし|ありません(?:でした)?){_STOP}",
        f"{_ANY}*?(?:確認|公表|通過|航行|飛行)した(?:こと|の)は、?{_ANY}*?初めて(?:である|です|となる|となります){_STOP}",
        f"{_BARE}*(?:警戒監視|情報収集){_BARE}*(?:期す|期していく|行っていく|努める|継続する|継続していく){_STOP}",
        f"{_BARE}*外交ルート{_BARE}*{_STOP}",
        f"※{_BARE}*{_STOP}",
        f"{_BARE}*?別(?:図|紙|添){_BARE}*(?:とおり|参照)(?:である|です)?{_STOP}",
        f"(?:防衛省・自衛隊としては、|引き続き、?|今後とも){_BARE}*{_STOP}",
        r"\((?:以上|了)\)|以上。",
        r"\(問合せ先\)[^。]{0,60}?(?:\((?:内線|代表)[^()]*\)|電話:?[0-9-]+(?!\(|[0-9-]))",
    )
)
"""Sentences that are understood and give no row: what the Self-Defense Forces did, that nothing happened, notes, contacts."""


def plain_at(text: str, i: int) -> int | None:
    """Where a sentence without a row that begins at `i` ends; None: it is none."""
    return next((m.end() for pattern in PLAIN if (m := pattern.match(text, i)) and m.end() > i), None)


def deck_at(text: str, i: int) -> tuple[DeckCounts, int] | None:
    """A sentence on take-offs and landings at `i`, and where it ends; None: it is none."""
    carriers: list[Party] = []
    counts: list[DeckCount] = []
    whens: list[When] = []
    kinds: list[str] = []
    fresh = True  # the last day was named since the last count
    named = added = False
    while not (m := _END.match(text, i)):
        if m := _TIMES.match(text, i):
            kind = kinds[0] if len(kinds) == 1 and kinds[0] in DECK_METRICS and not m["total"] else ""
            value = number(m["n"])
            if value is None:
                return None
            counts.append(DeckCount(tuple(whens), kind, float(value), bool(m["about"])))
            fresh, kinds, i = False, kinds if len(kinds) > 1 else [], m.end()
        elif m := _FLYING.match(text, i):
            kinds = [*kinds, "戦闘機" if m["f"] else "ヘリ" if m["h"] else "機"]
            i = m.end()
        elif m := _DECK.match(text, i):
            named, i = True, m.end()
        elif found := when_at(text, i):
            whens = [*whens, found[0]] if fresh else [found[0]]
            fresh, i = True, found[1]
        elif m := _WORD.match(text, i):
            added |= m[0] == "を含めると"
            i = m.end()
        elif owner := next(((p, e) for p, e in parties_at(text, i) if _is_deck(p)), None):
            carriers, i = [*carriers, owner[0]], owner[1]
        elif areas := areas_at(text, i):
            i = areas[0][1]
        else:
            return None
    parts = [c.value for c in counts if c.kind]
    whole = next((c.value for c in counts if not c.kind and len(parts) > 1), sum(parts))
    fault = abs(whole - sum(parts)) > 5 * (len(parts) + 1)
    return (
        (DeckCounts(tuple(carriers), tuple(counts), "なった" in m[0] or "なりました" in m[0], added, fault), m.end())
        if named
        else None
    )


def rows_at(text: str, i: int) -> Iterator[tuple[When, tuple[Area, ...], Party, int, int]]:
    """The rows of a table of positions whose heading stands at `i`: when, where, who, where the row begins and ends."""
    m = _HEAD.match(text, i)
    end = m.end() if m else len(text)
    while when := when_at(text, end):
        areas = areas_at(text, when[1])
        listed = parties_at(text, areas[0][1], bare=True) if areas else ()
        if not areas or not listed or not listed[-1][0].crafts:
            return
        party, last = listed[-1]
        if not (when_at(text, last) or _AFTER_ROW.match(text, last)) or (last == len(text) and not party.crafts[-1].hull):
            return  # the row is cut off
        yield when[0], areas[0][0], party, end, last
        end = last


def _is_deck(party: Party) -> bool:
    return "空母" in party.noun or any("空母" in c.kind or "揚陸艦" in c.kind for c in party.crafts)
