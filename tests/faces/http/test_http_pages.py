"""Pages by keyset: all rows once, also while rows come."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from http_web import Web
from hypothesis import given, settings
from hypothesis import strategies as st
from small_worlds import BOX, OTHER, SHIP, World, eastward, light, lying

from offing.faces.http.answers import Answer, Table
from offing.faces.http.app import Server
from offing.faces.http.paging import ordered, page

TABLE = Table("things", lambda source, asked: Answer(), ("a", "b"))
VALUES = st.tuples(st.none() | st.integers(0, 4), st.none() | st.sampled_from(["", "x", "é", "日"]))


def walk(answer: Answer, limit: int) -> list[Any]:
    answer, out, after = ordered(answer, TABLE.key), [], ""
    for _ in range(answer.rows_n + 2):
        part, following = page(answer, TABLE, limit, after)
        out += part.frame.rows() if part.frame is not None else [tuple(r.values()) for r in part.records]
        if following is None:
            return out
        assert part.rows_n == limit
        after = following
    raise AssertionError("it never ends")


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, max_size=30), st.integers(1, 7))
def test_all_rows_once_in_order(rows: list[Any], limit: int) -> None:
    rows = [(a, b, n) for n, (a, b) in enumerate(rows)]
    frame = pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String, "n": pl.Int64}, orient="row")
    found = walk(Answer(frame), limit)
    assert sorted(found, key=lambda r: r[2]) == rows
    assert found == walk(Answer(records=frame.to_dicts()), limit) == ordered(Answer(frame), TABLE.key).frame.rows()  # type: ignore[union-attr]


@settings(max_examples=200, deadline=None)
@given(st.lists(VALUES, min_size=1, max_size=20, unique=True), st.lists(VALUES, max_size=20, unique=True), st.integers(1, 5))
def test_rows_that_come_meanwhile_move_no_other(first: list[Any], later: list[Any], limit: int) -> None:
    def answer(rows: list[Any]) -> Answer:
        return ordered(Answer(pl.DataFrame(rows, schema={"a": pl.Int64, "b": pl.String}, orient="row")), TABLE.key)

    before, after_ = answer(first), answer(list(dict.fromkeys([*first, *later])))
    part, following = page(before, TABLE, limit, "")
    out = part.frame.rows()  # type: ignore[union-attr]
    while following:
        part, following = page(after_, TABLE, limit, following)
        out += part.frame.rows()  # type: ignore[union-attr]
    assert len(out) == len(set(out))
    if len(first) > limit:
        assert set(first) <= set(out)


def test_pages_of_a_server_while_the_logbook_grows(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.read("a.csv", [*lying(SHIP, range(30, 36), 10.5), *light(range(48))])
    for n in range(6):
        world.read(f"b{n}.csv", lying(OTHER + 10 + n, range(n, n + 4), 10.2))
    world.book.run()
    server = Server(tmp_path / "logbook")
    try:
        web = Web(server)
        all_before = [r["event_id"] for r in web.rows(f"visits.json?zone={BOX}")]
        assert len(all_before) == 7
        first = web.table(f"visits.json?zone={BOX}&limit=3")
        world.read("c.csv", eastward(OTHER, range(10, 40)))
        world.read("d.csv", lying(OTHER + 50, range(1, 5), 10.3))
        world.book.run()
        ids = [r["event_id"] for r in first["rows"]]
        after, version = first["next"], first["data_version"]
        while after:
            more = web.table(f"visits.json?zone={BOX}&limit=3&after={after}")
            ids += [r["event_id"] for r in more["rows"]]
            after = more["next"]
        assert more["data_version"] != version
        assert len(ids) == len(set(ids)) and set(all_before) <= set(ids)
    finally:
        server.close()


@pytest.mark.parametrize("word", ["x", "////", "W10", "bnVsbA", "eyJhIjoxfQ", "WyJ2aXNpdHMiLFtdLDBd", "é"])
def test_a_cursor_that_is_none_is_refused(web: Web, word: str) -> None:
    assert "cursor" in web.problem(f"/api/v1/visits.json?after={word}", 400)["detail"]


def test_a_cursor_belongs_to_its_table(web: Web) -> None:
    cursor = web.table("features.json?limit=2")["next"]
    assert "cursor" in web.problem(f"/api/v1/zones.json?after={cursor}", 400)["detail"]


def test_limits(web: Web) -> None:
    assert len(web.table("bulletins.json")["rows"]) == 1_000 < web.table("bulletins.json")["total"]
    assert len(web.table("features.json?limit=7")["rows"]) == 7
    for limit in ("0", "10001", "-1", "many", "1e3"):
        web.problem(f"/api/v1/visits.json?limit={limit}", 400)


def test_keys_tell_rows_apart(web: Web) -> None:
    """Of the real tables no two rows share a key: cursors need not count."""
    from offing.faces.http.service import TABLES

    for name, query in (
        ("visits", ""),
        ("bulletins", ""),
        ("features", ""),
        ("statements", ""),
        ("records", ""),
        ("positions", f"?mmsi={SHIP}"),
    ):
        rows = web.rows(f"{name}.json{query}")
        keys = [tuple(r.get(c) for c in TABLES[name].key) for r in rows]
        assert len(keys) == len(set(keys)) > 0, name
