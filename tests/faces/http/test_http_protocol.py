"""What is true of every answer: validators, methods, headers, errors, forms that are accepted, hostile names."""

from __future__ import annotations

import csv
import io
import json

import polars as pl
import pytest
from http_web import HOSTILE, Web
from small_worlds import BOX, SHIP

from offing.faces.http.answers import Answer
from offing.faces.http.app import require_accepted
from offing.faces.http.forms import csv as as_csv
from offing.faces.http.guard import host_name
from offing.faces.http.problems import Refused

PATHS = ("meta.json", "visits.json", "visits.csv", "visits.parquet", "zones.geojson", "openapi.json", "coast.geojson")


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_that_the_reader_has_is_not_sent_again(web: Web, path: str) -> None:
    first = web.ask(f"/api/v1/{path}")
    tag = first.headers["etag"]
    assert tag.startswith('"') and first.headers["cache-control"] == "no-cache"
    for said in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        again = web.ask(f"/api/v1/{path}", if_none_match=said)
        assert (
            again.status_code == 304
            and again.content == b""
            and again.headers["etag"].replace("-gz", "") == tag.replace("-gz", "")
        )
    assert web.ask(f"/api/v1/{path}", if_none_match='"other"').status_code == 200


def test_tags_tell_questions_apart(web: Web) -> None:
    paths = [
        "visits.json",
        "visits.csv",
        f"visits.json?zone={BOX}",
        "visits.json?limit=1",
        "passages.json",
        f"visits.json?mmsi={SHIP}",
    ]
    tags = [web.ask(f"/api/v1/{p}").headers["etag"] for p in paths]
    assert len(set(tags)) == len(tags)
    one, other = (
        web.ask(f"/api/v1/visits.json?{q}").headers["etag"] for q in (f"zone={BOX}&mmsi={SHIP}", f"mmsi={SHIP}&zone={BOX}")
    )
    assert one == other


def test_a_packed_answer_is_the_same_answer(web: Web) -> None:
    plain = web.ask("/api/v1/zones.json", accept_encoding="identity")
    packed = web.ask("/api/v1/zones.json", accept_encoding="br;q=1, gzip;q=0.8")
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.content == plain.content  # httpx unpacks
    assert packed.headers["etag"] != plain.headers["etag"]  # other bytes, so another strong tag
    assert web.ask("/api/v1/zones.json", if_none_match=packed.headers["etag"]).status_code == 304
    assert "content-encoding" not in web.ask("/api/v1/zones.json", accept_encoding="gzip;q=0").headers
    assert "accept-encoding" in packed.headers["vary"]


@pytest.mark.parametrize("path", ["/api/v1/visits.json", "/api/v1/zones.geojson", "/", "/api/v1/nothing.json"])
def test_head_has_the_headers_of_get(web: Web, path: str) -> None:
    got, head = web.ask(path, accept_encoding="identity"), web.ask(path, "HEAD", accept_encoding="identity")
    assert head.content == b"" and head.status_code == got.status_code
    assert {k: v for k, v in head.headers.items() if k != "date"} == {k: v for k, v in got.headers.items() if k != "date"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "QUERY"])
def test_only_reading(web: Web, method: str) -> None:
    for path in ("/api/v1/visits.json", "/"):
        got = web.ask(path, method)
        assert got.status_code == 405 and got.headers["allow"] == "GET, HEAD"
        assert got.json()["type"] == "urn:offing:problem:read-only"


@pytest.mark.parametrize("path", ["/", "/api/v1/meta.json", "/api/v1/nothing.json", "/nothing.js", "/api/v1/visits.json?x=1"])
def test_headers_that_bind_a_browser(web: Web, path: str) -> None:
    headers = web.ask(path).headers
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy == {
        "default-src": "'self'",
        "worker-src": "'self' blob:",
        "img-src": "'self' data: blob:",
        "style-src": "'self'",
        "script-src": "'self'",
        "connect-src": "'self'",
        "frame-ancestors": "'none'",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "access-control-allow-origin" not in headers and "server" not in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "192.168.1.5", "localhost.evil:8460", "", "[::2]", "a@localhost"]
)
def test_other_hosts_are_refused(web: Web, host: str) -> None:
    for path in ("/api/v1/meta.json", "/"):
        got = web.ask(path, host=host)
        assert got.status_code == 421 and got.json()["type"] == "urn:offing:problem:other-host"


@pytest.mark.parametrize("host", ["localhost", "localhost:9", "LOCALHOST.:9", "127.0.0.1:8460", "[::1]:8460", "watch.example"])
def test_own_hosts_are_answered(web: Web, host: str) -> None:
    assert Web(web.server, ("watch.example",)).ask("/api/v1/meta.json", host=host).status_code == 200


def test_numeric_hosts_where_every_address_is_listened_on(web: Web) -> None:
    open_web = Web(web.server)
    open_web.app = web.server.guarded(addresses=True)
    assert open_web.ask("/api/v1/meta.json", host="10.0.0.7:8460").status_code == 200
    assert open_web.ask("/api/v1/meta.json", host="evil.example").status_code == 421


def test_names_of_hosts() -> None:
    assert [host_name(h) for h in ("A.B:80", "[::1]:80", "[::1]", "x.", " y ")] == ["a.b", "::1", "::1", "x", "y"]


# -- errors


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("nothing.json", 404, "There is no 'nothing.json' here."),
        ("visits", 404, "There is no 'visits' here."),
        ("", 404, "There is no '' here."),
        ("why/.json", 404, "There is no 'why/.json' here."),
        ("why/visit:box@me:1:20240101T000000Z.json", 404, "There is no visit"),
        ("why/nonsense.json", 404, "There is no event or figure 'nonsense'."),
        ("series/nonsense.json", 404, "There is no series 'nonsense'."),
        ("vessel/999.json", 404, "Nothing is known of a vessel '999'."),
        ("vessel/nine.json", 404, "Nothing is known of a vessel 'nine'."),
        ("visits.xml", 406, "visits is not to be had as 'xml'."),
        ("days.geojson", 406, "days is not to be had as 'geojson'."),
        ("visits.json?zon=x", 400, "There is no parameter 'zon' here."),
        ("visits.json?mmsi=x", 400, "mmsi: 'x' is not a whole number."),
        ("visits.json?mmsi=0", 400, "mmsi: 0 is outside 1 to 1e+09."),
        ("visits.json?mmsi=1&mmsi=2", 400, "The parameter mmsi is given 2 times."),
        ("visits.json?since=2024-13-01", 400, "since: '2024-13-01' is not a day of the calendar."),
        ("visits.json?since=2024-03-01T00:00:00", 400, "since: The time 2024-03-01T00:00:00 names no time zone."),
        ("visits.json?since=2024-03-02&until=2024-03-01", 400, "The window ends before it begins."),
        ("visits.json?known_at=yesterday", 400, "known_at: 'yesterday' is not a time."),
        ("visits.json?withdrawn=perhaps", 400, "withdrawn: 'perhaps' is neither true nor false."),
        ("visits.json?zone=%00", 400, "The parameter zone holds a null character."),
        ("visits.json?zone=%FF", 400, "The query is not one of names and texts."),
        ("days.json", 400, "The parameter zone is missing."),
        ("presence.json?zone=box@me&fleet=own&by=week", 400, "by='week' is none of day, month, year."),
        ("tracks.geojson", 400, "Tracks are of hulls."),
        ("visits.json?zone=nope", 422, "There is no zone 'nope'."),
        ("visits.json?fleet=nope", 422, "There is no fleet 'nope'."),
        ("passages.json?gate=nope", 422, "There is no gate 'nope'."),
        ("streaks.json", 422, "Streaks are of zones and a fleet, or of a series."),
        ("days.json?zone=box@me&fleet=own&day_rule=Mars/Olympus", 422, "There is no time zone 'Mars/Olympus'."),
        ("check.json?claim=many&as_of=2024-01-01&zone=box@me&fleet=own", 422, ""),
    ],
)
def test_errors_are_sentences(web: Web, path: str, status: int, said: str) -> None:
    problem = web.problem(f"/api/v1/{path}", status)
    assert problem["detail"].startswith(said)
    assert "--" not in problem["hint"]  # options of the command line are parameters here


def test_an_error_that_should_not_be_is_told_to_the_log_alone(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    from offing.faces.http.service import Service

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret path /home/x")

    told: list[str] = []
    monkeypatch.setattr(Service, "body", broken)
    monkeypatch.setattr(web.server, "_say", told.append)
    problem = web.problem("/api/v1/visits.json?mmsi=77", 500)
    assert "secret" not in str(problem) and "ZeroDivisionError" in told[0]


@pytest.mark.parametrize(
    "accept", ["", "*/*", "application/*", "text/html, application/json;q=0.1", "application/geo+json, */*;q=0.1"]
)
def test_accepted(web: Web, accept: str) -> None:
    assert web.ask("/api/v1/meta.json", accept=accept).status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/json;q=0", "image/*"])
def test_not_accepted(web: Web, accept: str) -> None:
    assert web.problem("/api/v1/meta.json", 406, accept=accept)["type"] == "urn:offing:problem:not-accepted"
    with pytest.raises(Refused):
        require_accepted(accept, "application/json")


# -- hostile names


def test_names_reach_json_unchanged(web: Web) -> None:
    names = {r["name"] for r in web.rows("vessels.json")}
    assert set(HOSTILE) <= names
    raw = web.ask("/api/v1/vessels.json")
    assert raw.headers["content-type"] == "application/json"
    assert {r["name"] for r in json.loads(raw.content)["rows"]} >= set(HOSTILE)


def test_formulas_are_text_in_csv(web: Web) -> None:
    rows = list(csv.DictReader(io.StringIO(web.ask("/api/v1/vessels.csv").text)))
    cells = {cell for row in rows for cell in row.values()}
    assert not [c for c in cells if c.startswith(("=", "+", "@", "\t", "\r")) or (c.startswith("-") and not c[1:].isdigit())]
    assert {f"'{n}" for n in HOSTILE if n[0] in "=+-@"} <= cells
    assert "<SCRIPT>ALERT(1)</SCRIPT>" in cells


def test_every_beginning_of_a_formula_is_text_in_csv() -> None:
    texts = ["=1", "+1", "-1", "@x", "\tx", "\rx", "x=1", "", None]
    frame = pl.DataFrame({"n": [-1.5] * len(texts), "text": texts, "list": [[t] for t in texts]})
    rows = list(csv.DictReader(io.StringIO(as_csv(Answer(frame)).decode(), newline="")))
    assert [r["text"] for r in rows] == [*(f"'{t}" for t in texts[:6]), "x=1", "", ""]
    assert {r["n"] for r in rows} == {"-1.5"} and all(r["list"].startswith("[") for r in rows)


def test_hostile_words_come_back_as_words(web: Web) -> None:
    word = "%3Cscript%3Ealert(1)%3C/script%3E"
    got = web.ask(f"/api/v1/why/{word}.json")
    assert got.status_code == 404 and got.headers["content-type"] == "application/problem+json"
    page = web.ask(f"/{word}")
    assert page.status_code == 404 and "<script>" not in page.text


def test_many_at_once_are_worked_out_once(web: Web) -> None:
    before = web.server._flight.made_n
    got = web.ask_all(["/api/v1/visits.json?since=2024-02-28"] * 20, accept_encoding="identity")
    assert {g.status_code for g in got} == {200} and len({g.content for g in got}) == 1
    assert web.server._flight.made_n == before + 1
