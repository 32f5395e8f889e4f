"""The release pass: which records of this node leave for one final recipient, in which form, and why the others do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from offing.model.sharing import RECORD_KINDS, Agreement, Label, Record, Released, ReleaseRule
from offing.model.wire import POSITION_COLUMNS, WIRE, values
from offing.pipeline.merged import Received
from offing.pipeline.release_rows import Inputs, RuleRows
from offing.pipeline.waters import Waters
from offing.policy import mask
from offing.policy.decide import Decision
from offing.policy.ids import released_ids
from offing.policy.labels import label_of
from offing.policy.ways import release_decisions
from offing.store import Store


@dataclass(frozen=True)
class RulePart:
    """What one rule gives one recipient."""

    rule: ReleaseRule
    labels: tuple[Label, ...]
    ids: tuple[str, ...]  # under which the records leave
    frame: pl.DataFrame  # masked; `id` (this node's own), columns of WIRE[kind], close_utc, label; rows as `ids`


class Release:
    """Rules, agreements and inputs at one instant. What several recipients share is worked out once."""

    def __init__(
        self,
        inputs: Inputs,
        waters: Waters,
        rules: Sequence[ReleaseRule],
        agreements: Sequence[Agreement],
        node_id: str,
        now_ms: int,
        secret: bytes,
    ) -> None:
        self.rules = sorted((r for r in rules if _in_force(r, now_ms)), key=lambda r: r.n)
        self.agreements = agreements
        self.node_id = node_id
        self.now_ms = now_ms
        self.secret = secret
        self.rows = RuleRows(inputs, waters, node_id, now_ms)

    def recipients(self) -> list[str]:
        """Everybody whom a rule names."""
        return sorted({r for rule in self.rules for r in rule.releasable_to})

    def decisions(self, rule: ReleaseRule, labels: Sequence[Label], recipient: str) -> list[Decision]:
        """For each label of a rule's rows, whether and how it may go to a recipient by at least one way."""
        return release_decisions(labels, self.node_id, recipient, self.agreements, self.now_ms)

    def parts(self, recipient: str) -> list[RulePart]:
        """What each rule gives a recipient, by number: each record under the first rule that releases it."""
        taken: dict[str, set[str]] = {kind: set() for kind in RECORD_KINDS}
        found: list[RulePart] = []
        for rule in self.rules:
            if recipient not in rule.releasable_to or not self._may(rule, recipient):
                continue
            rows = self.rows.of(rule)
            decisions = self.decisions(rule, rows.labels, recipient)
            own = rows.frame
            if taken[rule.kind]:
                own = own.filter(~pl.col("id").is_in(pl.Series(sorted(taken[rule.kind])).implode()))
            left = self._masked(rule.kind, own, decisions)
            if left.height:
                taken[rule.kind] |= set(left["id"].to_list())
                found.append(RulePart(rule, rows.labels, self._ids(rule.kind, left, decisions, recipient), left))
        return found

    def to(self, recipient: str, *, counting: bool = False) -> Released:
        """What leaves for a recipient. `counting`: also how many rows of which rule do not, and why."""
        parts = self.parts(recipient)
        records = sorted((pair for part in parts for pair in _records(part)), key=lambda pair: (pair[0].kind, pair[0].id))
        return Released(recipient, records, self.withheld(recipient, parts) if counting else {})

    def preview(self, recipient: str) -> dict[str, pl.DataFrame]:
        """What a recipient would get, by kind: `id` as it would be, the columns of `WIRE[kind]`, and `rule`."""
        frames: dict[str, list[pl.DataFrame]] = {}
        for part in self.parts(recipient):
            rows = part.frame.with_columns(pl.Series("id", part.ids, pl.String), pl.lit(part.rule.n).alias("rule"))
            frames.setdefault(part.rule.kind, []).append(rows.select("id", *WIRE[part.rule.kind], "rule"))
        return {kind: pl.concat(frames[kind]).sort("id") for kind in RECORD_KINDS if kind in frames}

    def withheld(self, recipient: str, parts: Sequence[RulePart]) -> dict[tuple[str, str], int]:
        """Rows of each rule that no rule gives a recipient, by rule and reason; for the owner's eyes."""
        given = {kind: [i for p in parts if p.rule.kind == kind for i in p.frame["id"].to_list()] for kind in RECORD_KINDS}
        counts: dict[tuple[str, str], int] = {}
        for rule in self.rules:
            rows = self.rows.undelayed(rule)
            left = rows.frame.filter(~pl.col("id").is_in(pl.Series(given[rule.kind], dtype=pl.String).implode()))
            decisions = self.decisions(rule, rows.labels, recipient)
            for (_, reason), n in mask.withheld(left, decisions, now_ms=self.now_ms).items():
                counts[str(rule.n), reason] = counts.get((str(rule.n), reason), 0) + n
        return counts

    def standing(self, rule: ReleaseRule, record_id: str, recipient: str) -> str | None:
        """What stands between one record and a recipient under a rule: a reason, empty for nothing; None: not its rows'."""
        for rows, otherwise in ((self.rows.of(rule), ""), (self.rows.undelayed(rule), "delayed")):
            one = rows.frame.filter(pl.col("id") == record_id)
            if one.height:
                decisions = self.decisions(rule, rows.labels, recipient)
                return next((reason for _, reason in mask.withheld(one, decisions, now_ms=self.now_ms)), otherwise)
        return None

    def _may(self, rule: ReleaseRule, recipient: str) -> bool:
        """Whether the rule's own label may go at all; figures that rest on received rows have stricter ones."""
        (decision,) = self.decisions(rule, [label_of(rule, self.node_id)], recipient)
        return decision.allow

    def _masked(self, kind: str, rows: pl.DataFrame, decisions: Sequence[Decision]) -> pl.DataFrame:
        return mask.apply(rows, decisions, now_ms=self.now_ms, position_columns=POSITION_COLUMNS[kind])

    def _ids(self, kind: str, rows: pl.DataFrame, decisions: Sequence[Decision], recipient: str) -> tuple[str, ...]:
        out = rows["id"].to_list()
        labels = rows["label"].to_list()
        for number in set(labels):
            at = [i for i, n in enumerate(labels) if n == number]
            masked = decisions[number].obligations.masked
            ids = released_ids(kind, [out[i] for i in at], masked, self.secret, recipient)
            for i, name in zip(at, ids, strict=True):
                out[i] = name
        return tuple(out)


def released(
    store: Store,
    waters: Waters,
    rules: Sequence[ReleaseRule],
    agreements: Sequence[Agreement],
    node_id: str,
    recipient: str,
    now_ms: int,
    received: Received | None = None,
    *,
    secret: bytes,
    counting: bool = False,
) -> Released:
    """What leaves this logbook for one final recipient at an instant: see `Release.to`."""
    return release_of(store, waters, rules, agreements, node_id, now_ms, received, secret=secret).to(
        recipient, counting=counting
    )


def release_of(
    store: Store,
    waters: Waters,
    rules: Sequence[ReleaseRule],
    agreements: Sequence[Agreement],
    node_id: str,
    now_ms: int,
    received: Received | None = None,
    *,
    secret: bytes,
    every_kind: bool = False,
) -> Release:
    """A release pass over what a logbook holds, for any number of recipients.

    `received`: what partners sent, for rules that name their ids as sources. `secret`: keys the ids of records of which a
    column that the id is made of is masked; it must stay the same from pass to pass. `every_kind`: read also the texts of
    which no rule speaks, so that `release_explain` knows them.
    """
    kinds = RECORD_KINDS if every_kind else {rule.kind for rule in rules}
    return Release(Inputs.of(store, waters, received, kinds), waters, rules, agreements, node_id, now_ms, secret)


def _in_force(rule: ReleaseRule, now_ms: int) -> bool:
    return rule.removed_ms is None or rule.removed_ms > now_ms


def _records(part: RulePart) -> Iterator[tuple[Record, Label]]:
    kind = part.rule.kind
    rows: Any = zip(part.ids, values(part.frame, kind), part.frame["label"].to_list(), strict=True)
    return ((Record(kind, name, row), part.labels[label]) for name, row, label in rows)
