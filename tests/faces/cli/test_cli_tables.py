"""Every command that prints a table, in every form; the columns that are promised; empty results."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from in_process import Cli
from small_worlds import BOX, SHIP

JP = "senkaku-diaoyu-contiguous-zone@jp"
SERIES = ("--zone", BOX, "--fleet", "own")
COMMANDS: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "rejects": ("rejects",),
    "rejects of a file": ("rejects", "--file", "own.csv"),
    "sql": (
        "sql",
        "SELECT mmsi, count(*) AS n, max(t_utc) AS t, list_sort(list(DISTINCT row)) AS r FROM positions GROUP BY 1 ORDER BY 1",
    ),
    "method": ("method",),
    "method of a kind": ("method", "visit"),
    "zones": ("zones",),
    "a zone": ("zones", BOX),
    "gates": ("gates",),
    "a gate": ("gates", "miyako"),
    "features": ("features",),
    "a feature": ("features", "uotsuri"),
    "lines": ("lines",),
    "regions": ("regions",),
    "fleets": ("fleets",),
    "a fleet": ("fleets", "own"),
    "visits": ("visits", "--zone", BOX, "--fleet", "own", "--since", "2024-03-01", "--until", "2024-03-02"),
    "now": ("now", "--zone", BOX, "--at", "2024-03-02T08:00:00Z"),
    "days": ("days", *SERIES),
    "days of an office": ("days", "--zone", JP, "--fleet", "cn-government", "--source", "jcg"),
    "sensitivity": ("days", *SERIES, "--sensitivity"),
    "presence": ("presence", *SERIES, "--by", "day", "--unit", "hours"),
    "streaks": ("streaks", *SERIES),
    "streaks of an office": ("streaks", "--zone", JP, "--fleet", "cn-government", "--source", "jcg", "--as-of", "2024-07-23"),
    "records": ("records",),
    "records from AIS": ("records", *SERIES, "--source", "ais"),
    "why": ("why", f"streak:{BOX}:own:ais:2024-03-01"),
}
KEYS = {
    "status": "path sha256 format rows positions statics fragments ignored duplicates rejects",
    "visits": "event_id kind version status mmsi track zone_id entry_t_utc entry_how exit_t_utc exit_how entry_lon_deg "
    "entry_lat_deg exit_lon_deg exit_lat_deg duration_s positions_n",
    "days": "figure_id day window_start_utc window_end_utc state hulls_n mmsis listening_hours positions_n",
    "days of an office": "figure_id day window_start_utc window_end_utc state hulls_n mmsis listening_hours positions_n",
    "streaks": "figure_id zone_ids fleet_id source day_rule start_day end_day days_observed days_unobservable "
    "is_running is_record ended_by",
    "streaks of an office": "figure_id zone_ids fleet_id source day_rule start_day end_day days_observed days_unobservable "
    "is_running is_record ended_by",
    "method": "parameter value unit low high source",
    "zones": "zone_id kind claimants names legal_basis source confidence valid_from valid_to day_rule area_km2 hash",
    "a zone": "zone_id kind claimants names legal_basis source confidence valid_from valid_to day_rule area_km2 hash",
    "gates": "gate_id names sides length_nm source confidence",
    "features": "feature_id kind names lon_deg lat_deg source confidence",
}


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_every_table_in_every_form(ask: Cli, words: tuple[str, ...]) -> None:
    forms = {form: ask(*words, "--format", form) for form in ("table", "json", "csv", "parquet")}
    assert {said.status for said in forms.values()} == {0}
    assert {said.err for said in forms.values()} == {""}, "a quiet stream beside a table"
    rows = forms["json"].rows
    assert rows and forms["json"].text.count("\n") == 1
    assert forms["table"].text.strip()
    from_csv = list(csv.DictReader(io.StringIO(forms["csv"].text)))
    from_parquet = pl.read_parquet(io.BytesIO(forms["parquet"].out))
    assert len(rows) == len(from_csv) == from_parquet.height
    assert list(rows[0]) == list(from_csv[0]) == from_parquet.columns
    for one, other in zip(rows, from_csv, strict=True):
        assert not any(same(one[k], other[k]) for k in one), (one, other)


def same(value: Any, text: str) -> str:
    """What is wrong with a CSV cell beside the JSON value; empty if nothing is."""
    if value is None:
        return "" if text == "" else f"{text!r} for null"
    if isinstance(value, bool):
        return "" if text == str(value).lower() else f"{text!r} for {value}"
    if isinstance(value, (int, float)):
        return "" if float(text) == value else f"{text!r} for {value}"
    if isinstance(value, (dict, list)):
        return "" if json.loads(text) == value else f"{text!r} for {value}"
    return "" if text == value else f"{text!r} for {value!r}"


@pytest.mark.parametrize("name", KEYS)
def test_the_promised_columns(ask: Cli, name: str) -> None:
    rows = ask(*COMMANDS[name], "--format", "json").rows
    for row in rows:
        assert set(KEYS[name].split()) <= set(row)


def test_times_are_iso_with_z_and_days_are_days(ask: Cli) -> None:
    (visit, _) = ask(*COMMANDS["visits"], "--format", "json").rows
    assert (visit["entry_t_utc"], visit["exit_t_utc"]) == ("2024-03-01T12:00:00Z", "2024-03-02T12:00:00Z")
    for name in ("visits", "days", "streaks", "records", "sql", "now", "status"):
        for row in ask(*COMMANDS[name], "--format", "json").rows:
            for key, value in row.items():
                if key.endswith("_utc") and value is not None:
                    assert value.endswith("Z") and datetime.fromisoformat(value)
                if key == "day" or (key.endswith("_day") and value is not None):
                    assert len(value) == 10 and datetime.fromisoformat(value)


def test_lists_are_arrays_and_objects_are_objects(ask: Cli) -> None:
    second = ask("days", *SERIES, "--format", "json").rows[1]
    assert (second["mmsis"], second["state"], second["zone_ids"]) == ([412000001, 412000002], "observed", [BOX])
    files = {Path(f["path"]).name: f for f in ask("status", "--format", "json").rows}
    assert files["own.csv"]["rejects"] == {"position_out_of_range": 2} and files["own.csv"]["ignored"] == {}
    assert files["own.csv"]["rows"] == 54 and files["light.csv"]["positions"] == 96


EMPTY: dict[str, tuple[str, ...]] = {
    "status": ("status",),
    "rejects": ("rejects",),
    "visits": ("visits",),
    "now": ("now", "--zone", JP),
    "days": ("days", "--zone", JP, "--fleet", "any"),
    "presence": ("presence", "--zone", JP, "--fleet", "any"),
    "streaks": ("streaks", "--zone", JP, "--fleet", "any"),
    "records": ("records", "--zone", JP, "--fleet", "any"),
    "a fleet": ("fleets", "any"),
    "sql": ("sql", "SELECT * FROM visits"),
}


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_is_an_empty_array(cli: Cli, tmp_path: Path, name: str) -> None:
    assert cli("init").status == 0
    said = cli(*EMPTY[name], "--format", "json")
    assert (said.status, said.text.strip()) == (0, "[]")
    for form in ("table", "csv", "parquet"):
        other = cli(*EMPTY[name], "--format", form)
        assert other.status == 0 and "Traceback" not in other.err
        if form == "csv" and name not in ("status", "a fleet"):
            assert "," in other.text, "a table without rows still has its columns"
        if form == "parquet":
            assert pl.read_parquet(io.BytesIO(other.out)).height == 0


def test_the_table_for_the_eye_is_short_and_can_be_copied(ask: Cli) -> None:
    said = ask(*COMMANDS["visits"])
    head, first, *_ = said.text.splitlines()[1:] if said.text.startswith("visits") else said.text.splitlines()
    assert head.split()[:2] == ["mmsi", "zone_id"] and first.split()[:2] == [str(SHIP), BOX]
    assert f"visit:{BOX}:{SHIP}:20240301T120000Z" in said.text


def test_why_prints_the_raw_lines(ask: Cli, patrolled: Path) -> None:
    said = ask("why", f"visit:{BOX}:{SHIP}:20240301T120000Z")
    lines = (patrolled.parent / "own.csv").read_text().splitlines()
    assert lines[12] in said.text and lines[13] in said.text and lines[36] in said.text and lines[37] in said.text
    assert f"{patrolled.parent / 'own.csv'} line 13: " in said.text
    links = ask("why", f"visit:{BOX}:{SHIP}:20240301T120000Z", "--format", "json").rows
    assert [link["raw"] for link in links if link["kind"] == "raw"] == [lines[n] for n in (12, 13, 36, 37)]
    assert set(links[0]) == {"level", "kind", "text", "id", "file", "line", "raw"}


def test_several_zones_mean_any_of_them(ask: Cli) -> None:
    one = ask("streaks", *SERIES, "--format", "json").rows
    both = ask("streaks", "--zone", "taiwan-territorial-sea@tw", *SERIES, "--format", "json").rows
    assert both[0]["zone_ids"] == [BOX, "taiwan-territorial-sea@tw"]
    assert both[0]["days_observed"] == one[0]["days_observed"] == 2


def test_the_published_streaks_of_japan(ask: Cli) -> None:
    rows = ask("streaks", "--zone", JP, "--fleet", "cn-government", "--source", "jcg", "--format", "json").rows
    assert [r["days_observed"] for r in rows] == [64, 111, 157, 215, 335, 82]
    assert rows[0]["start_day"] is None and rows[0]["end_day"] is None
    assert [r["is_running"] for r in rows] == [False] * 5 + [True]
