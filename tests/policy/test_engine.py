"""The engine refuses whatever it could not evaluate, and the shipped policy is one that people can read."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from importlib.resources import files

import cedarpy
import pytest
from release_cases import NOON

from offing.model.sharing import Agreement, Label
from offing.policy import engine as engines
from offing.policy.decide import Request, decide
from offing.policy.engine import Engine, Question, shipped
from offing.policy.reasons import REASONS, ordered, sentences

POLICY = files("offing.policy").joinpath("release.cedar").read_text("utf-8")
SCHEMA = files("offing.policy").joinpath("release.cedarschema").read_text("utf-8")
PAPER = Agreement("jp-us", ("jp", "us"), ("visit",), ("maritime_safety",), date(2020, 1, 1), date(2030, 12, 31))
REQUEST = Request(Label("jp", "visit", frozenset({"us"}), "maritime_safety"), "jp", "us", "us", PAPER, 0, NOON)


def test_the_shipped_policy_is_valid_and_each_rule_is_a_reason_with_a_comment() -> None:
    assert shipped().problem == ""
    assert decide([REQUEST])[0].allow
    ids = re.findall(r'@id\("(\w+)"\)', POLICY)
    rules = re.findall(r"^(permit|forbid) ", POLICY, re.MULTILINE)
    assert len(ids) == len(set(ids)) == len(rules)
    assert rules.count("permit") == 1
    assert set(ids) <= set(REASONS)
    for name in ids:
        assert re.search(rf'^// .*\.\n@id\("{name}"\)', POLICY, re.MULTILINE), f"{name} has no comment"


def test_a_forbid_that_cannot_be_evaluated_denies() -> None:
    """Cedar skips a forbid that fails, so that its permit would stand: the error itself must deny."""
    schema = SCHEMA.replace("kind: String,\n  releasable", "kind: String,\n  caveat?: String,\n  releasable")
    trap = POLICY + '@id("caveat") forbid (principal, action, resource) when { resource.caveat == "noforn" };'
    assert Engine(trap, schema).problem, "the validator sees it"
    unseen = Engine(POLICY, SCHEMA)
    unseen._policies = cedarpy.PolicySet.from_str(trap)
    unseen.hash = "trap"
    bare = cedarpy.is_authorized_batch(
        [{"principal": 'Partner::"us"', "action": 'Action::"give"', "resource": 'Label::"l"', "context": "{}"}],
        cedarpy.PolicySet.from_str(
            'permit(principal, action, resource); forbid(principal, action, resource) when { resource.caveat == "x" };'
        ),
        cedarpy.Entities.from_json_str('[{"uid":{"type":"Label","id":"l"},"attrs":{},"parents":[]}]'),
    )[0]
    assert bare.decision == cedarpy.Decision.Allow and bare.diagnostics.errors, "Cedar alone says yes: the trap is real"
    assert decide([REQUEST], unseen)[0].reasons == ("engine_error",)


@pytest.mark.parametrize(
    ("policy", "schema"),
    [
        ("permit (principal, action, resource", SCHEMA),
        ("permit (principal, action, resource);", "entity Partner; entity"),
        ("permit (principal, action, resource) when { resource.kindd == 1 };", SCHEMA),
        ("permit (principal, action, resource) when { resource.onward == true };", SCHEMA),
    ],
)
def test_a_policy_that_is_not_valid_denies_everything(policy: str, schema: str) -> None:
    engine = Engine(policy, schema)
    assert engine.problem.startswith("The release policy cannot be used")
    decision = decide([REQUEST], engine)[0]
    assert (decision.allow, decision.reasons) == (False, ("engine_error",))


def test_a_policy_without_names_allows_nothing() -> None:
    assert decide([REQUEST], Engine("permit (principal, action, resource);", SCHEMA))[0].reasons == ("engine_error",)
    assert decide([REQUEST], Engine("", SCHEMA))[0].reasons == ("engine_error",)


def test_a_failing_engine_denies_and_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = replace(REQUEST, agreement=replace(PAPER, text="another content, not asked before"))

    def fail(*_: object) -> None:
        raise RuntimeError("the library is gone")

    with monkeypatch.context() as m:
        m.setattr(engines.cedarpy, "is_authorized_batch", fail)
        assert decide([fresh])[0].reasons == ("engine_error",)
    assert decide([fresh])[0].allow, "an error is not kept as an answer"


def test_too_few_answers_deny(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = replace(REQUEST, agreement=replace(PAPER, text="not asked before either"))
    monkeypatch.setattr(engines.cedarpy, "is_authorized_batch", lambda *_: [])
    assert decide([fresh])[0].reasons == ("engine_error",)


def test_broken_questions_deny() -> None:
    for q in (Question("us", "l", "{", {}), Question("us", "l", "{}", {}), Question("us", "l", "{}", {"Label::l": "nonsense"})):
        assert "engine_error" in shipped().ask([q])[0]
    assert shipped().ask([]) == []


def test_reasons_come_in_one_order_and_as_sentences() -> None:
    assert ordered({"expired", "no_recipient", "never heard of"}) == ("no_recipient", "expired", "engine_error")
    assert all(s.endswith(".") for s in sentences(tuple(REASONS)))
