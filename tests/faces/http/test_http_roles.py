"""A reader with a role gets what policy passes for it, and of all else only that it is withheld."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from http_web import Web
from small_worlds import BOX, SHIP

from offing.errors import BadPaper, MissingInput
from offing.faces.http.forms import rows_of
from offing.faces.http.problems import Refused
from offing.faces.http.readers import ANYBODY, OWNER, Readers, read_tokens
from offing.faces.http.service import ONES, TABLES, WHOLE
from offing.logbook import Logbook
from offing.model.wire import WIRE

PRESS, NOBODY, OWN = ({"authorization": f"Bearer {c * 20}"} for c in "pno")


def test_visits_of_a_role_are_those_that_policy_passes(with_roles: Web, book: Logbook) -> None:
    policy = rows_of(book.exchange.preview("press").frames["visit"])
    assert len(policy) > 1 and all(r["mmsi"] is None for r in policy)
    got = {r["event_id"]: r for r in with_roles.rows("visits.json", **PRESS)}
    assert set(got) == {r["id"] for r in policy}
    for row in policy:
        assert {c: got[row["id"]][c] for c in WIRE["visit"]} == {c: row[c] for c in WIRE["visit"]}
        assert got[row["id"]]["track"] is None and got[row["id"]]["originator"] == "here"
    whole = {r["event_id"] for r in with_roles.rows("visits.json", **OWN)}
    assert not whole & set(got)  # an id names the hull, and the hull is masked


def test_streaks_of_a_role_are_those_that_policy_passes(with_roles: Web, book: Logbook) -> None:
    # the zone is the user's own: its outline is no fact of the pack, so no role can ask for it by name
    policy = rows_of(book.exchange.preview("press").frames["streak"])
    assert policy
    assert (
        with_roles.problem(f"/api/v1/streaks.json?zone={BOX}&fleet=own", 422, **PRESS)["detail"] == f"There is no zone '{BOX}'."
    )


def test_a_role_that_no_rule_names_sees_nothing_of_the_logbook(with_roles: Web) -> None:
    got = with_roles.table("visits.json", **NOBODY)
    assert got["rows"] == [] and got["because"] == "None among what you may see." and got["state"] == "none"
    assert with_roles.rows("sightings.json", **NOBODY) == []


def test_windows_and_numbers_cut_what_a_role_sees(with_roles: Web) -> None:
    every = with_roles.rows("visits.json", **PRESS)
    assert with_roles.rows(f"visits.json?mmsi={SHIP}", **PRESS) == []  # masked: no row can be said to be its
    early = with_roles.rows("visits.json?until=2024-03-01T05:00:00Z", **PRESS)
    assert 0 < len(early) < len(every)


def test_facts_of_the_pack_are_open(with_roles: Web) -> None:
    for name in ("zones", "gates", "features", "lines", "fleets", "bulletins", "incidents", "statements", "series"):
        own, given = with_roles.rows(f"{name}.json", **OWN), with_roles.rows(f"{name}.json", **PRESS)
        key = TABLES[name].key[0]
        users = {"box@me", "far@me", "own"}
        assert [r for r in own if r[key] not in users] == given != [], name
    jcg = "zone=senkaku-diaoyu-contiguous-zone@jp&fleet=cn-government&source=jcg"
    for name in ("days", "streaks"):
        assert with_roles.rows(f"{name}.json?{jcg}", **PRESS) == with_roles.rows(f"{name}.json?{jcg}", **OWN) != []


def closed() -> list[str]:
    """A path to each table and document that is not open to roles, with what it needs to be asked."""
    needs = {
        "now": f"zone={BOX}", "positions": f"mmsi={SHIP}", "tracks": f"mmsi={SHIP}", "presence": f"zone={BOX}&fleet=own",
        "reconcile": f"zone={BOX}&fleet=own", "check": "claim=2 consecutive days&as_of=2024-03-02",
        "encirclement": "day=2024-03-02", "withheld": "to=press", "explain": "record=x&to=press",
    }  # fmt: skip
    return [f"{t.name}.json?{needs.get(t.name, '')}" for t in TABLES.values() if not t.open_to_roles]


@pytest.mark.parametrize("path", closed())
def test_closed_classes_are_said_to_be_withheld(with_roles: Web, path: str) -> None:
    got = with_roles.table(path, **PRESS)
    assert got["state"] == "withheld" and got["rows"] == [] and got["total"] == 0 and "press" in got["because"]
    csv = with_roles.problem("/api/v1/" + path.replace(".json", ".csv"), 403, **PRESS)
    assert csv["type"] == "urn:offing:problem:withheld"


def test_closed_documents(with_roles: Web) -> None:
    (visit,) = (r["event_id"] for r in with_roles.rows(f"visits.json?mmsi={SHIP}&zone={BOX}", **OWN))
    assert with_roles.table(f"why/{visit}.json", **PRESS)["state"] == "withheld"
    with_roles.problem(f"/api/v1/vessel/{SHIP}.json", 403, **PRESS)
    with_roles.problem("/api/v1/activity.json", 403, **PRESS)
    meta = with_roles.table("meta.json", **PRESS)
    assert meta["role"] == "press" and meta["last_run"] is None
    assert not {"box@me", "far@me"} & {z["id"] for z in meta["zones"]}


def test_what_is_open_is_a_list_that_somebody_looked_at() -> None:
    every = [*TABLES.values(), *ONES.values(), *WHOLE.values()]
    assert {w.name for w in every if w.open_to_roles} == {
        "visits", "days", "streaks", "records", "series", "trends", "zones", "gates", "features", "lines", "fleets",
        "bulletins", "sightings", "incidents", "statements", "statements_diff", "statements_runs", "statements_first", "method",
        "meta", "coast",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "records.json?zone=box@me&fleet=own",
        "records.json",
        "streaks.json?series=ais:taiwan-200nm@tw:any",
        "series/ais:taiwan-200nm@tw:any.json",
    ],
)
def test_no_way_round_to_own_figures(with_roles: Web, path: str) -> None:
    assert with_roles.ask(f"/api/v1/{path}", **PRESS).status_code in (404, 422)


def test_answers_of_roles_are_not_mixed_up(with_roles: Web) -> None:
    owner, press = (with_roles.ask("/api/v1/visits.json", **who) for who in (OWN, PRESS))
    assert owner.headers["etag"] != press.headers["etag"]
    assert with_roles.ask("/api/v1/visits.json", **PRESS, if_none_match=owner.headers["etag"]).status_code == 200
    assert "authorization" in press.headers["vary"] and "cookie" in press.headers["vary"]


# -- tokens


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer x"}, {"authorization": "Basic cDpw"}, {"cookie": "offing_token=x"}]
)
def test_without_a_token_that_is_known_there_is_nothing(with_roles: Web, headers: dict[str, str]) -> None:
    got = with_roles.ask("/api/v1/meta.json", **headers)
    assert got.status_code == 401 and got.headers["www-authenticate"] == 'Bearer realm="offing"'
    assert with_roles.ask("/api/v1/nothing.json", **headers).status_code == 401  # not even what there is


def test_a_token_in_a_link_becomes_a_cookie(with_roles: Web) -> None:
    got = with_roles.ask(f"/day?zone={BOX}&token={'p' * 20}&lang=ja")
    assert got.status_code == 303 and got.headers["location"] == "/day?zone=box%40me&lang=ja"
    kept = got.headers["set-cookie"]
    assert "HttpOnly" in kept and "SameSite=Strict" in kept
    assert with_roles.table("meta.json", cookie=kept.partition(";")[0])["role"] == "press"
    assert with_roles.ask("/day?token=wrong").status_code == 401
    away = with_roles.ask(f"//evil.example/?token={'p' * 20}")
    assert away.status_code != 303 or not away.headers["location"].startswith("//")


def test_readers_of_a_file(tmp_path: Path) -> None:
    from hashlib import sha256

    path = tmp_path / "readers.toml"
    digest = sha256(b"k" * 30).hexdigest()
    owner, tw = f'role = "owner"\ntoken_sha256 = "{digest}"', f'role = "tw"\ntoken = "{"t" * 20}"'
    path.write_text(f'without_token = "press"\n[[readers]]\n{owner}\n[[readers]]\n{tw}\n')
    readers = read_tokens(path)
    assert (readers.role_of("k" * 30), readers.role_of("t" * 20), readers.role_of(None)) == (None, "tw", "press")
    with pytest.raises(Refused):
        readers.role_of("")


ENTRY = '[[readers]]\nrole = "a"\n'
LONG = 'token = "01234567890123456789"\n'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "[[readers]]",
        ENTRY,
        f'{ENTRY}token = "short"',
        f'[[readers]]\nrole = "Not Plain"\n{LONG}',
        f'{ENTRY}token_sha256 = "abc"',
        f"{ENTRY}{LONG}more = 1",
        f"x = 1\n{ENTRY}{LONG}",
        f"{ENTRY}{LONG}{ENTRY}{LONG}",
    ],
)
def test_files_of_readers_that_are_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "readers.toml"
    path.write_text(text)
    with pytest.raises(BadPaper) as told:
        read_tokens(path)
    assert "0123456789" not in str(told.value)  # a token is never printed
    with pytest.raises(MissingInput):
        read_tokens(tmp_path / "none.toml")


def test_without_tokens_all_are_the_owner() -> None:
    assert ANYBODY.role_of(None) is None and ANYBODY.without_token == OWNER
    with pytest.raises(Refused):
        ANYBODY.role_of("a token where none is known")
    assert Readers({}, "press").role_of(None) == "press"


def test_a_pack_zone_released_as_figures(tmp_path: Path) -> None:
    """Days and streaks of a zone of the pack: exactly what policy passes."""
    from hashlib import sha256

    from http_web import AGREED, command
    from small_worlds import write_rows

    from offing.faces.http.app import Server

    zone, fleet = "taiwan-contiguous-zone@tw", "flag-cn"
    rows = [f"{SHIP},2024-03-0{d}T{h:02d}:00:00,23.5,121.9{d},1,90,90,X,,,70,0,,,,,A\n" for d in range(1, 5) for h in range(24)]
    write_rows(tmp_path / "a.csv", rows)
    (tmp_path / "press.toml").write_text(AGREED)
    book = tmp_path / "logbook"
    command(book, "init")
    command(book, "ingest", tmp_path / "a.csv")
    command(book, "run")
    command(book, "node", "init", "--id", "here")
    command(book, "agreements", "add", tmp_path / "press.toml")
    said = ("--to", "press", "--purpose", "maritime_safety", "--zone", zone, "--fleet", fleet)
    command(book, "share", "rule", "add", "--kind", "watch_day", "--mask", "mmsis", *said)
    command(book, "share", "rule", "add", "--kind", "streak", *said)
    server = Server(book, Readers({sha256(b"p" * 20).hexdigest(): "press"}, ""))
    try:
        web, policy = Web(server), Logbook.open(book).exchange.preview("press").frames

        def same(name: str, kind: str, own_id: str) -> list[dict[str, Any]]:
            got = web.rows(f"{name}.json?zone={zone}&fleet={fleet}", **PRESS)
            wanted = rows_of(policy[kind])
            assert [{"id": r[own_id], **{c: r[c] for c in WIRE[kind]}} for r in got] == [
                {k: v for k, v in r.items() if k != "rule"}
                for r in sorted(wanted, key=lambda r: r.get("day") or r["start_day"])
            ]
            return got

        days = same("days", "watch_day", "figure_id")
        assert len(days) >= 4 and all(d["mmsis"] is None for d in days) and any(d["state"] == "observed" for d in days)
        assert same("streaks", "streak", "figure_id")
        one = web.rows(f"days.json?zone={zone}&fleet={fleet}&since=2024-03-02&until=2024-03-02", **PRESS)
        assert [d["day"] for d in one] == ["2024-03-02"]
        assert web.rows(f"days.json?zone=taiwan-territorial-sea@tw&fleet={fleet}", **PRESS) == []
    finally:
        server.close()
