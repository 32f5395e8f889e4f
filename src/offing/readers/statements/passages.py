"""Passages of a text that speak of the Taiwan Strait, found by the rules of `formulas`, sentence by sentence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from offing.model.statement import CLASSES, ELEMENTS, rank
from offing.readers.statements.folding import HAN, PARAGRAPH, Folded, fold
from offing.readers.statements.formulas import LATIN, WIDE, Script

NEAR = 2
"""Sentences that name only Taiwan belong to a passage if they adjoin it, at most this far from one that names the Strait."""

_NAMES = frozenset({"taiwan_strait", "cross_strait"})
_ABBREVIATED = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|jr|sr|st|no|nos|art|gen|sen|rep|gov|lt|col|adm|prof|vs|inc|ltd|e\.g|i\.e)|\b[a-z])$", re.IGNORECASE
)
_OPENER = re.compile(r"[\"'(]*(?:We|They|He|She|It|Both|This|These|Our)\b")
_STOP = re.compile(rf"(?P<mark>[.!?])[\"')\]]* (?=[\"'(\[]*[A-Z0-9{HAN}])|[。！!?][」』\")]*(?! )")

_Sentence = tuple[int, int, set[str]]


@dataclass(frozen=True)
class Passage:
    """Neighbouring sentences that speak of the Strait, and what they carry."""

    quote: str
    elements: frozenset[str]

    @property
    def formula_class(self) -> str:
        """The strongest class that the passage reaches."""
        return max((c for c in CLASSES if c in self.elements), key=rank, default="mention")


def passages(text: str) -> list[Passage]:
    """The passages of a text that name the Taiwan Strait or speak of cross-Strait issues, in their order; mostly one."""
    folded = fold(text)
    lands = any(p.search(folded.text) for s in (LATIN, WIDE) for p in (s.taiwan, s.china))
    found: list[Passage] = []
    for start, end in _spans(folded.text, 0, len(folded.text), re.finditer(PARAGRAPH, folded.text)):
        run: list[_Sentence] = []
        for low, high in _spans(folded.text, start, end, _stops(folded.text, start, end)):
            elements = _elements(folded.text[low:high], lands)
            if elements is not None:
                run.append((low, high, elements))
            elif run:
                found += _passages_of(folded, run)
                run = []
        found += _passages_of(folded, run)
    return found


def strongest(found: Iterable[Passage]) -> Passage | None:
    """The passage that gives a text its class: the strongest, of equals one that names the Strait itself, then the first."""
    return max(found, key=lambda p: (rank(p.formula_class), "taiwan_strait" in p.elements), default=None)


def elements_of(found: Iterable[Passage]) -> tuple[str, ...]:
    """What all passages carry together, in the order of `ELEMENTS`."""
    carried = {e for p in found for e in p.elements}
    return tuple(e for e in ELEMENTS if e in carried)


def _stops(text: str, start: int, end: int) -> Iterator[re.Match[str]]:
    """Where sentences end: after an abbreviation only if a word follows that opens sentences."""
    for stop in _STOP.finditer(text, start, end):
        short = stop["mark"] == "." and _ABBREVIATED.search(text, max(start, stop.start() - 8), stop.start())
        if not short or _OPENER.match(text, stop.end()):
            yield stop


def _spans(text: str, start: int, end: int, cuts: Iterable[re.Match[str]]) -> Iterator[tuple[int, int]]:
    """The parts of a text up to the end of each cut, without blanks at their ends."""
    for stop in [*(cut.end() for cut in cuts), end]:
        last = stop
        while start < last and text[last - 1].isspace():
            last -= 1
        if start < last:
            yield start, last
        start = stop


def _elements(sentence: str, lands: bool) -> set[str] | None:
    """What a sentence carries; None: it names neither Taiwan nor the Strait. `lands`: its text names Taiwan or China."""
    found: set[str] | None = None
    for script in (LATIN, WIDE):
        cross = lands and script.cross.search(sentence)
        named = {n for n, m in (("taiwan_strait", script.strait.search(sentence)), ("cross_strait", cross)) if m}
        if not named and not script.taiwan.search(sentence):
            continue
        found = (found or set()) | named
        found |= {r.element for r in script.rules if r.within == "sentence" and r.pattern.search(sentence)}
        elsewhere = script.elsewhere.search(sentence)
        for clause in _clauses(sentence, script):
            peace = script.peace.search(clause) if named else None
            if peace:
                found.add("peace_and_stability")
            about = script.taiwan.search(clause) or (cross and script.cross.search(clause))
            scopes = {
                "formula": clause if peace else "",
                "before": clause[: peace.start(peace.lastindex or 0)] if peace else "",
                "taiwan": clause if about else "",
                "status_quo": clause if about or not elsewhere else "",
            }
            found |= {r.element for r in script.rules if r.within in scopes and r.pattern.search(scopes[r.within])}
    return found


def _clauses(sentence: str, script: Script) -> Iterator[str]:
    start = checked = 0
    said = False
    for cut in script.clause.finditer(sentence):
        said = said or script.verb.search(sentence, checked, cut.start()) is not None
        checked = cut.start()
        if said:
            yield sentence[start:checked]
            start, said = checked, False
    yield sentence[start:]


def _passages_of(folded: Folded, run: list[_Sentence]) -> Iterator[Passage]:
    """The passages within neighbouring sentences that each name Taiwan or the Strait."""
    named = [n for n, (_, _, elements) in enumerate(run) if elements & _NAMES]
    near = [n for n in range(len(run)) if any(abs(n - m) <= NEAR for m in named)]
    while near:
        length = next((k for k in range(1, len(near)) if near[k] != near[0] + k), len(near))
        part = [run[n] for n in near[:length]]
        yield Passage(folded.quote(part[0][0], part[-1][1]), frozenset(e for _, _, elements in part for e in elements))
        near = near[length:]
