"""The description of the API as OpenAPI 3.1, made from the same tables that answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from offing.faces.http.answers import STATES, Table
from offing.faces.http.asking import DAY, DAY_OR_TIME, FLAG, INTEGER, NUMBER, TIME, Parameter
from offing.faces.http.documents import Document
from offing.faces.http.forms import TYPES
from offing.faces.http.problems import MEDIA_TYPE

_KINDS: dict[str, dict[str, Any]] = {
    DAY: {"type": "string", "format": "date"},
    TIME: {"type": "string", "format": "date-time"},
    DAY_OR_TIME: {"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
    FLAG: {"type": "boolean"},
    INTEGER: {"type": "integer"},
    NUMBER: {"type": "number"},
}
PROBLEMS = {
    "304": "The answer is the one that the reader has (`If-None-Match`).",
    "400": "A parameter is unknown, missing or cannot be read.",
    "401": "A token is needed, or this one is not known.",
    "403": "The class is withheld from this reader.",
    "404": "What the path names is not there.",
    "405": "Only GET and HEAD are answered.",
    "406": "Not to be had in this form.",
    "421": "The name in `Host` is not one of this server.",
    "422": "It can be read, but names something that is not there, or does not fit together.",
    "503": "The logbook cannot be read.",
}


def document(
    version: str, tables: Sequence[Table], documents: Sequence[Document], paging: Sequence[Parameter]
) -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {}
    for table in tables:
        for form in table.forms:
            own = (*table.parameters, *paging) if form == "json" else table.parameters
            paths[_path(table.name, table.takes, form)] = _item(table.name, table.title, table.takes, own, form, _schema(form))
    for d in documents:
        schema = _schema(d.form) if d.form == "geojson" else {"type": "object"}
        paths[_path(d.name, d.takes, d.form)] = _item(d.name, d.title, d.takes, d.parameters, d.form, schema)
    about = "Tables and figures of a logbook, as the command line prints them. Reads only."
    return {
        "openapi": "3.1.0",
        "info": {"title": "offing", "version": version, "description": about, "license": {"name": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": {"Problem": _PROBLEM, "Page": _PAGE, "Features": _FEATURES}},
    }


def _path(name: str, takes: str, form: str) -> str:
    return f"/api/v1/{name}/{{id}}.{form}" if takes else f"/api/v1/{name}.{form}"


def _item(
    name: str, title: str, takes: str, parameters: Sequence[Parameter], form: str, schema: dict[str, Any]
) -> dict[str, Any]:
    told: list[dict[str, Any]] = [_parameter(p) for p in parameters]
    if takes:
        own = {"type": "string", "minLength": 1, "maxLength": 1000, "pattern": r"^[^\x00-\x1f/?#%.][^\x00-\x1f/?#%]*$"}
        told.insert(0, {"name": "id", "in": "path", "required": True, "description": takes, "schema": own})
    ok = {"description": title, "content": {TYPES[form].partition(";")[0]: {"schema": schema}}}
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    others = {code: {"description": said, **({"content": problem} if code != "304" else {})} for code, said in PROBLEMS.items()}
    own_id = f"{name}_{'one_' if takes else ''}{form}"
    return {"get": {"operationId": own_id, "summary": title, "parameters": told, "responses": {"200": ok, **others}}}


def _parameter(p: Parameter) -> dict[str, Any]:
    one = dict(_KINDS.get(p.kind, {"type": "string", "maxLength": 1000}))
    if p.choices:
        one["enum"] = list(p.choices)
    one |= {k: v for k, v in (("minimum", p.low), ("maximum", p.high)) if v is not None}
    if p.default not in (None, ()) and not p.many:
        one["default"] = p.default
    if p.example:
        one["examples"] = [int(p.example) if p.kind == INTEGER else p.example]
    schema = {"type": "array", "items": one} if p.many else one
    told = {"name": p.name, "in": "query", "description": p.about, "required": p.required, "schema": schema}
    return {**told, "style": "form", "explode": True} if p.many else told


def _schema(form: str) -> dict[str, Any]:
    if form in ("csv", "parquet"):
        return {"type": "string", **({"format": "binary"} if form == "parquet" else {})}
    return {"$ref": f"#/components/schemas/{'Page' if form == 'json' else 'Features'}"}


_TEXT_OR_NULL = {"type": ["string", "null"]}
_PAGE = {
    "type": "object",
    "required": ["rows", "next", "total", "state", "notes", "data_version"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}, "description": "Columns: docs/reference/tables.md."},
        "next": {**_TEXT_OR_NULL, "description": "Give it as `after` for the next page; null: this is the last."},
        "total": {"type": ["integer", "null"], "description": "Rows of all pages."},
        "state": {"enum": list(STATES), "description": "; ".join(f"{k}: {v}" for k, v in STATES.items())},
        "because": _TEXT_OR_NULL,
        "notes": {"type": "array", "items": {"type": "string"}},
        "data_version": {"type": "string"},
    },
}
_FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["type", "properties", "geometry"],
                "properties": {
                    "type": {"const": "Feature"},
                    "properties": {"type": "object"},
                    "geometry": {"type": ["object", "null"]},
                },
            },
        },
        "data_version": {"type": "string"},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "hint", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "hint": {"type": "string"},
        "instance": {"type": "string"},
    },
}
