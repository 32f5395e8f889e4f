"""The parts of `reference/api.md`, from the tables and documents that the server answers with."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from offing.faces.http.answers import STATES, Table
from offing.faces.http.asking import Parameter
from offing.faces.http.documents import DOCUMENTS
from offing.faces.http.forms import TYPES
from offing.faces.http.openapi import PROBLEMS
from offing.faces.http.paging import DEFAULT_LIMIT, MOST_LIMIT
from offing.faces.http.service import AFTER, LIMIT, ONES, TABLES

Markdown = Callable[[tuple[str, ...], list[tuple[object, ...]]], str]

INTRODUCTION = """`offing serve` answers under `/api/v1/`: every table of the [command line](cli.md) under its own name,
with the same parameters, `_` for `-`, and the same rows and [columns](tables.md). It only reads. `/api/v1/openapi.json`
describes all of it as OpenAPI 3.1. How to serve: [Serve the page](../how-to/serve-the-page.md).

A parameter that may be repeated is repeated: `zone=A&zone=B` is any of both. An empty one is as good as none. One that is not
known is an error, so that nothing is left out in silence. Days are `2026-08-13`; times carry `Z` or an offset; where a *day or
time* is asked for, `until=DAY` holds all of that UTC day, and `until=TIME` ends with that instant."""

PAGING = f"""JSON comes in pages of `limit` rows (default {DEFAULT_LIMIT:,}, at most {MOST_LIMIT:,}):

```json
{{"rows": [], "next": null, "total": 0, "state": "none", "because": null, "notes": [], "data_version": "a66e2292e91258de"}}
```

`next` is given back as `after` for the page that follows; `null`: there is none. A cursor holds the key of the last row, so
rows that come or go meanwhile move no other. `total` counts the rows of all pages. `notes` are what the command line says on
standard error. CSV, Parquet and GeoJSON always hold all rows. In CSV a text that a spreadsheet would take for a formula (it
begins with `=`, `+`, `-`, `@`, a tab or a return) has a `'` before it. In GeoJSON the columns are `properties`, longitude comes
first (WGS84), and `state`, `notes` and `data_version` stand beside `features`."""

VALIDATORS = """Every answer has a strong `ETag`; with `If-None-Match` what has not changed is 304 and not sent again. It
hangs on `data_version` (a hash of the last run, everything in the ledger, the settings, the region pack and what partners
sent), on the question, on the reader's role, and, where an answer changes with the clock alone (an open visit closes, a
received row expires), on the time. `Cache-Control` is `no-cache`: ask again, and be told that nothing changed. Answers are
packed where `Accept-Encoding` has `gzip`. HEAD is GET without its body."""

ERRORS = """An error is `application/problem+json` (RFC 9457): `type` (`urn:offing:problem:NAME`), `title`, `status`,
`detail` (one sentence), `hint` (what to do next), `instance` (the path)."""

ROLES = """With `offing serve --token-file FILE` a reader shows a token, as `Authorization: Bearer TOKEN` or by opening the page
once with `?token=TOKEN`. A reader with a role gets the visits, watch days, streaks, sightings and incidents that release rules
(`offing share rule`) give to an id of that name, masked as they say, and the facts of the region pack. All else is *withheld*:
`state` is `withheld` in JSON, other forms are 403. Withheld is said of classes, never of rows. The role `owner` sees all."""

SHAPES = {
    "meta": "`version`, `data_version`, `pack` (`id`, `version`, `hash`, `label`, `names`), `node`, `role`, `clocks`, "
    "`data_window` (`since`, `until` of the tracked positions), `zones`, `fleets`, `offices`, `gates` (`id` and `names`, "
    "some with `kind`, `claimants`, `day_rule`), `last_run` (`id`, `at_utc`, `method`, `rule_version`, "
    "`parameters`, ...), `notes`.",
    "vessel": "The row of `vessels`, then `first_utc`, `last_utc`, `claims` (`field`, `value`, `first_utc`, `last_utc`, "
    "`messages_n`, `path`, `row`: one for each time a hull went over to another name, call sign, IMO number, type or size), "
    "`memberships` (fleets, with days and sources), `visits`, `passages`, `gaps` (silences longer than `visit.max_gap_h`).",
    "activity": "`by`, `since`, `until`, `day_rule`, `lanes`: each with `id`, `source`, `unit`, `zone_ids`, `fleet_id`, "
    "`is_least` (what receivers heard is a least value) and `points`, pairs of the period's start (UTC ms) and its value; "
    "null: nothing is known.",
    "coast": "One feature for each coast of the region pack.",
    "tracks": "As GeoJSON one LineString for each track (a Point where it has one position), with `mmsi`, `track`, `name`, "
    "`gap_before_s`, and for each position `t_ms`, `speed_kn`, `course_deg`, `heading_deg`. A track ends at a silence longer "
    "than `visit.max_gap_h`. Longitudes run on beyond 180 where a track crosses that meridian.",
    "why": "Rows: `n`, `level`, `kind`, `text`, `id`, `file`, `line`, `raw`. Beside them `citation`, and `permalink`, "
    "relative to the page.",
    "check": "Beside the rows `verdict`, `decided_by`, `said`.",
    "encirclement": "Beside the rows `summary`.",
    "zones": "`simplify_m` is for drawing: who is inside is always decided by the whole outline.",
    "reach": "Beside the rows `day`, `partners` (names by id), `example`.",
}
"""What is said of an answer that its columns do not say."""


def api_parts(markdown: Markdown) -> list[str]:
    """The page, part by part."""
    out = ["# The API over HTTP", INTRODUCTION]
    out += ["## Forms", markdown(("ending", "media type"), [(f"`.{e}`", f"`{t}`") for e, t in TYPES.items()])]
    out += ["## Pages, notes, states", PAGING, markdown(("state", "means"), [(f"`{k}`", v) for k, v in STATES.items()])]
    out += ["## What has not changed", VALIDATORS, "## Errors", ERRORS]
    out += [
        markdown(("status", "means"), [(code, said) for code, said in PROBLEMS.items() if code != "304"]),
        "## Roles",
        ROLES,
    ]
    out += ["## Tables", f"JSON also takes `{LIMIT.name}` and `{AFTER.name}`. *Open*: to readers with a role."]
    out += [part for t in sorted(TABLES.values(), key=lambda t: t.name) for part in _table(t, t.name, markdown)]
    out.append("## Of one thing")
    for name, what in sorted(ONES.items()):
        if isinstance(what, Table):
            out += _table(what, f"{name}/{{id}}", markdown)
        else:
            out += _said(f"{name}/{{id}}", what.title, (what.form,), what.open_to_roles, what.parameters, markdown)
    out.append("## Answers of their own shape")
    for d in DOCUMENTS:
        if not d.takes:
            out += _said(d.name, d.title, (d.form,), d.open_to_roles, d.parameters, markdown)
    return out


def _table(t: Table, name: str, markdown: Markdown) -> list[str]:
    return _said(name, t.title, t.forms, t.open_to_roles, t.parameters, markdown)


def _said(
    name: str, title: str, forms: Sequence[str], is_open: bool, parameters: Sequence[Parameter], markdown: Markdown
) -> list[str]:
    endings = ", ".join(f"`.{f}`" for f in forms)
    more = SHAPES.get(name.partition("/")[0], "")
    head = f"{title.rstrip('.?')}{'?' if title.endswith('?') else '.'} {endings}{'; open' if is_open else ''}. {more}".rstrip()
    rows: list[tuple[object, ...]] = [(_name(p), _kind(p), _default(p), p.about) for p in parameters]
    return [f"### {name}", head, *([markdown(("parameter", "type", "default", "meaning"), rows)] if rows else [])]


def _name(p: Parameter) -> str:
    return f"**`{p.name}`**" if p.required else f"`{p.name}`"


def _kind(p: Parameter) -> str:
    kind = ", ".join(f"`{c}`" for c in p.choices) or p.kind.replace("flag", "true or false")
    return f"{kind}, repeated" if p.many else kind


def _default(p: Parameter) -> str:
    return "" if p.default in (None, "", (), False) else f"`{p.default}`"
