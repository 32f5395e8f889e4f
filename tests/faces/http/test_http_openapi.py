"""The description of the API is valid, whole, and true of what comes back, whatever is asked."""

from __future__ import annotations

import re
from typing import Any

import pytest
import schemathesis
from http_web import Web
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from offing import __version__
from offing.faces.http.service import ONES, TABLES, WHOLE, described

SCHEMA = schemathesis.openapi.from_dict(described(__version__))
MOST = 6  # questions to each path


def test_the_description_is_served_and_names_every_path(web: Web) -> None:
    got = web.ask("/api/v1/openapi.json").json()
    assert got == described(__version__) and got["openapi"] == "3.1.0"
    named = {p.removeprefix("/api/v1/") for p in got["paths"]}
    tables = {f"{t.name}.{form}" for t in TABLES.values() for form in t.forms}
    ones = {f"{w.name}/{{id}}.{form}" for w in ONES.values() for form in getattr(w, "forms", ("json",))}
    assert named == tables | ones | {f"{d.name}.{d.form}" for d in WHOLE.values()}
    ids = [op["operationId"] for item in got["paths"].values() for op in item.values()]
    assert len(ids) == len(set(ids))


def test_the_description_is_valid_openapi() -> None:
    SCHEMA.validate()


def test_every_parameter_says_what_it_is() -> None:
    for path, item in described(__version__)["paths"].items():
        for p in item["get"]["parameters"]:
            assert p["description"] and re.fullmatch(r"[a-z_]+", p["name"]), (path, p)


OPERATIONS = {op.ok().label: op.ok() for op in SCHEMA.get_all_operations()}


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_nothing_that_is_asked_is_an_error_of_the_server(web: Web, label: str) -> None:
    operation = OPERATIONS[label]
    checks = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]

    @settings(
        max_examples=MOST, deadline=None, derandomize=True, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @schemathesis_given(operation)
    def ask(case: Any) -> None:
        kwargs = case.as_transport_kwargs(base_url="http://127.0.0.1:8460")
        query = kwargs.get("params") or {}
        got = web.ask_with(kwargs["url"], query)
        case.validate_response(got, checks=checks)

    ask()


def schemathesis_given(operation: Any) -> Any:
    from hypothesis import given

    return given(case=operation.as_strategy())
