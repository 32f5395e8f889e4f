"""The columns that commands print are those that docs/reference/tables.md tells of: the same names, types and nulls."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from among_partners import Nodes, make_nodes
from doc_pages import run_here
from doc_tables import Column, Table, tables
from small_partners import CAME_MS, days_of, give, record, records, sent, visits_of

import offing
from offing.regions import folder_of
from offing.store import received

ZONE, SENKAKU = "taiwan-contiguous-zone@tw", "senkaku-diaoyu-contiguous-zone@jp"
JCG = f"--zone {SENKAKU} --fleet cn-government --source jcg"

RECORD = f"visit:{ZONE}:352999001:20250303T010000Z"

SHIP = """t_utc,mmsi,lat,lon,sog_kn,name,imo
2025-03-02T01:00:00Z,352999001,23.50,122.10,11.5,EVENING STAR,9000001
2025-03-02T02:00:00Z,352999001,23.50,121.90,11.0,EVENING STAR,9000001
2025-03-02T10:00:00Z,352999001,23.51,122.12,,EVENING STAR,9000001
2025-03-03T01:00:00Z,352999001,23.50,121.90,10.9,EVENING STAR,9000001
2025-03-03T04:00:00Z,352999001,23.48,121.88,0.3,EVENING STAR,9000001
2025-03-05T02:00:00Z,352999001,23.50,121.90,10.9,EVENING STAR,9000001
2025-03-05T03:00:00Z,352999001,23.49,121.87,0.3,EVENING STAR,9000001
2025-03-05T04:00:00Z,352999001,97.00,121.87,0.3,EVENING STAR,9000001
2025-03-05T05:00:00Z,352999001,,121.87,0.3,EVENING STAR,9000001
"""
NOTICE = """office: tw-mnd
published: 2027-09-15
source: made up for a test

26 PLA aircraft, 9 PLAN vessels and 1 official ship operating around Taiwan were detected up until 6 a.m. (UTC+8) today. \
Perhaps more were about.
"""
JOINT_STAFF = """office: jp-joint-staff
published: 2027-09-15
source: made up for a test

中国海軍艦艇の動向について
令和9年9月14日（火）午前9時頃、海上自衛隊は、与那国島の南約70kmの海域において、同海域を北進する中国海軍ルーヤンⅢ級ミサイル駆逐艦（艦番号「155」）1隻を確認した。
その後、当該艦艇が与那国島と台湾との間の海域を北進し、東シナ海へ向けて航行したことを確認した。
"""
FLEET = """
[[fleets]]
id = "ours"
[fleets.names]
en = "Ours"
[[fleets.members]]
mmsi = 352999001
name = "EVENING STAR"
valid_from = 2025-01-01
valid_to = 2025-12-31
source = "a list"
"""
SETTING_UP = [
    "init",
    "fleets add fleet.toml",
    "ingest ship.csv wrong.csv",
    "run",
    "retract wrong.csv --reason wrong",
    "run",
    "bulletins add notice.txt joint.txt",
]
WRONG = "t_utc,mmsi,lat,lon\n2025-03-04T02:00:00Z,352999001,23.50,121.90\n2025-03-04T03:00:00Z,352999001,23.49,121.87\n"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a logbook that has something in every table."""
    folder = tmp_path_factory.mktemp("columns")
    tug = "".join(f"2025-03-{d:02}T{h:02}:30:00Z,416999001,23.98,121.62,0,,\n" for d in (3, 4) for h in range(24))
    north = "".join(f"2025-03-04T0{h}:00:00Z,416999002,24.{h}8,122.4,10,,\n" for h in range(3, 7))
    (folder / "ship.csv").write_text(SHIP + tug + north, encoding="utf-8")
    (folder / "notice.txt").write_text(NOTICE, encoding="utf-8")
    (folder / "joint.txt").write_text(JOINT_STAFF, encoding="utf-8")
    (folder / "wrong.csv").write_text(WRONG, encoding="utf-8")
    (folder / "fleet.toml").write_text(FLEET, encoding="utf-8")
    shutil.copytree(folder_of("east_asia"), folder / "torn")
    gates = (folder / "torn" / "gates.toml").read_text(encoding="utf-8")
    (folder / "torn" / "gates.toml").write_text(gates.replace("kind =", "sort =", 1), encoding="utf-8")
    for words in SETTING_UP:
        lines, status = run_here(f"offing {words}", folder)
        assert status == 0, lines
    among_partners(folder)
    return folder


def among_partners(folder: Path) -> None:
    """Make the logbook a node that holds something of every kind from partners."""
    ours = offing.open(folder / "logbook")
    theirs = offing.create(folder / "theirs")
    theirs.add_fleets(folder / "fleet.toml")
    (folder / "theirs.csv").write_text(SHIP.replace("2025-03-05", "2025-03-06"), encoding="utf-8")
    theirs.ingest(folder / "theirs.csv")
    theirs.run()
    seen = [record("sighting", "s", office="jp-joint-staff", start_day="2026-03-01", hulls=["155"], restated=False, **WORDS)]
    happened = [record("incident", "i", kind="other", start_utc=CAME_MS, precision="day", day_rule="UTC 00:00", **ABOUT)]
    streaks = records("streak", theirs.streaks(ZONE, "ours"))
    give(
        ours, visits_of(theirs, "jp"), visits_of(theirs, "tw", hub="jp", vouched_by="jp", agreement="jp-us", received_ms=None),
        days_of(theirs, "jp", ZONE, "ours", onward=1, expires_ms=CAME_MS * 2, round_deg=0.5), sent("jp", "streak", streaks),
        sent("jp", "sighting", seen), sent("jp", "incident", happened),
    )  # fmt: skip


WORDS = dict.fromkeys(
    ("ship_class", "country", "reference_place", "bearing", "gate_id", "direction", "text_sha256", "zone_id", "source",
     "sentence", "crossing"), "",
)  # fmt: skip
ABOUT: dict[str, Any] = {
    **dict.fromkeys(("place", "zone_id", "gate_id", "status", "confidence", "text"), ""),
    **{name: [] for name in ("actors", "reported_by", "hulls", "sources")},
}


@pytest.fixture(scope="module")
def nodes(book: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    """The same logbook as a real node, with partners that answer, that do not, and that are not who they say."""
    made = make_nodes(tmp_path_factory.mktemp("nodes"), book / "logbook", book / "theirs", ZONE)
    with made.serving():
        yield made


SAY_NO = {"regions check torn", "node pull", f"share explain {RECORD} --to kr"}
"""Commands of which the answer is no here: exit status 1."""


def json_of(words: str, folder: Path) -> list[dict[str, Any]]:
    """The rows that a command prints as JSON."""
    lines, status = run_here(f"offing {words}", folder)
    assert status == (1 if words.removesuffix(" --format json") in SAY_NO else 0), lines
    rows = json.loads(lines[-1])
    assert isinstance(rows, list)
    return rows


ASKED: dict[str, list[str]] = {
    "ingest": ["ingest ship.csv"],
    "status": ["status"],
    "sources": ["sources"],
    "rejects": ["rejects"],
    "run": ["run"],
    "visits": ["visits --withdrawn", f"visits --zone {ZONE}"],
    "now": [f"now --zone {ZONE} --at 2025-03-05T02:30:00Z"],
    "days": [f"days --zone {ZONE} --fleet ours", f"days --zone {ZONE} --fleet any"],
    "office-days": [f"days {JCG}"],
    "sensitivity": [f"days --zone {ZONE} --fleet ours --sensitivity"],
    "presence": [f"presence --zone {ZONE} --fleet ours --unit {u}" for u in ("ship_days", "calendar_days", "hours")],
    "streaks": [f"streaks --zone {ZONE} --fleet ours", f"streaks {JCG}"],
    "records": ["records", f"records --zone {ZONE} --fleet ours"],
    "passages": ["passages", "passages --gate yonaguni_taiwan"],
    "series": ["series"],
    "series-streaks": ["streaks --series tw-mnd:naval_ships", "streaks --series jcg-senkaku-contiguous-zone"],
    "series-records": ["records --series tw-mnd:naval_ships"],
    "trend": ["trend tw-mnd:aircraft", "trend jcg:ships:senkaku-diaoyu-contiguous-zone@jp --by year"],
    "change-points": ["trend tw-mnd:aircraft --change-points"],
    "since-when": ["trend tw-mnd:aircraft --since-when"],
    "bulletins": ["bulletins", "bulletins --office tw-mnd"],
    "bulletin-rejects": ["bulletins rejects"],
    "sightings": ["sightings"],
    "incidents": ["incidents"],
    "statements": ["statements"],
    "statement-diff": ["statements diff g7-leaders"],
    "statement-runs": ["statements runs"],
    "statement-first": ["statements first"],
    "check": [f'check "152 consecutive days" --zone {SENKAKU} --fleet cn-government --as-of 2021-07-14'],
    "reconcile": [f"reconcile --zone {SENKAKU} --fleet cn-government --since 2025-03-01 --until 2025-03-09"],
    "reconcile-totals": [f"reconcile --zone {SENKAKU} --fleet cn-government --since 2025-03-01 --until 2025-03-09 --totals"],
    "encirclement": ["encirclement --day 2025-03-04 --fleet flag-tw"],
    "distance": ["distance yonaguni taiwan", "distance 24.5N,122.9E gate:miyako"],
    "zones": ["zones", f"zones {ZONE}"],
    "gates": ["gates", "gates miyako"],
    "features": ["features", "features uotsuri"],
    "lines": ["lines"],
    "regions": ["regions"],
    "problems": ["regions check torn"],
    "fleets": ["fleets"],
    "members": ["fleets ours", "fleets cn-government"],
    "method": ["method", "method visit"],
    "why": [f"why streak:{ZONE}:ours:ais:2025-03-02", f"why streak:{SENKAKU}:cn-government:jcg:2023-12-22"],
    "share-rules": ["share rules", "share rule add --kind visit --to kr", "share rule add --file rules.toml"],
    "share-preview-visits": ["share preview --to jp --kind visit", "share preview --to ph --kind visit"],
    "share-preview-days": ["share preview --to jp --kind watch_day"],
    "share-preview-streaks": ["share preview --to jp --kind streak"],
    "share-preview-sightings": ["share preview --to jp --kind sighting"],
    "share-preview-incidents": ["share preview --to ph --kind incident"],
    "share-withheld": ["share preview --to jp --withheld", "share preview --to kr --withheld"],
    "share-explain": [f"share explain {RECORD} --to {partner}" for partner in ("jp", "kr")],
    "share-status": ["share status"],
    "node-status": ["node status"],
    "share-alarms": ["share alarms"],
    "node-pull": ["node pull", "node pull jp"],
    "keys": ["keys"],
    "partners": ["partners"],
    "partners-map": ["partners map", "partners map --example"],
    "partners-interop": ["partners interop", "partners interop --with-nodes --example"],
    "partners-systems": ["partners systems --example"],
    "agreements": ["agreements", "agreements --example", "agreements jp-us"],
    "sql-positions": ['sql "SELECT t.* FROM positions AS t"'],
    "sql-statics": ['sql "SELECT t.* FROM statics AS t"'],
    "sql-runs": ['sql "SELECT t.* FROM runs AS t"'],
    "sql-received": [f'sql "SELECT id, originator, {", ".join(received.CAME)} FROM received_{t}"' for t in ("visits", "days")],
}
TABLES = {t.id: t for t in tables()}

KINDS: dict[str, Callable[[Any], bool]] = {
    "text": lambda v: isinstance(v, str),
    "integer": lambda v: isinstance(v, int) and not isinstance(v, bool),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "true or false": lambda v: isinstance(v, bool),
    "object": lambda v: isinstance(v, dict),
    "time": lambda v: isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", v) is not None,
    "day": lambda v: isinstance(v, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", v) is not None,
    "list of texts": lambda v: isinstance(v, list) and all(isinstance(x, str) for x in v),
    "list of objects": lambda v: isinstance(v, list) and all(isinstance(x, dict) for x in v),
    "list of lists": lambda v: isinstance(v, list) and all(isinstance(x, list) for x in v),
    "list of integers": lambda v: isinstance(v, list) and all(isinstance(x, int) for x in v),
}


def columns_of(table: Table) -> dict[str, Column]:
    base = columns_of(TABLES[table.base]) if table.base else {}
    if table.only:
        base = {n: replace(base[n], null=base[n].null or "a rule masks it") for n in table.only}
    return base | {c.name: c for c in table.columns}


def test_every_table_is_asked_for() -> None:
    assert set(ASKED) == set(TABLES)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda t: t.id)
def test_columns(table: Table, request: pytest.FixtureRequest) -> None:
    told = columns_of(table)
    among = table.id.startswith(("share-", "node-", "partners", "keys", "agreements", "sources"))
    folder = request.getfixturevalue("nodes").folder if among else request.getfixturevalue("book")
    rows = [row for words in ASKED[table.id] for row in json_of(f"{words} --format json", folder)]
    assert rows, f"nothing to look at in {table.id}"
    for row in rows:
        assert set(row) == set(told), f"{table.id}: {set(row) ^ set(told)} stand on one side only"
        for name, value in row.items():
            column = told[name]
            if value is None:
                assert column.null or name in table.always_null, f"{table.id}.{name} is null, and the page says never"
            else:
                assert name not in table.always_null
                assert KINDS[column.kind](value), f"{table.id}.{name} is {value!r}, and the page says {column.kind}"


def test_a_preview_of_all_kinds_has_the_columns_of_each(nodes: Nodes) -> None:
    rows = json_of("share preview --to jp --format json", nodes.folder)
    kinds = {row["kind"]: {n for n, v in row.items() if v is not None} for row in rows}
    assert set(kinds) == {"visit", "watch_day", "streak", "sighting"}
    told = {t.command.split()[-1]: set(columns_of(t)) for t in TABLES.values() if t.only}
    assert all(names <= told[kind] for kind, names in kinds.items())
    assert set(rows[0]) == set().union(*(told[kind] for kind in kinds))


@pytest.mark.parametrize("words", ["visits --withdrawn", f"days --zone {ZONE} --fleet ours", "status", "zones", "method"])
def test_csv_has_the_same_columns(words: str, book: Path) -> None:
    (header, *_), status = run_here(f"offing {words} --format csv", book)
    assert status == 0
    assert header.split(",") == list(json_of(f"{words} --format json", book)[0])
