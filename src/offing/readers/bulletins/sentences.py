"""A text cut into sentences without loss, and a sentence read by rules from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_END = re.compile(
    r"[。;；!！?？][\"”’」』)）]*"  # always ends a sentence
    r"|\n[ \t\u3000]*(?=\n)"  # an empty line follows
    r"|(?:^|[\s。])(?=[一二三四五六七八九]、)"  # the next item of a notice begins
    r"|(?P<dot>\.[\"”’)]*)(?=\s+[\"“‘(#]*[A-Z0-9])"
)
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_DAYS = "Mon|Tues?|Wed|Thu(?:rs)?|Fri|Sat|Sun"
_SHORT = re.compile(rf"\b(?:[A-Z]|{_MONTHS}|{_DAYS}|No|St|[0-9])$", re.IGNORECASE)
"""What stands before a dot that shortens a word or numbers an item."""

_HALF = re.compile(r"\b[ap]\.m$", re.IGNORECASE)
_DAY_FOLLOWS = re.compile(
    rf"\.[\"”’)]*\s+\(?(?:{_MONTHS}|{_DAYS}|UTC|GMT|(?:Taiwan|Taipei|Japan) time|[0-9]{{1,2}} (?:{_MONTHS})|(?<=\()[0-9])"
)
_ONLY_WHEN = re.compile(
    r"[\s\"“(]*(?:(?:at|around|about|approximately|by|before|after|until|till|since|from|between|and|to|on|as|of|then|later"
    rf"|(?:{_MONTHS}|{_DAYS})[a-z]*|today|yesterday|[0-9]{{1,4}}(?![0-9])|[ap]\.m)\b[\s,:.]*)++",
    re.IGNORECASE,
)
"""After `a.m.` the dot ends no sentence where a day or a zone follows, or where all before it only says when."""

_LONGEST_TIME = 80  # characters


@dataclass(frozen=True)
class Rule:
    """One form of words, by name; letters in any case. It is compiled when a text is first read: that takes its time."""

    name: str
    words: str  # a regular expression

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """To be tried at one place of a sentence."""
        return re.compile(self.words, re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A rule that matched, and what it matched."""

    name: str
    match: re.Match[str]

    def __getitem__(self, group: str) -> str:
        return self.match.groupdict().get(group) or ""


def sentences(text: str) -> list[str]:
    """The sentences as they stand, without white space at their ends; together they hold every character but white space."""
    out: list[str] = []
    start = 0
    for end in _END.finditer(text):
        if end["dot"]:
            before = text[max(start, end.start() - 8) : end.start()]
            if _goes_on(text, start, end.start()) if _HALF.search(before) else _SHORT.search(before):
                continue
        out.append(text[start : end.end()].strip())
        start = end.end()
    out.append(text[start:].strip())
    return [s for s in out if s]


def _goes_on(text: str, start: int, dot: int) -> bool:
    """Whether a sentence goes on after the last dot of `a.m.`."""
    only_when = dot - start <= _LONGEST_TIME and _ONLY_WHEN.fullmatch(text, start, dot)
    return bool(only_when or _DAY_FOLLOWS.match(text, dot))


def rules(**patterns: str | Iterable[str]) -> tuple[Rule, ...]:
    """Rules from regular expressions, in the order in which they are tried."""
    return tuple(Rule(name, one) for name, given in patterns.items() for one in ([given] if isinstance(given, str) else given))


def scan(sentence: str, known: Iterable[Rule]) -> tuple[list[Found], str]:
    """What the rules take of a sentence, from left to right, and the characters that none takes (`·` where one was taken)."""
    found: list[Found] = []
    left: list[str] = []
    known = tuple(known)
    at = 0
    while at < len(sentence):
        for rule in known:
            match = rule.pattern.match(sentence, at)
            if match and match.end() > at:
                found.append(Found(rule.name, match))
                left.append("·")
                at = match.end()
                break
        else:
            left.append(sentence[at])
            at += 1
    return found, "".join(left)


def leftover(left: str) -> str:
    """What of the second value of `scan` is more than marks and blanks, cut at 60 characters; empty: all was taken."""
    return " ".join(piece.strip() for piece in left.split("·") if re.search(r"\w", piece))[:60]
