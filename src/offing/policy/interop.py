"""Whether records can flow between partners: by which way, in which form, and what is missing.

Two things must hold: agreements allow a way (`policy.reach`), and on every stage of that way the two partners have systems that
speak one format over one link. What a format cannot hold does not flow in it; a format that holds only what a record can be
worked out again from (AIS positions, for a visit) counts, and is said to be such.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from offing.policy.reach import Reach, Way
from offing.policy.systems_file import NODE, Systems

NO_FORMAT = "format"
"""The word for a stage on which two partners have no format and link in common."""


@dataclass(frozen=True, order=True)
class Form:
    """A format over a link that both of two partners have, with the systems of each that speak it."""

    format: str
    link: str
    systems: tuple[tuple[str, ...], tuple[str, ...]]
    rebuilt: bool = False  # it does not hold the record, but what the record can be worked out again from

    @property
    def text(self) -> str:
        """For the eye."""
        return f"{self.format} over {self.link}{' (worked out again)' if self.rebuilt else ''}"


@dataclass(frozen=True)
class Stage:
    """One hand-over on a way: from whom to whom, and the forms that they have in common for the kind."""

    giver: str
    taker: str
    forms: tuple[Form, ...]

    @property
    def text(self) -> str:
        """For the eye."""
        return f"{self.giver} > {self.taker}: {', '.join(f.text for f in self.forms) or 'no common format'}"


@dataclass(frozen=True)
class Flow:
    """One ordered pair and kind: the way that agreements allow, the forms on its stages, and those that the two share."""

    reach: Reach
    way: Way | None
    stages: tuple[Stage, ...]
    common: tuple[Form, ...]

    @property
    def flows(self) -> bool:
        """Whether agreements allow it and every stage has a form."""
        return self.way is not None and all(s.forms for s in self.stages)

    @property
    def missing(self) -> tuple[str, ...]:
        """Words for what is missing: of `reach.MISSING`, and `format`."""
        if self.way is None:
            return (*self.reach.missing, *(() if self.common else (NO_FORMAT,)))
        return () if self.flows else (NO_FORMAT,)


def flows(reaches: Sequence[Reach], systems: Systems) -> list[Flow]:
    """Each of the pairs and kinds, with the way on which most stages have a form."""
    return [_flow(r, systems) for r in reaches]


def common_forms(a: str, b: str, kind: str, systems: Systems) -> tuple[Form, ...]:
    """The formats over links that systems of both partners speak and that can hold the kind."""
    found = []
    for form in (*systems.formats.values(), *(() if NODE.id in systems.formats else (NODE,))):
        if kind not in (*form.carries, *form.rebuilds):
            continue
        for link in form.links:
            speakers = [tuple(s.id for s in systems.of(p) if form.id in s.formats and link in s.links) for p in (a, b)]
            if all(speakers):
                found.append(Form(form.id, link, (speakers[0], speakers[1]), kind in form.rebuilds))
    return tuple(sorted(found, key=lambda f: f.rebuilt))


def _flow(reach: Reach, systems: Systems) -> Flow:
    common = common_forms(reach.originator, reach.recipient, reach.kind, systems)
    if not reach.ways:
        return Flow(reach, None, (), common)
    staged = [(way, _stages(way, reach.kind, systems)) for way in reach.ways]
    way, stages = max(staged, key=lambda found: sum(bool(s.forms) for s in found[1]))
    return Flow(reach, way, stages, common)


def _stages(way: Way, kind: str, systems: Systems) -> tuple[Stage, ...]:
    return tuple(Stage(a, b, common_forms(a, b, kind, systems)) for a, b in pairwise(way.partners))
