"""Who: ships and aircraft as the Joint Staff names them, in lists with counts, or by a word that refers to them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from offing.readers.bulletins.numerals import NUMBER, number

COUNTRIES = {"中国": "cn", "ロシア": "ru", "露": "ru", "北朝鮮": "kp", "韓国": "kr", "米国": "us", "台湾": "tw"}


@dataclass(frozen=True)
class Craft:
    """One ship, or aircraft of one type. Two are the same if these are equal, save `country` and `number`."""

    kind: str  # class and type as written: ルーヤンⅢ級ミサイル駆逐艦, 爆撃機(H-6)
    country: str = ""  # as written in the text: cn, ru...; empty: not said there
    hull: str = ""
    name: str = ""
    aircraft: bool = False
    number: int = 1  # of aircraft of this type; ships that have no hull number


@dataclass(frozen=True)
class _Item:
    crafts: list[Craft]
    country: str
    end: int
    counted: bool
    fault: str = ""


@dataclass(frozen=True)
class Party:
    """A subject or object: crafts by name, or a word that refers to crafts named before."""

    crafts: tuple[Craft, ...] = ()
    word: str = ""  # these, this, force, below, or empty
    noun: str = ""  # what the word is said of: 艦艇, 測量艦, 爆撃機
    country: str = ""
    count: int | None = None  # as stated for the whole
    counted: bool = False  # some craft has a count or a hull number of its own: it may be named for the first time here
    fault: str = ""  # how the numbers contradict each other; empty: they do not


_SERVICE = "海軍所属|海警局所属|海軍|空軍|海警局|海警(?!船)|国境警備局|国境警備庁|国境軍|沿岸警備隊|軍用機(?=[A-Za-z])|軍(?!用)"
_OF = f"(?:人民解放軍)?(?:{_SERVICE})?"
_FORCE = re.compile(
    f"(?:別の)?(?P<est>推定)?(?P<country>{'|'.join(COUNTRIES)}|国籍不明){_OF}(?P<held>の(?:もの)?と(?:推定|み)される)?の?(?:艦艇(?=[ァ-ヴ]))?"
)
_TYPES = (
    "駆逐艦|フリゲート|コルベット|補給艦|収集艦|測量艦|揚陸艦|空母|支援艦|巡洋艦|潜水艦|輸送艦|救難艦|観測艦|哨戒艇|哨戒艦|警備艦|練習艦"
    "|訓練艦|掃海艇|ミサイル艇|えい船|曳船|病院船|貨物船|調査船|研究船|海警船|公船|漁船|砕氷船|敷設船|タンカー|タグボート|船舶"
    "|艦艇(?=[0-9])"
)
_CLASS = re.compile(
    "(?P<kind>(?:[ァ-ヴー・]+|[0-9A-Z-]+型?)(?:改)?[ⅠⅡⅢⅣⅤ]?(?:改)?型?級(?:改)?[一-龥ァ-ヴーえいう]{0,14}"
    "(?:艦|艇|船|フリゲート|コルベット|空母|タグボート)(?!艇)"
    "|[ァ-ヴー・]{3,}[ⅠⅡⅢⅣⅤ](?:フリゲート|ミサイル駆逐艦|駆逐艦)"
    f"|(?:[一-龥]{{1,8}}|ミサイル[一-龥]{{0,6}})?(?:{_TYPES}))"
)
_NAME = re.compile("「(?P<name>[^「」0-9]{1,12}(?P<digits>[0-9]{3,6})?)」")
_COUNT = re.compile(f"×?(?P<n>{NUMBER})(?:隻|艘)")
_HULL = "(?:[A-Z]{1,4}-?)?[0-9]{1,6}"
_QUOTED = f"[「」]*{_HULL}[「」]*"
_HULLS = re.compile(f"\\(「?(?:[艦船]?番号)?(?P<hulls>{_QUOTED}(?:(?:、|及び|・|並びに|と){_QUOTED})*)\\)")
_NO_HULL = re.compile(r"\((?:艦番号)?「?(?:なし|不明|無し)」?\)")
_TYPE = "[A-Za-z]{1,4}-?[0-9]{1,4}[A-Za-z]{0,3}"
_AIR_KIND = "(?:[一-龥/・]{0,12}?(?:機|ヘリコプター|ヘリ))"
_ESTIMATED = "\\(推定(?:を?含む)?\\)"
_AIRCRAFT = re.compile(
    f"(?:軍用機)?(?:(?P<type>推定)?(?P<t1>{_TYPE})(?P<k1>{_AIR_KIND})?"
    f"|(?P<k2>{_AIR_KIND})(?:\\((?P<est1>推定)?(?P<t2>{_TYPE})\\))?)"
    f"(?P<est2>{_ESTIMATED})?(?:×?(?P<n>{NUMBER})機)?(?P<est3>{_ESTIMATED})?(?!の動向)"
)
_JOIN = re.compile("、?(?:及び|並びに|また、|そして|、)")
_ALL = "の(?:艦艇|艦船|船舶|航空機)"
_TOTAL = re.compile(f"(?:、|の)?(?:合計|計)(?P<n>{NUMBER})(?:隻|機)(?:{_ALL})?|の(?P<bare>{NUMBER})(?:隻|機)(?:{_ALL})?")
_WITH_OTHERS = re.compile(
    "(?:を含む|など|等)(?:計?[0-9]+隻の)?(?:複数の)?(?:中国|ロシア)?(?:海軍)?の?(?:艦艇|艦船|艦隊|空母打撃群)"
)
_REST = re.compile("の?(?:艦艇|艦船|航空機)")
_NOUN = (
    f"(?:推定)?(?:中国|ロシア)?(?:海軍|軍|の)?(?:{_TYPE})?"
    "[一-龥]{0,8}?(?:艦艇|艦船|船舶|艦|船|艇|空母|機|ヘリコプター|ヘリ|フリゲート)"
)
_REFER = re.compile(
    f"(?P<these>これら|上記)(?:の?合?計?(?P<n>{NUMBER})(?:隻|機)の?|の)?(?P<noun1>{_NOUN})?"
    f"|(?P<this>当該|同)(?P<noun2>{_NOUN})"
    "|(?P<both>両)(?P<noun3>空母|艦艇|艦|国艦艇)"
    "|以下の(?P<below>(?:中国|ロシア)?(?:及びロシア)?(?:海軍)?(?:艦艇|航空機))"
    f"|(?P<whose>{'|'.join(COUNTRIES)}){_OF}の?(?:艦艇|艦船)(?![ァ-ヴ0-9])"
)


@lru_cache(maxsize=8192)
def parties_at(text: str, i: int, bare: bool = False) -> tuple[tuple[Party, int], ...]:
    """Every reading of a party at `i`, likeliest first, and where it ends; `bare`: a table, where nothing joins the crafts."""
    found = []
    if (m := _REFER.match(text, i)) and (not m["these"] or m["noun1"] or m["n"]):
        found.append((_reference(m), m.end()))
    if listed := _list_at(text, i, bare):
        found.append(listed)
    return tuple(found)


def same_craft(a: Craft, b: Craft) -> bool:
    """Whether two mentions may be of one craft: by hull number where both have one, else by name, class or type."""
    if a.aircraft != b.aircraft or (a.country and b.country and a.country != b.country):
        return False
    if a.hull and b.hull:
        return a.hull == b.hull
    if a.name and b.name:
        return a.name == b.name
    short, long = sorted((a.kind, b.kind), key=len)
    return short == long or (a.aircraft and "(" not in short and long.startswith(f"{short}("))


def _reference(m: re.Match[str]) -> Party:
    noun = m["noun1"] or m["noun2"] or m["noun3"] or ""
    country = next((code for word, code in COUNTRIES.items() if word in (m["whose"] or noun)), "")
    word = next((w for w in ("these", "this", "both", "below") if m[w]), "force")
    kind = re.sub("^(?:推定)?(?:中国|ロシア)?(?:海軍|軍)?の?", "", noun)
    return Party(word=word, noun=kind, country=country, count=number(m["n"]) if m["n"] else None)


def _list_at(text: str, i: int, bare: bool) -> tuple[Party, int] | None:
    crafts: list[Craft] = []
    faults: list[str] = []
    covered = 0  # crafts that a total already covers
    total: int | None = None
    counted, country, end = False, "", i
    while True:
        join = _JOIN.match(text, end) if crafts else None
        if crafts and not join and not bare:
            break
        item = _item_at(text, join.end() if join else end, country, crafts[-1].kind if crafts else "")
        if item is None:
            break
        crafts += item.crafts
        country, end, counted = item.country, item.end, counted or item.counted
        faults += [item.fault] if item.fault else []
        while m := _TOTAL.match(text, end):
            total, end = number(m["n"] or m["bare"]), m.end()
            named = [sum(c.number for c in crafts[first:]) for first in (covered, 0)]
            if total not in named:
                faults.append(f"it says {total} and names {named[0]}")
            covered = len(crafts)
    if not crafts:
        return None
    if m := _WITH_OTHERS.match(text, end):
        end, total = m.end(), None
    elif m := _REST.match(text, end):
        end = m.end()
    return Party(tuple(crafts), country=country, count=total, counted=counted, fault="; ".join(faults)), end


def _item_at(text: str, i: int, country: str, kind: str) -> _Item | None:
    force = _FORCE.match(text, i)
    if force:
        i, country = force.end(), COUNTRIES.get(force["country"], "")
    if m := _CLASS.match(text, i):
        return _ships(text, m["kind"], m.end(), country)
    if kind and not force and _NAME.match(text, i):  # another ship of the class named last
        return _ships(text, kind, i, country)
    m = _AIRCRAFT.match(text, i)
    if not m or not (force or m["n"] or m["t1"] or m["t2"]):
        return None
    kind, of_type = m["k1"] or m["k2"] or "航空機", m["t1"] or m["t2"]
    kind = "航空機" if kind in ("機", "軍機") else kind
    doubt = any((force and (force["est"] or force["held"]), m["type"], m["est1"], m["est2"], m["est3"]))
    words = kind + (f"({of_type})" if of_type else "") + ("(推定)" if doubt else "")
    n = number(m["n"]) if m["n"] else None
    return _Item([Craft(words, country, aircraft=True, number=1 if n is None else n)], country, m.end(), counted=n is not None)


def _ships(text: str, kind: str, end: int, country: str) -> _Item:
    name, n = "", None
    hulls: list[str] = []
    while True:
        if not name and (more := _NAME.match(text, end)):
            name = more["name"]
            hulls += [more["digits"]] if more["digits"] else []
        elif n is None and (more := _COUNT.match(text, end)):
            n = number(more["n"])
        elif more := _HULLS.match(text, end):
            hulls += re.findall(_HULL, more["hulls"])
        elif not (more := _NO_HULL.match(text, end)):
            break
        end = more.end()
    if not hulls:
        return _Item([Craft(kind, country, name=name, number=1 if n is None else n)], country, end, counted=n is not None)
    fault = f"it says {n} and names {len(hulls)}" if n is not None and n != len(hulls) else ""
    return _Item([Craft(kind, country, hull, name) for hull in hulls], country, end, counted=True, fault=fault)
