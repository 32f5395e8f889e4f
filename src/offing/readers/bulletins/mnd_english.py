"""The words of the English notices of Taiwan's Ministry of National Defense, and of press copies of them, as rules."""

from __future__ import annotations

from offing.readers.bulletins.moments import MONTH, WEEKDAY, ZONE, english_moment
from offing.readers.bulletins.numerals import ENGLISH_NUMBER as E
from offing.readers.bulletins.sentences import rules

_DASH = r"[-\u2010-\u2015]"
_STRAIT = r"(?:(?:of|in) the |of )?Taiwan Strait"

_SIDE = r"(?:(?:(?:north|south)(?:east|west)?|east|west)(?:ern)?|central|middle|[NS][EW]|[NSEW])"
_SIDES = rf"(?:the )?{_SIDE}(?:(?:, and |, | and | & )(?:the )?{_SIDE})*"
_ADIZ = r"(?:ADIZ|air defen[cs]e identification zones?)(?: \(ADIZ\))?"
_OWNER = r"(?:Taiwan(?:'?s)?|the|its)"
_CROSSED = rf"(?:crossed|crossing) the (?:Taiwan Strait(?:'s)? )?(?:de facto )?(?:median line|midline)(?: {_STRAIT})?"
_AIRCRAFT = r"(?:aircraft|warplanes?|planes?)"


def _entered(group: str) -> str:
    where = rf"(?:(?P<{group}>{_SIDES}) (?:parts? of {_OWNER} )?)?"
    return rf"(?:entered|entering) (?:into )?(?:{_OWNER} )?{where}{_ADIZ}"


_TOTAL = rf"(?: out)? of (?:(?:the |these |those )?(?P<total>{E})|the|them|these|those|which)"
_PART = (
    rf"(?:with |of which )?(?:all (?={E}))?(?P<n>{E}|all|both)(?:{_TOTAL})?"
    rf"(?: PLA)?(?: detected)?(?: (?:sorties?|{_AIRCRAFT}))?(?: (?:that|which))?(?: (?:have|has|had))?"
)
_NONE = rf"(?:no|none)(?: trace)?(?: of)?(?: (?:the|them|these))?(?: {E})?(?: PLA)?(?: (?:{_AIRCRAFT}|sorties?))?"


ENGLISH = rules(
    dates=(
        rf"(?:6|0600)(?: a\.?m\.?)? to 6 a\.m\. ?{ZONE}? {WEEKDAY} to {WEEKDAY},"
        rf" (?P<mon>{MONTH}) (?P<d1>[0-9]{{1,2}}){_DASH}(?P<d2>[0-9]{{1,2}})"
    ),
    window=rf"(?:from |between |since )?{english_moment('a')} (?:to|until|till|through|and|{_DASH}) {english_moment('b')}",
    end=rf"\b(?:up until|up to|until|till|as of|by|before|at) {english_moment('b')}",
    none_crossed=rf"\b{_NONE} (?:{_CROSSED}|{_entered('a0')})(?: (?:or|nor|and) {_entered('a1')})?",
    no_path=r"(?:an )?illustration of (?:the )?flight paths? is not provided due to",
    crossed=rf"{_PART} {_CROSSED}(?:,? and {_entered('air')})?",
    entered=rf"{_PART} {_entered('air')}",
    balloons=rf"(?P<n>{E}) (?:(?:PLA|PRC|Chinese) )?(?:surveillance |high-altitude )?balloons?\b",
    naval_ships=rf"(?P<n>{E}) (?:PLAN|PLA Navy|(?:PLA|Chinese) naval|Chinese navy|naval) (?:vessels?|(?:war)?ships?)\b",
    official_ships=rf"(?P<n>{E}) (?:Chinese |PRC )?(?:official|government) (?:vessels?|ships?)\b",
    aircraft=(
        rf"(?P<n>{E}) (?:sorties? of )?(?:PLA|PLAAF|Chinese|PRC) (?:military )?{_AIRCRAFT}(?: sorties?)?\b",
        rf"(?P<n>{E}) (?:PLA )?(?:aircraft )?sorties?\b(?! (?:crossed|entered|of|have|had))",
    ),
    form=(
        r"PLA activities in the waters and airspace around Taiwan",
        rf"{MONTH} [0-9]{{1,2}}, [0-9]{{4}} [0-9]{{2}}:[0-9]{{2}}{ZONE}",
        r"(?:Date|PLA activities)(?=:)",
        r"[0-9]\.(?![0-9])",
        rf"(?:{_OWNER} |Taiwan )?(?:Ministry of National Defen[cs]e|MND|Defen[cs]e Ministry)(?: \(MND\))?(?:, R\.?O\.?C\.?)?",
        rf"\b(?:said|reported|announced|stated)(?: (?:today|(?:on )?{WEEKDAY}))?\b",
        r"(?:(?:were|was|have been|has been) )?\b(?:detected|tracked|spotted)\b",
        r"\b(?:operating|(?:around|near|in the vicinity of) Taiwan|illustration)\b",
        r"\b(?:in|over|during|within) (?:the|this) (?:(?:past|last|preceding) 24 hours|time ?frame)\b",
        r"(?:(?:we|(?:the )?(?:R\.?O\.?C\.?|Taiwan(?:'s|ese)?) ?Armed ?Forces) )?have (?:been )?monitor(?:ed|ing) the situation"
        r"(?: and (?:(?! detected)[^.0-9])*)?",
        r"\b(?:(?:a|the) total of|along with|together with|as well as|there were|it|today|and|of|the|that)\b",
        r"(?:ROCArmedForces\b|(?:pic\.twitter\.com|https?:/)/\S+)",
        r"[\s.,;:()\"“”'‘]",
    ),
)
"""For a sentence as `numerals.single_blanks` gives it."""
