"""The policy as Cedar evaluates it. Whatever is not evaluated without a single error is refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import cedarpy

from offing.policy.reasons import ordered

ALLOWED = "agreed"
ERROR = "engine_error"
_AT_ONCE = 8_192  # questions put to Cedar in one call: bounds memory


@dataclass(frozen=True)
class Question:
    """What Cedar is asked: the principal's id, the label's id, and the context and the entities as JSON."""

    principal: str
    label_id: str
    context: str
    entities: Mapping[str, str]  # "Type::id" -> the entity as JSON


class Engine:
    """One policy and its schema, parsed once. `problem` says why it cannot be used; empty: it can."""

    def __init__(self, policy: str, schema: str) -> None:
        self.hash = hashlib.sha256(f"{policy}\0{schema}".encode()).hexdigest()
        self.problem = ""
        self._ids: dict[str, str] = {}
        try:
            checked = cedarpy.validate_policies(policy, schema)
            if not checked.validation_passed or checked.errors:
                raise ValueError("; ".join(str(e) for e in checked.errors) or "it does not fit its schema")
            self._policies = cedarpy.PolicySet.from_str(policy)
            self._schema = cedarpy.Schema.from_str(schema)
        except Exception as e:
            self.problem = f"The release policy cannot be used: {e}."

    def ask(self, questions: Sequence[Question]) -> list[tuple[str, ...]]:
        """For each question the reasons, in order; `("agreed",)` alone means yes. Never raises: an error is a no."""
        if self.problem:
            return [(ERROR,)] * len(questions)
        return [answer for i in range(0, len(questions), _AT_ONCE) for answer in self._each(questions[i : i + _AT_ONCE])]

    def _each(self, questions: Sequence[Question]) -> list[tuple[str, ...]]:
        try:
            return self._ask(questions)
        except Exception:
            if len(questions) == 1:
                return [(ERROR,)]
            half = len(questions) // 2  # one question that cannot be put must not refuse the others
            return self._each(questions[:half]) + self._each(questions[half:])

    def _ask(self, questions: Sequence[Question]) -> list[tuple[str, ...]]:
        entities: dict[str, str] = {}
        for q in questions:
            entities.update(q.entities)
        parsed = cedarpy.Entities.from_json_str(f"[{','.join(entities.values())}]", self._schema)
        requests = [
            {
                "principal": {"type": "Partner", "id": q.principal},
                "action": {"type": "Action", "id": "give"},
                "resource": {"type": "Label", "id": q.label_id},
                "context": q.context,
            }
            for q in questions
        ]
        results = cedarpy.is_authorized_batch(requests, self._policies, parsed)
        if len(results) != len(questions):
            raise ValueError("Cedar gave another number of answers")
        return [_reasons(r) for r in results]


def _reasons(result: cedarpy.AuthzResult) -> tuple[str, ...]:
    """The reasons of one answer; an error, or an answer that does not add up, is among them as `engine_error`."""
    said = result.diagnostics
    named = said.id_annotations_by_reason
    codes = {named.get(r, ERROR) for r in said.reasons}
    if said.errors:
        return ordered((codes - {ALLOWED}) | {ERROR})
    if result.decision == cedarpy.Decision.Allow:
        return (ALLOWED,) if codes == {ALLOWED} else (ERROR,)
    return ordered(codes - {ALLOWED}) or (ERROR,)


def ref(kind: str, id: str) -> dict[str, Any]:
    """How Cedar's JSON names an entity."""
    return {"__entity": {"type": kind, "id": id}}


def entity(kind: str, id: str, attributes: Mapping[str, Any]) -> str:
    """An entity as JSON."""
    return json.dumps({"uid": {"type": kind, "id": id}, "attrs": attributes, "parents": []})


@lru_cache(maxsize=1)
def shipped() -> Engine:
    """The policy that comes with offing: `release.cedar` beside this file."""
    here = files("offing.policy")
    return Engine(here.joinpath("release.cedar").read_text("utf-8"), here.joinpath("release.cedarschema").read_text("utf-8"))
