"""The words in which the English press carries the Japan Coast Guard's statements on the waters of the Senkaku, as rules."""

from __future__ import annotations

import re

from offing.readers.bulletins.moments import MONTH, WEEKDAY
from offing.readers.bulletins.numerals import ENGLISH_NUMBER as E
from offing.readers.bulletins.sentences import rules
from offing.readers.bulletins.winds import ENGLISH_WIND

ISLANDS = {"uotsuri": "魚釣島", "kuba": "久場島", "taisho": "大正島", "kita": "北小島", "minami": "南小島"}
"""From the first word of a name in English to the name in Japanese, which every region has."""

_ISLAND = r"(?:Uotsuri|Kuba|Taisho|Kita|Minami)(?:[- ]?(?:Kojima|shima|jima))?"
_DATE = rf"(?:{MONTH} [0-9]{{1,2}}|[0-9]{{1,2}} {MONTH})(?:,? 20[0-9]{{2}})?(?: (?:of )?last year)?"
_ZONE = r"(?:(?:Japan(?:'s|ese)? |the |its )*(?P<zone>contiguous (?:zone|waters)|territorial (?:waters|seas?)))"
_SHIP = r"(?:ships?|vessels?|boats?)"
_CHINESE = rf"(?:(?:China|Chinese) Coast Guard|Chinese(?: government)?|China's)(?: (?:coast guard|patrol))?(?: {_SHIP})?"
_RULED = r"(?:Japan|Tokyo|the (?:Japanese )?government)"

ENGLISH = rules(
    office=r"11th Regional Coast Guard Headquarters",
    since=(
        r"since (?:September |Sept\. )?(?:[0-9]{1,2}, )?2012",
        rf"(?:since )?{_RULED}[^.0-9]{{0,80}}in (?:September )?2012",
    ),
    ours=rf"(?:{E} )?(?:Japanese|Japan Coast Guard) (?:fishing |patrol )?{_SHIP}",
    record=r"(?:previous|earlier|old|former) record|surpass(?:es|ed|ing)|break(?:s|ing)|beat(?:s|ing)?",
    span=rf"(?P<n>{E}) (?:consecutive |straight )?days between (?P<start>{_DATE}),? and (?P<last>{_DATE})",
    run=(
        rf"(?P<n>{E}|[0-9]{{1,6}}(?:st|nd|rd|th)) (?:consecutive|straight) days?(?:,? since (?P<start>{_DATE}))?",
        rf"(?P<n>{E}) days in a row(?:,? since (?P<start>{_DATE}))?",
    ),
    first=rf"(?:daily |every day )since (?P<start>{_DATE})",
    asof=rf"(?:as of|by) (?P<asof>{_DATE})",
    incidents=rf"(?P<n>{E}) (?:times|(?:intrusions?|incursions?|incidents?)(?: (?:into|in) {_ZONE.replace('zone>', 'in>')})?)",
    count=rf"(?:for |on |over |to )?(?P<n>{E}) days?\b(?! (?:ago|later|after|before|between|in a row))",
    ships=rf"(?P<n>{E}) (?:{_CHINESE}|{_SHIP})",
    position=(
        r"(?:(?:about|around|some) )?(?P<km>[0-9]{1,6}(?:\.[0-9]+)?) ?(?P<unit>kilomet(?:er|re)s?|km|nautical miles?|miles?) "
        rf"(?P<wind>{ENGLISH_WIND}) (?:of|off) (?:the )?(?:island of )?(?P<place>{_ISLAND})"
    ),
    enter=rf"(?:entered|intruded into|sailed into|(?:have|has) entered) (?:\w+ )?{_ZONE}",
    leave=rf"(?:left|exited|departed(?: from)?|moved out of) (?:\w+ )?{_ZONE}",
    off=rf"(?:off|near|around) (?:the )?(?P<place>{_ISLAND})(?: (?:Island|and (?P<second>{_ISLAND})))?",
    inside=_ZONE,
    time=r"(?:at |around |about )*(?P<h>[0-9]{1,2})(?::(?P<min>[0-9]{2}))? ?(?P<half>[ap]\.?m\b\.?)",
    day=rf"(?:on )?(?P<asof>{_DATE}|(?P<w>today|yesterday|{WEEKDAY}\b))",
    year=(
        r"(?:since|from) (?P<year>Jan(?:\.|uary) 1)\b",
        r"(?:in |during )?(?P<year>20[0-9]{2}|(?:so far )?this year|last year|the same year)",
    ),
)
"""For a sentence as `numerals.single_blanks` gives it."""

FIGURE_EN = re.compile(
    rf"(?!(?<![A-Za-z0-9])(?:a|an|no|one|single)\b){E}|\b(?:dozens?|several|many|few|some|multiple|numerous|hundreds?)\b",
    re.IGNORECASE,
)
"""A figure that no rule took."""

DOUBT_EN = re.compile(
    r"\b(?:not|never|no longer|may(?! [0-9])|might|could|would|possibly|reportedly|suspected|if|unless|likely)\b", re.IGNORECASE
)
"""Words that turn a statement round, or into a guess."""
