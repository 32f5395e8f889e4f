"""Every table holds the rows that the command line prints, in each form."""

from __future__ import annotations

import io
import json
from typing import Any

import polars as pl
import pytest
from http_web import Web
from small_worlds import BOX, SHIP

from offing.faces.http.service import TABLES
from offing.logbook import Logbook

FIGURE = f"zone={BOX}&fleet=own"
CLI = ("--zone", BOX, "--fleet", "own")
DAY = "2024-03-02"
SENKAKU = "senkaku-diaoyu-contiguous-zone@jp"
JCG = f"zone={SENKAKU}&fleet=cn-government&source=jcg"
CLI_JCG = ("--zone", SENKAKU, "--fleet", "cn-government", "--source", "jcg")

SAME: list[tuple[str, tuple[object, ...]]] = [
    ("visits.json", ("visits",)),
    (f"visits.json?{FIGURE}&since=2024-03-02&until=2024-03-02", ("visits", *CLI, "--since", DAY, "--until", DAY)),
    (f"visits.json?mmsi={SHIP}&withdrawn=true", ("visits", "--mmsi", SHIP, "--withdrawn")),
    ("visits.json?known_at=2020-01-01T00:00:00Z", ("visits", "--known-at", "2020-01-01T00:00:00Z")),
    ("passages.json", ("passages",)),
    (f"now.json?zone={BOX}&at=2024-03-02T00:00:00Z", ("now", "--zone", BOX, "--at", "2024-03-02T00:00:00Z")),
    (f"days.json?{FIGURE}", ("days", *CLI)),
    (f"days.json?{FIGURE}&day_rule=Asia/Taipei 06:00", ("days", *CLI, "--day-rule", "Asia/Taipei 06:00")),
    (f"days.json?{FIGURE}&sensitivity=true", ("days", *CLI, "--sensitivity")),
    (f"days.json?{JCG}", ("days", *CLI_JCG)),
    (f"presence.json?{FIGURE}&by=day&unit=hours", ("presence", *CLI, "--by", "day", "--unit", "hours")),
    (f"streaks.json?{FIGURE}", ("streaks", *CLI)),
    (f"streaks.json?{JCG}&as_of=2024-01-01", ("streaks", *CLI_JCG, "--as-of", "2024-01-01")),
    ("streaks.json?series=tw-mnd:aircraft", ("streaks", "--series", "tw-mnd:aircraft")),
    ("records.json", ("records",)),
    (f"records.json?{FIGURE}", ("records", *CLI)),
    ("records.json?series=tw-mnd:aircraft", ("records", "--series", "tw-mnd:aircraft")),
    ("zones.json", ("zones",)),
    ("zones.json?kind=adiz&claimant=tw", ("zones", "--kind", "adiz", "--claimant", "tw")),
    (f"zones.json?zone={BOX}", ("zones", BOX)),
    ("zones.json?include_unconfirmed=1", ("zones", "--include-unconfirmed")),
    ("gates.json", ("gates",)),
    ("features.json?kind=island", ("features", "--kind", "island")),
    ("lines.json", ("lines",)),
    ("fleets.json", ("fleets",)),
    ("fleets.json?fleet=own", ("fleets", "own")),
    ("bulletins.json?office=tw-mnd&metric=balloons", ("bulletins", "--office", "tw-mnd", "--metric", "balloons")),
    ("bulletins_rejects.json", ("bulletins", "rejects")),
    ("sightings.json", ("sightings",)),
    ("incidents.json", ("incidents",)),
    ("statements.json?party=jp", ("statements", "--party", "jp")),
    ("statements_diff.json?forum=jp-us-leaders", ("statements", "diff", "jp-us-leaders")),
    ("statements_runs.json", ("statements", "runs")),
    ("statements_first.json", ("statements", "first")),
    ("series.json", ("series",)),
    ("trends.json?series=tw-mnd:aircraft&by=year", ("trend", "tw-mnd:aircraft", "--by", "year")),
    ("trends.json?series=tw-mnd:aircraft&since_when=1", ("trend", "tw-mnd:aircraft", "--since-when")),
    (f"reconcile.json?zone={SENKAKU}&fleet=cn-government", ("reconcile", "--zone", SENKAKU, "--fleet", "cn-government")),
    ("encirclement.json?day=2024-05-23", ("encirclement", "--day", "2024-05-23")),
    ("status.json", ("status",)),
    ("rejects.json", ("rejects",)),
    ("sources.json", ("sources",)),
    ("method.json?kind=visit", ("method", "visit")),
    ("partners.json", ("partners",)),
    ("agreements.json", ("agreements",)),
    ("agreements.json?example=1", ("agreements", "--example")),
    ("reach.json?example=1&kind=visit", ("partners", "map", "--example", "--kind", "visit")),
    ("interop.json?example=1", ("partners", "interop", "--example")),
    ("rules.json", ("share", "rules")),
    ("sharing.json", ("share", "status")),
    ("withheld.json?to=press", ("share", "preview", "--to", "press", "--withheld")),
]  # fmt: skip


def canonical(rows: list[dict[str, Any]]) -> list[str]:
    """Rows that can be compared whatever their order."""
    return sorted(json.dumps(r, sort_keys=True, ensure_ascii=False) for r in rows)


@pytest.mark.parametrize(("path", "words"), SAME, ids=[p for p, _ in SAME])
def test_same_rows_as_the_command_line(web: Web, ask: Any, path: str, words: tuple[object, ...]) -> None:
    said = ask(*words, "--format", "json")
    assert said.status == 0, said
    got = web.rows(path)
    assert canonical(got) == canonical(said.rows)
    assert (web.table(path)["state"] == "none") == (got == [])


def test_every_table_of_the_command_line_is_compared() -> None:
    asked = {path.partition(".")[0] for path, _ in SAME}
    own = {"check", "tracks", "positions", "vessels", "coverage", "explain"}  # the others have no such table, or more than rows
    assert asked | own == set(TABLES)


def test_check_and_explain(web: Web, ask: Any) -> None:
    claim, day = "152 consecutive days", "2021-07-31"
    got = web.table(f"check.json?claim={claim}&as_of={day}&zone={SENKAKU}&fleet=cn-government")
    said = ask("check", claim, "--zone", SENKAKU, "--fleet", "cn-government", "--as-of", day, "--format", "json")
    assert canonical(got["rows"]) == canonical(said.rows)
    assert got["verdict"] == "does not hold" and got["decided_by"] == "jcg"
    (visit,) = [r["event_id"] for r in web.rows(f"visits.json?zone={BOX}&mmsi={SHIP}")]
    path = web.table(f"explain.json?record={visit}&to=press")
    assert path["released"] is True
    assert canonical(path["rows"]) == canonical(ask("share", "explain", visit, "--to", "press", "--format", "json").rows)


def test_why_is_the_chain_with_a_citation(web: Web, ask: Any) -> None:
    (streak,) = [r["figure_id"] for r in web.rows(f"streaks.json?{FIGURE}")]
    got = web.table(f"why/{streak}.json")
    links = [{k: v for k, v in row.items() if k != "n"} for row in got["rows"]]
    assert links == ask("why", streak, "--format", "json").rows
    assert [row["n"] for row in got["rows"]] == list(range(len(links)))
    assert streak in got["citation"] and got["data_version"] in got["citation"] and got["pack"] in got["citation"]
    assert got["data_version"] in got["permalink"] and not got["permalink"].startswith("/")
    assert any(row["raw"] for row in got["rows"])


def test_series_of_one(web: Web, book: Logbook) -> None:
    got = web.table("series/tw-mnd:aircraft.json?since=2024-05-20&until=2024-05-24")
    frame = book.series("tw-mnd:aircraft").days
    held = {str(d): v for d, v in frame.select("day", "value").iter_rows()}
    assert len(got["rows"]) == 5 and got["unit"] == "sorties" and got["office"] == "tw-mnd"
    assert all(held[r["day"]] == r["value"] for r in got["rows"])


@pytest.mark.parametrize("path", ["visits", "status", "agreements", f"days?{FIGURE}", "fleets"])
def test_forms_hold_the_same_rows(web: Web, path: str) -> None:
    name, _, query = path.partition("?")
    rows = web.rows(f"{name}.json?{query}")
    parquet = pl.read_parquet(io.BytesIO(web.ask(f"/api/v1/{name}.parquet?{query}").content))
    text = web.ask(f"/api/v1/{name}.csv?{query}")
    csv = pl.read_csv(io.BytesIO(text.content), infer_schema=False)
    assert parquet.height == csv.height == len(rows) > 0
    assert set(parquet.columns) == set(csv.columns) == set(rows[0])
    assert text.headers["content-type"].startswith("text/csv") and "attachment" in text.headers["content-disposition"]
    for column in csv.columns:
        plain = [r[column] for r in rows]
        if all(isinstance(v, str) and v and v[0] not in "=+-@" for v in plain):
            assert csv[column].to_list() == plain


def test_geojson_has_a_feature_for_each_row(web: Web) -> None:
    for name in ("zones", "gates", "features", "lines", "visits", "passages", "incidents", "coverage"):
        features = web.table(f"{name}.geojson")["features"]
        assert len(features) == len(web.rows(f"{name}.json")), name
        assert all(f["type"] == "Feature" and "geometry" in f for f in features)


def test_zones_are_outlines_of_the_export(web: Web, book: Logbook) -> None:
    exported = {f["properties"]["id"]: f["geometry"] for f in json.loads(book.export_zones())["features"]}
    served = {f["id"]: f["geometry"] for f in web.table("zones.geojson")["features"]}
    assert served == exported
    coarse = {f["id"]: f for f in web.table("zones.geojson?simplify_m=500")["features"]}
    assert len(json.dumps(list(coarse.values()))) < len(json.dumps(list(served.values()))) / 3
    assert all(f["properties"]["simplified_m"] == 500 for f in coarse.values())


def test_simplified_outlines_stay_near(web: Web) -> None:
    import shapely

    whole = {f["id"]: shapely.geometry.shape(f["geometry"]) for f in web.table("zones.geojson?claimant=tw")["features"]}
    thin = {
        f["id"]: shapely.geometry.shape(f["geometry"])
        for f in web.table("zones.geojson?claimant=tw&simplify_m=300")["features"]
    }
    for name, shape in whole.items():
        assert shapely.hausdorff_distance(shape, thin[name]) < 300 / 111_195 * 1.2, name


@pytest.mark.parametrize(
    ("query", "n"),
    [
        ("since=2024-03-01T11:59:00Z&until=2024-03-01T12:01:00Z", 1),  # SHIP comes in at 12:00
        ("since=2024-03-01T05:00:00Z&until=2024-03-01T11:59:00Z", 0),
        ("since=2024-03-02T12:00:01Z&until=2024-03-02T13:00:00Z", 0),  # it is out again
        ("since=2024-03-02T11:00:00%2B00:00&until=2024-03-02T11:30:00Z", 1),
    ],
)
def test_instants_cut_visits_to_those_that_meet_the_window(web: Web, query: str, n: int) -> None:
    assert len(web.rows(f"visits.json?zone={BOX}&mmsi={SHIP}&{query}")) == n


def test_what_nobody_listened_to_is_not_none(web: Web) -> None:
    far = web.table("visits.json?since=2031-01-01")
    assert far["state"] == "not_covered" and "run from 2024-03-01" in far["because"]
    assert web.table("visits.json?zone=far@me")["state"] == "none"
    assert web.table(f"tracks.geojson?mmsi={SHIP}&since=2031-01-01")["state"] == "not_covered"
