"""What statements show together: first use per party, unbroken runs of meetings, changes of wording.

Method: docs/method/statements.md. Pure functions over a table with the columns of `model.statement.STATEMENTS`, in any order.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import groupby, pairwise
from typing import Any

import polars as pl

from offing.errors import UnknownName
from offing.model.statement import BASES, CLASSES, ELEMENTS, rank

FIRST_USES = pl.Schema(
    {
        "party": pl.String(),
        "formula_class": pl.String(),
        "day": pl.Date(),  # of the first text in the party's own name that reaches this class exactly
        "is_first": pl.Boolean(),  # the party's first use of the formula in any class
        "statement_id": pl.String(),
        "forum": pl.String(),
        "kind": pl.String(),
        "basis": pl.String(),
        "quote": pl.String(),
    }
)

MEETING_STREAKS = pl.Schema(
    {
        "forum": pl.String(),
        "voice": pl.String(),  # joint: texts that all parties agreed; else the party whose accounts these are; empty: unknown
        "first_day": pl.Date(),
        "last_day": pl.Date(),
        "meetings_n": pl.Int64(),  # consecutive among the meetings of which a text is held
        "weakest": pl.String(),  # classes within the streak
        "strongest": pl.String(),
        "is_running": pl.Boolean(),  # the last text held of the forum carries it
        "ended_on_day": pl.Date(),  # the next meeting, whose text does not; null: it runs
        "is_longest": pl.Boolean(),  # of this forum and voice; of equal ones the earlier
        "years_without_text": pl.List(
            pl.Int64()
        ),  # years between first and last of which no text is held: a meeting may be missing
        "statement_ids": pl.List(pl.String()),
    }
)

WORDING_CHANGES = pl.Schema(
    {
        "forum": pl.String(),
        "voice": pl.String(),
        "language": pl.String(),
        "from_day": pl.Date(),
        "to_day": pl.Date(),
        "from_class": pl.String(),
        "to_class": pl.String(),
        "change": pl.String(),  # stronger, weaker, equal: by class
        "gained": pl.List(pl.String()),  # elements; empty where the earlier text is not held whole
        "lost": pl.List(pl.String()),  # elements; empty where the later text is not held whole
        "diff": pl.String(),  # word by word: [-gone-] {+new+}
        "is_partial": pl.Boolean(),  # of one of the two only a few words are quoted: what is missing may not be gone
        "left_out_n": pl.Int64(),  # texts between the two of which no wording in this language is held
        "from_id": pl.String(),
        "to_id": pl.String(),
    }
)

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+(?:[-'’.]\w+)*|[^\w\s]")
_BETTER = list(BASES)

_Row = dict[str, Any]


def first_uses(statements: pl.DataFrame) -> pl.DataFrame:
    """Each party's first text in each class, by party and day (columns of `FIRST_USES`).

    Only texts in the party's own name count (`issued_by`): what one side's readout says of a meeting is no word of the other.
    """
    found: dict[tuple[str, str], _Row] = {}
    for row in sorted((r for r in statements.iter_rows(named=True) if _carries(r, "mention")), key=_order):
        for party in row["issued_by"]:
            found.setdefault((party, row["formula_class"]), row)
    rows = [{**row, "party": party} for (party, _), row in found.items()]
    rows.sort(key=lambda r: (r["party"], _order(r)))
    firsts = [n == 0 or rows[n - 1]["party"] != row["party"] for n, row in enumerate(rows)]
    return pl.DataFrame(
        [[{**r, "is_first": f}[c] for c in FIRST_USES] for r, f in zip(rows, firsts, strict=True)], FIRST_USES, orient="row"
    )


def meeting_streaks(statements: pl.DataFrame, at_least: str = "mention") -> pl.DataFrame:
    """Consecutive meetings of one forum whose text carries the formula, in this class or a stronger one.

    Columns of `MEETING_STREAKS`, by forum, voice and day. Several texts of one meeting are one, and it carries what any of them
    does. Joint texts and one side's accounts are series of their own. Raises `UnknownName` for a class that is none.
    """
    if at_least not in CLASSES:
        raise UnknownName.of("class", at_least, CLASSES)
    rows = []
    for (forum, voice), texts in _forums(statements):
        meetings = [list(same) for _, same in groupby(texts, key=lambda r: r["day"])]
        runs = [(holds, list(run)) for holds, run in groupby(meetings, key=lambda m: any(_carries(r, at_least) for r in m))]
        longest = max((len(run) for holds, run in runs if holds), default=0)
        for n, (holds, run) in enumerate(runs):
            if not holds:
                continue
            days = [meeting[0]["day"] for meeting in run]
            classes = sorted((max((r["formula_class"] for r in m), key=rank) for m in run), key=rank)
            running = n == len(runs) - 1
            record = len(run) == longest
            longest += record  # a later one as long is no longer the longest
            rows.append(
                {
                    "forum": forum,
                    "voice": voice,
                    "first_day": days[0],
                    "last_day": days[-1],
                    "meetings_n": len(run),
                    "weakest": classes[0],
                    "strongest": classes[-1],
                    "is_running": running,
                    "ended_on_day": None if running else runs[n + 1][1][0][0]["day"],
                    "is_longest": record,
                    "years_without_text": sorted({*range(days[0].year, days[-1].year)} - {d.year for d in days}),
                    "statement_ids": [min(meeting, key=_preference)["statement_id"] for meeting in run],
                }
            )
    return pl.DataFrame(rows, schema=MEETING_STREAKS)


def meeting_days(statements: pl.DataFrame) -> pl.DataFrame:
    """One row for each day on which a forum and voice has a text: `forum, voice, day, carries, sources`, in that order."""
    rows = []
    for (forum, voice), texts in _forums(statements):
        for day, same in groupby(texts, key=lambda r: r["day"]):
            held = list(same)
            carries = any(_carries(r, "mention") for r in held)
            rows.append((forum, voice, day, carries, [*dict.fromkeys(r["source"] for r in held)]))
    kinds = (pl.String(), pl.String(), pl.Date(), pl.Boolean(), pl.List(pl.String()))
    names = ("forum", "voice", "day", "carries", "sources")
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def wording_changes(statements: pl.DataFrame, forum: str | None = None) -> pl.DataFrame:
    """How the words on the Strait changed from each text of a forum to its next (columns of `WORDING_CHANGES`).

    Joint texts and one side's accounts are compared apart, and each language with itself. A text that is silent on the Strait
    is compared too: all its predecessor's words are gone. Raises `UnknownName` for a forum of which there is no statement.
    """
    known = set(statements["forum"].to_list()) - {""}
    if forum is not None and forum not in known:
        raise UnknownName.of("forum", forum, known, "offing statements")
    rows = []
    for (name, voice), texts in _forums(statements):
        if forum is not None and name != forum:
            continue
        best = [min(same, key=_preference) for _, same in groupby(texts, key=lambda r: (r["day"], r["language"]))]
        for language in sorted({r["language"] for r in best} - {""}):
            meetings = _one_a_day(best, language)
            worded = [n for n, r in enumerate(meetings) if r["quote"] or not r["names_taiwan_strait"]]
            rows += [_change(name, voice, language, meetings[a], meetings[b], b - a - 1) for a, b in pairwise(worded)]
    return pl.DataFrame(rows, schema=WORDING_CHANGES)


def word_diff(old: str, new: str) -> str:
    """Both texts as one, word by word: `the [-importance-] {+necessity+} of peace`; han and kana compare one by one."""
    a, b = _WORD.findall(old), _WORD.findall(new)
    parts: list[str] = []
    for what, i, j, k, m in difflib.SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(_joined(a[i:j]))
        else:
            parts += [f"[-{_joined(a[i:j])}-]"] * (j > i) + [f"{{+{_joined(b[k:m])}+}}"] * (m > k)
    return " ".join(parts)


def _change(forum: str, voice: str, language: str, old: _Row, new: _Row, left_out: int) -> _Row:
    whole = {r["statement_id"]: r["basis"] == "text" or not r["names_taiwan_strait"] for r in (old, new)}
    step = rank(new["formula_class"]) - rank(old["formula_class"])
    return {
        "forum": forum,
        "voice": voice,
        "language": language,
        "from_day": old["day"],
        "to_day": new["day"],
        "from_class": old["formula_class"],
        "to_class": new["formula_class"],
        "change": "stronger" if step > 0 else "weaker" if step < 0 else "equal",
        "gained": [e for e in ELEMENTS if whole[old["statement_id"]] and e in new["elements"] and e not in old["elements"]],
        "lost": [e for e in ELEMENTS if whole[new["statement_id"]] and e in old["elements"] and e not in new["elements"]],
        "diff": word_diff(old["quote"], new["quote"]),
        "is_partial": not all(whole.values()),
        "left_out_n": left_out,
        "from_id": old["statement_id"],
        "to_id": new["statement_id"],
    }


def _forums(statements: pl.DataFrame) -> Iterator[tuple[tuple[str, str], list[_Row]]]:
    """The texts of each forum and voice, by day."""

    def key(row: _Row) -> tuple[str, str]:
        by = row["issued_by"]
        return row["forum"], "joint" if len(by) > 1 else by[0] if by else ""

    rows = sorted((r for r in statements.iter_rows(named=True) if r["forum"]), key=lambda r: (*key(r), _order(r)))
    for name, texts in groupby(rows, key=key):
        yield name, list(texts)


def _one_a_day(rows: list[_Row], language: str) -> list[_Row]:
    """One text a meeting, in this language where there is one."""
    days = groupby(rows, key=lambda r: r["day"])
    chosen = [min(same, key=lambda r: (r["language"] != language, _preference(r))) for _, same in days]
    return [r if r["language"] == language or not r["names_taiwan_strait"] else {**r, "quote": ""} for r in chosen]


def _carries(row: _Row, at_least: str) -> bool:
    return "peace_and_stability" in row["elements"] and rank(row["formula_class"]) >= rank(at_least)


def _order(row: _Row) -> tuple[Any, ...]:
    return row["day"], row["language"], _preference(row)


def _preference(row: _Row) -> tuple[int, str]:
    """A text before a fact; of equals the id decides."""
    return _BETTER.index(row["basis"]), row["statement_id"]


def _joined(words: list[str]) -> str:
    text = " ".join(words)
    text = re.sub(r" (?=[.,;:!?%’)\]」』、。])|(?<=[(\[「『’]) ", "", text)
    return re.sub(r"(?<=[\u3040-\u30ff\u3400-\u9fff、。「」]) (?=[\u3040-\u30ff\u3400-\u9fff「」])", "", text)
