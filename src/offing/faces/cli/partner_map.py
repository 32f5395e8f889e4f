"""Who can reach whom, as rows, as a drawing in text, and as sentences on what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from offing.model.sharing import Agreement
from offing.policy.interop import Flow, Stage
from offing.policy.reach import Change, Reach, Way

MAP = (
    "from", "to", "kind", "state", "through", "agreements", "purposes", "label_onward", "sealed", "missing", "opened_by",
    "depends_on",
)  # fmt: skip
INTEROP = ("from", "to", "kind", "flows", "path", "forms", "common", "missing", "opened_by")
MADE_UP = "A worked example: its terms are made up, and what these parties share in fact is not known and not claimed."


@dataclass(frozen=True)
class Ties:
    """Partners by id with their names, and what they agreed, on one UTC day."""

    names: Mapping[str, str]
    agreements: Sequence[Agreement]
    day: date
    example: bool = False
    unknown: Sequence[tuple[str, str]] = ()  # pairs of which one introduced the other; what they agreed is not known here


def map_row(r: Reach) -> dict[str, Any]:
    """One pair and kind as a row; `opened_by`: each item one set of changes that would open it."""
    way = r.ways[0] if r.ways else None
    return {
        "from": r.originator,
        "to": r.recipient,
        "kind": r.kind,
        "state": r.state,
        "through": [" > ".join(w.between) for w in r.ways if w.between],
        "agreements": list(dict.fromkeys(a for w in r.ways for a in w.agreements)),
        "purposes": sorted({p for w in r.ways for p in w.purposes}),
        "label_onward": way.label_onward if way else None,
        "sealed": way.sealed if way else None,
        "missing": list(r.missing),
        "opened_by": [_both(changes) for changes in r.opened_by],
        "depends_on": [" and ".join(pair) for pair in r.depends_on],
    }


def interop_row(f: Flow) -> dict[str, Any]:
    """One pair and kind as a row: `forms` by stage of the path, `common` what the two share whatever is agreed."""
    return {
        "from": f.reach.originator,
        "to": f.reach.recipient,
        "kind": f.reach.kind,
        "flows": f.flows,
        "path": " > ".join(f.way.partners) if f.way else "",
        "forms": [s.text for s in f.stages],
        "common": [form.text for form in f.common],
        "missing": missing_of(f),
        "opened_by": [_both(changes) for changes in f.reach.opened_by],
    }


def missing_of(f: Flow) -> list[str]:
    """What is missing, in words: as of `Reach.missing`, and stages without a common format."""
    bare = [s for s in f.stages if not s.forms] or ([] if f.way or f.common else [_whole(f)])
    return [*f.reach.missing, *(f"format ({' and '.join(sorted((s.giver, s.taker)))})" for s in bare)]


def _whole(f: Flow) -> Stage:
    return Stage(f.reach.originator, f.reach.recipient, ())


def drawing(ties: Ties, reaches: Sequence[Reach]) -> list[str]:
    """The map for the eye, line by line: a row for each originator, a column for each recipient, then what is not direct."""
    if not reaches:
        return [f"{', '.join(ties.names)}: no partner is known; `offing partners add CARD` adds one"]
    rows = matrix(reaches)
    widths = [max(len(row[i]) for row in rows) + 2 for i in range(len(rows[0]))]
    return [
        *([MADE_UP] if ties.example else ()),
        f"who can reach whom by agreements, {ties.day}",
        *("".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip() for row in rows),
        "no: blocked; ?: not known here; *: not alike for all kinds. A release rule of the originator is needed too.",
        *sentences(reaches),
    ]


def matrix(reaches: Sequence[Reach]) -> list[list[str]]:
    """A head, then a row for each originator: direct, via whom, or no, for each recipient."""
    kinds: dict[tuple[str, str], list[Reach]] = {}
    for r in reaches:
        kinds.setdefault((r.originator, r.recipient), []).append(r)
    partners = list(dict.fromkeys(r.originator for r in reaches))
    head = ["from", *(f"to {b}" for b in partners)]
    return [head, *([a, *("" if a == b else _cell(kinds[a, b]) for b in partners)] for a in partners)]


def _cell(kinds: Sequence[Reach]) -> str:
    best = min(kinds, key=lambda r: len(r.ways[0].between) if r.ways else 99 - bool(r.depends_on))
    star = "*" if len({_said(r) for r in kinds}) > 1 else ""
    return _said(best) + star


def _said(r: Reach) -> str:
    if r.state == "through":
        return f"via {' or '.join(_between(w) for w in r.ways)}"
    return {"direct": "direct", "unknown": "?", "blocked": "no"}[r.state]


def _between(way: Way) -> str:
    return ", then ".join(way.between)


def sentences(reaches: Sequence[Reach]) -> Iterator[str]:
    """A line for each pair and outcome that is not direct: through whom, or what it needs. `a <> b`: both ways alike."""
    kinds: dict[tuple[str, str], dict[tuple[Any, ...], list[Reach]]] = {}
    for r in reaches:
        if r.state != "direct":
            kinds.setdefault((r.originator, r.recipient), {}).setdefault(_outcome(r), []).append(r)
    for (a, b), outcomes in kinds.items():
        for outcome, found in outcomes.items():
            back = [r.kind for r in kinds.get((b, a), {}).get(outcome, ())]
            both = back == [r.kind for r in found]
            if not both or a < b:
                yield f"{a} {'<>' if both else '>'} {b}: {', '.join(r.kind for r in found)} {_told(found[0])}"


def _outcome(r: Reach) -> tuple[Any, ...]:
    """What comes of a pair and kind, alike for both directions and for kinds of which the same is missing."""
    ways = tuple(tuple(sorted((w.partners, w.partners[::-1]))) for w in r.ways)
    if r.depends_on:
        return (r.depends_on,)
    return (ways, *sorted(_both(s, named=False) for s in _shown_sets(r)))


def _shown_sets(r: Reach) -> list[tuple[Change, ...]]:
    """Of what would open it: changes of agreements that there are, and an agreement of the two."""
    pair = tuple(sorted((r.originator, r.recipient)))
    return [s for s in r.opened_by if all(c.missing != "agreement" or c.pair == pair for c in s)]


def _told(r: Reach) -> str:
    if r.ways:
        under = ", ".join(dict.fromkeys(a for w in r.ways for a in w.agreements))
        needs = f"the label needs onward of {r.ways[0].label_onward}"
        return f"through {' or '.join(_between(w) for w in r.ways)} (agreements {under}; {needs})"
    if r.depends_on:
        return f"not known here: it depends on what {', and '.join(' and '.join(p) for p in r.depends_on)} agreed"
    return f"blocked: needs {', or '.join(_both(s, named=False) for s in _shown_sets(r))}"


def _both(changes: Sequence[Change], named: bool = True) -> str:
    """One set of changes in words. `named`: with the kind that is missing."""
    return " and ".join(c.text if named or c.missing != "kind" else f"the kind in {c.agreement}" for c in changes)


def grouped(flows: Sequence[Flow]) -> list[dict[str, Any]]:
    """Rows for the eye: kinds and directions of one pair and outcome in one row, `|` between the stages of a path."""
    kinds: dict[tuple[str, str], dict[tuple[Any, ...], list[str]]] = {}
    for f in flows:
        pair = (f.reach.originator, f.reach.recipient)
        kinds.setdefault(pair, {}).setdefault(_outline(f), []).append(f.reach.kind)
    rows: list[dict[str, Any]] = []
    for (a, b), outlines in kinds.items():
        back = kinds.get((b, a), {})
        for outline, found in outlines.items():
            both = back.get(outline) == found
            if not both or a < b:
                flows_too, path, forms, missing = outline
                way = path if a < b else path[::-1]
                rows.append({
                    "pair": f"{a} {'<>' if both else '>'} {b}", "kinds": found, "flows": flows_too,
                    "through": ", ".join(way[1:-1]), "forms": " | ".join(forms if a < b else forms[::-1]), "missing": missing,
                })  # fmt: skip
    return rows


def _outline(f: Flow) -> tuple[Any, ...]:
    """What comes of a pair and kind, from the partner whose id is the first in the alphabet to the other."""
    forward = f.reach.originator < f.reach.recipient
    path = f.way.partners if f.way else ()
    forms = [", ".join(form.text for form in s.forms) or "none" for s in f.stages]
    if not f.way and f.common:
        forms = [f"unused: {', '.join(form.text for form in f.common)}"]
    step = 1 if forward else -1
    return f.flows, path[::step], tuple(forms[::step]), tuple(sorted(missing_of(f)))
