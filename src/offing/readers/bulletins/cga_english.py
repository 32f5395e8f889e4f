"""The words in which the English press says who came where in the waters round Kinmen and other islands, as rules."""

from __future__ import annotations

import re

from offing.readers.bulletins.moments import MONTH, english_clock, english_day
from offing.readers.bulletins.numerals import ENGLISH_NUMBER as E
from offing.readers.bulletins.sentences import rules
from offing.readers.bulletins.winds import ENGLISH_WIND

_SHIP = r"(?:ships?|vessels?)"
_CCG = r"(?:China Coast Guard|Chinese coast guard|CCG)"
_NAME = r"[A-Z][\w'-]+(?: (?:Bay|Islands?|Mountain|County|Islet))?"
_ISLE = r"(?P<island>Kinmen|Matsu|Dongyin|Wuqiu|Juguang|Liangdao|Dongding|Dongsha|Pratas)(?: County| Islands?)?"
_KIND = r"(?P<kind>prohibited (?:and|or) restricted|restricted (?:and|or) prohibited|prohibited|restricted)"
_AT = rf"(?:off|around|near|of|(?:to the )?(?P<side>{ENGLISH_WIND}) of) (?:the (?:island county of )?)?{_ISLE}"
_WATERS = rf"(?:(?:Taiwan(?:-controlled|'s)?|Kinmen's|the|its) )*{_KIND} waters(?:,? {_AT})?"


def _numbers(digits: str) -> str:
    one = rf"(?:(?:CCG|PP)[- ]?)?[0-9]{{{digits}}}"
    return rf"{one}(?:(?:, and |, | and ){one})*"


_LIST = rf"(?P<hulls>{_numbers('4,5')})"
_OTHER = r"(?:another|(?:a |the )?(?:second|third|fourth|fifth|sixth))"

ENGLISH = rules(
    ours=(
        rf"(?:{E} )?(?:CGA |Taiwanese |coast guard )?(?:patrol|CGA) (?:boats?|craft|{_SHIP})(?:,? {_numbers('3,5')})?",
        r"PP-?[0-9]{3,5}(?:(?:, and |, | and )PP-?[0-9]{3,5})*",
    ),
    outside=(
        rf"{_OTHER} (?:{_CCG} )?{_SHIP}(?:,? {_numbers('4,5')},?)? (?:remained|stayed|waited|was) outside(?: {_WATERS})?",
        rf"outside (?:of )?{_WATERS}",
    ),
    approach=rf"(?:approached|approaching|neared) {_WATERS}",
    time=rf"(?:(?:at|around|about|by|until|between|from) )*(?:{english_clock('t')}|(?P<noon>noon)\b)",
    day=english_day("t"),
    year=r"(?:so far )?this year",
    hulls=(
        rf"(?:(?P<n>{E}) )?{_CCG}(?: {_SHIP})?,?(?: (?:with )?(?:the )?(?:hull )?numbers?| numbered)?,? {_LIST},?",
        rf"(?P<n>{E}) {_SHIP},? (?:numbered )?{_LIST},?",
    ),
    months=(
        rf"(?:from |between )?(?P<from_name>{MONTH}) (?P<from_year>20[0-9]{{2}}) (?:to|and) "
        rf"(?P<to_name>{MONTH}) (?P<to_year>20[0-9]{{2}})"
    ),
    nth=r"(?:the )?(?P<n>[0-9]{1,6})(?:st|nd|rd|th) (?:time|incursion|intrusion)",
    times=rf"(?P<n>{E}) (?:times|incursions|intrusions)(?: (?:into|in) {_WATERS})?",
    coast_guard_ships=(rf"(?P<n>{E}) {_CCG}(?: {_SHIP})?", rf"the (?:same )?(?P<n>{E}) {_SHIP}"),
    other_official_ships=rf"(?P<n>{E}) (?:other )?(?:Chinese )?(?:official|government) {_SHIP}",
    fishing_ships=rf"(?P<n>{E}) (?:Chinese )?fishing (?:boats?|{_SHIP})",
    all_ships=rf"(?:a total of )?(?P<n>{E}) (?:Chinese )?{_SHIP}",
    place=(
        r"(?:(?:about|around|approximately) )?(?P<nm>[0-9]{1,6}(?:\.[0-9]+)?)(?P<to> to [0-9.]+)? nautical miles? "
        rf"(?:(?:to the )?(?P<wind>{ENGLISH_WIND}) of|off) (?P<place>{_NAME})"
    ),
    side=(
        rf"(?:from )?(?:the )?(?P<wind>{ENGLISH_WIND}) of (?P<place>{_NAME})"
        rf"(?P<second> and (?:the )?{ENGLISH_WIND} of {_NAME})?"
    ),
    enter=(
        rf"(?:entered|entering|(?:sailed|intruded|trespassed|crossed|moved) into) (?:{_WATERS}|the (?:same )?(?:area|waters)\b)"
    ),
    leave=rf"(?:left|departed|exited|vacated|sailed out of)(?: (?:{_WATERS}|the (?:area|waters|zone)))?\b",
    waters=_WATERS,
)
"""For a sentence as `numerals.single_blanks` gives it, without marks of quotation."""

FIGURE = re.compile(
    rf"(?!(?<![A-Za-z0-9])(?:a|an|no|one|single)\b){E}|\b(?:dozens?|several|many|few|some|multiple|numerous)\b", re.IGNORECASE
)
"""A figure that no rule took."""

DOUBT = re.compile(
    r"\b(?:not|never|may(?! [0-9])|might|could|would|possibly|suspected|reportedly|if|unless|attempt(?:ed|ing)? to)\b",
    re.IGNORECASE,
)
"""Words that turn a statement round, or into a guess."""
