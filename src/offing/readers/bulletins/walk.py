"""One walk through a text of an office whose sentences tell of ships: what each gives, and which are not understood."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass

from offing.model.bulletin import Bulletin, NotUnderstood, Parsed, Places, Sighting, SourceText
from offing.readers.bulletins.moments import Unclear
from offing.readers.bulletins.sentences import Found, Rule, leftover, scan, sentences

Given = list[Bulletin | Sighting]


@dataclass(frozen=True)
class Language:
    """The words of an office in one language: its rules, a figure that no rule took, what turns a statement round."""

    rules: tuple[Rule, ...]
    figure: re.Pattern[str]
    doubt: re.Pattern[str]


class Walk(ABC):
    """Reads a text sentence by sentence; what has been said so far is carried on by the office's own walk."""

    telling: frozenset[str]
    """Rules whose figures must give something."""

    nothing_told: str
    """Why a sentence with such figures that gives nothing is not understood."""

    def __init__(self, source: SourceText, places: Places) -> None:
        self.source, self.places = source, places
        self.bulletins: dict[str, Bulletin] = {}
        self.sightings: dict[str, Sighting] = {}

    @abstractmethod
    def worded(self, raw: str) -> tuple[str, Language]:
        """A sentence as the rules of its language want it."""

    @abstractmethod
    def given(self, found: list[Found], words: str, raw: str) -> Given:
        """What the rules that matched give together. Raises `Unclear`."""

    def before(self) -> None:  # noqa: B027 - a walk without a state has nothing to do
        """A sentence begins."""

    def after(self, kept: bool) -> None:  # noqa: B027
        """A sentence was read, and what it gave was kept; or not, and then it counts as not said."""

    def all(self) -> Parsed:
        """Everything that the text gives."""
        rejects: list[NotUnderstood] = []
        plain: list[str] = []
        for sentence in sentences(self.source.text):
            self.before()
            try:
                gave = self._sentence(sentence)
            except Unclear as why:
                self.after(False)
                rejects.append(NotUnderstood(sentence, str(why), self.source.name))
            else:
                self.after(True)
                plain += [] if gave else [sentence]
        if not self.bulletins and not self.sightings:
            rejects += [NotUnderstood(s, "the text gives no figure", self.source.name) for s in plain]
        return Parsed(tuple(self.bulletins.values()), tuple(self.sightings.values()), tuple(rejects))

    def _sentence(self, raw: str) -> bool:
        """Read one sentence; whether it gave anything. Raises `Unclear`, and then it gave nothing."""
        words, language = self.worded(raw)
        found, left = scan(words, language.rules)
        if language.figure.search(left.replace("·", " · ")):
            raise Unclear(f"no rule for a figure in {leftover(left)!r}")
        given = self.given(found, words, raw)
        if given and language.doubt.search(words):
            raise Unclear("the sentence is put in doubt, or says that it is not so")
        if not given and names(found) & self.telling:
            raise Unclear(self.nothing_told)
        self._keep(given)
        return bool(given)

    def _keep(self, given: Given) -> None:
        """Add what one sentence gave: all of it, or nothing where a figure is not what was said before."""
        bulletins = dict(self.bulletins)
        for thing in given:
            if isinstance(thing, Bulletin):
                before = bulletins.setdefault(thing.bulletin_id, thing)
                if before.value != thing.value:
                    raise Unclear(f"{thing.metric} is {thing.value:g} here and {before.value:g} before")
        self.bulletins = bulletins
        self.sightings |= {s.sighting_id: s for s in given if isinstance(s, Sighting)}


def names(found: list[Found]) -> set[str]:
    """Which rules matched."""
    return {f.name for f in found}
