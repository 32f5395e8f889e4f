"""Partners and agreements as a user sees them: what is known, what is agreed, who can reach whom, and what blocks the rest."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pytest
from in_process import Cli, Said

from offing.policy.agreements_file import read_agreements, text_hash

FOUR = "visit, watch_day, streak, incident"
KINDS = 'kinds = ["visit", "watch_day", "streak", "incident"]'
CLOCK = "2026-09-01T00:00:00Z"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFING_CLOCK", CLOCK)


def agreement(a: str, b: str, onward: int, more: str = "") -> Path:
    path = Path(f"{a}-{b}.toml")
    days = 'from = "2020-01-01"\nto = "2030-01-01"'
    path.write_text(
        f'id = "{a}-{b}"\nparties = ["{a}", "{b}"]\n{KINDS}\npurposes = ["maritime_safety"]\n{days}\nonward = {onward}\n{more}'
    )
    return path


def fine(said: Said) -> Said:
    assert said.status == 0, said
    return said


def words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text))


@pytest.fixture
def triangle(cli: Cli) -> Cli:
    """jp and tw know us alone."""
    for name in ("jp", "us", "tw"):
        fine(cli("--logbook", name, "init"))
        fine(cli("--logbook", name, "node", "init", "--id", name))
        fine(cli("--logbook", name, "node", "card", f"{name}.card"))
    for name, others in (("jp", ["us"]), ("us", ["jp", "tw"]), ("tw", ["us"])):
        fine(cli("--logbook", name, "partners", "add", *(f"{o}.card" for o in others)))
    return cli


def agree(cli: Cli, onward: int) -> None:
    for name, pairs in (("jp", [("jp", "us")]), ("us", [("jp", "us"), ("us", "tw")]), ("tw", [("us", "tw")])):
        for a, b in pairs:
            fine(cli("--logbook", name, "agreements", "add", agreement(a, b, onward)))


def test_the_map_of_the_one_in_the_middle(triangle: Cli) -> None:
    agree(triangle, 1)
    text = fine(triangle("--logbook", "us", "partners", "map")).text
    assert {"jp", "us", "tw"} <= words(text)
    assert f"jp <> tw: {FOUR} through us (agreements jp-us, us-tw; the label needs onward of 1)" in text
    assert "an agreement of jp and tw" in text, "what stands between them"
    rows = fine(triangle("--logbook", "us", "partners", "map", "--kind", "visit", "--format", "json")).rows
    by_pair = {(r["from"], r["to"]): r for r in rows}
    assert len(rows) == 6 and by_pair["jp", "tw"]["state"] == "through" and by_pair["jp", "tw"]["through"] == ["us"]
    assert by_pair["jp", "us"]["state"] == "direct" and by_pair["tw", "jp"]["label_onward"] == 1


def test_an_outer_partner_is_told_of_nobody_else(triangle: Cli) -> None:
    agree(triangle, 1)
    for form in ("table", "json", "csv"):
        for command in (("map",), ("interop",), ("show",)):
            said = fine(triangle("--logbook", "jp", "partners", *command, "--format", form))
            assert "us" in words(said.text) and "tw" not in words(said.text + said.err)
    fine(triangle("--logbook", "jp", "partners", "map", "jp.html"))
    assert "tw" not in words(Path("jp.html").read_text().split("<body>")[1])


def test_without_consent_to_onward_release(triangle: Cli) -> None:
    agree(triangle, 0)
    text = fine(triangle("--logbook", "us", "partners", "map")).text
    assert f"jp > tw: {FOUR} blocked: needs onward of 1 in jp-us, or an agreement of jp and tw" in text
    assert f"tw > jp: {FOUR} blocked: needs onward of 1 in us-tw, or an agreement of jp and tw" in text
    (row,) = [
        r
        for r in fine(triangle("--logbook", "us", "partners", "map", "--format", "json")).rows
        if (r["from"], r["to"], r["kind"]) == ("jp", "tw", "visit")
    ]
    assert row["state"] == "blocked" and row["missing"] == ["agreement", "onward"]
    assert row["opened_by"] == ["onward of 1 in jp-us", "an agreement of jp and tw"]


def test_an_end_stops_at_once_and_is_told(triangle: Cli) -> None:
    agree(triangle, 1)
    fine(triangle("--logbook", "us", "agreements", "end", "us-tw"))
    (row,) = [r for r in fine(triangle("--logbook", "us", "agreements", "--format", "json")).rows if r["id"] == "us-tw"]
    assert row["to"] == "2026-08-31" and row["in_force"] is False
    text = fine(triangle("--logbook", "us", "partners", "map")).text
    assert "needs us-tw in force (it ended on 2026-08-31)" in text
    assert "through us" in fine(triangle("--logbook", "us", "partners", "map", "--day", "2026-08-31")).text
    fine(triangle("--logbook", "us", "agreements", "end", "jp-us", "--day", "2026-09-01"))
    assert "direct" in fine(triangle("--logbook", "us", "partners", "map")).text, "its last day is not over"
    gone = triangle("--logbook", "us", "agreements", "end", "us-xx")
    assert gone.status == 2 and "There is no agreement 'us-xx'" in gone.err


def test_what_an_introduced_partner_agreed_is_not_known(triangle: Cli) -> None:
    agree(triangle, 1)
    rule = ("--kind", "incident", "--to", "us", "--to", "tw", "--purpose", "maritime_safety", "--onward", "1")
    Path("incident.toml").write_text(
        '[[incidents]]\nid = "mine"\nkind = "collision"\nstart = 2026-08-01T00:00:00Z\nsources = ["a log, 2026"]\n'
    )
    fine(triangle("--logbook", "jp", "incidents", "add", "incident.toml"))
    fine(triangle("--logbook", "jp", "share", "rule", "add", *rule))
    for src, dst in (("jp", "us"), ("us", "tw")):
        fine(triangle("--logbook", src, "share", "export", "--to", dst, f"to-{dst}"))
        fine(triangle("--logbook", dst, "share", "import", f"to-{dst}"))
    (partner, _) = fine(triangle("--logbook", "tw", "partners", "--format", "json")).rows
    assert (partner["partner"], partner["vouched_by"]) == ("jp", "us")
    text = fine(triangle("--logbook", "tw", "partners", "map")).text
    assert f"jp <> tw: {FOUR} not known here: it depends on what jp and us agreed" in text
    assert "jp <> tw: sighting blocked: needs an agreement of jp and tw" in text
    fine(triangle("--logbook", "tw", "partners", "map", "tw.svg"))
    assert ">?<" in Path("tw.svg").read_text()
    assert "tw" not in words(fine(triangle("--logbook", "jp", "partners", "map")).text)


def test_agreements_as_rows(triangle: Cli) -> None:
    path = agreement("jp", "us", 1, 'instrument = "A treaty"\nsources = ["An office, A treaty, 1960"]\n')
    fine(triangle("--logbook", "us", "agreements", "add", path))
    (row,) = fine(triangle("--logbook", "us", "agreements", "--format", "json")).rows
    (read,) = read_agreements(path)
    assert row["parties"] == ["jp", "us"] and row["kinds"] == ["visit", "watch_day", "streak", "incident"]
    assert row["instrument"] == "A treaty" and row["sources"] == ["An office, A treaty, 1960"]
    assert row["sha256"] == text_hash(read) and row["signed_by"] == ["us"]
    one = fine(triangle("--logbook", "us", "agreements", "jp-us")).text
    assert "A treaty" in one and "in_force       yes" in one
    assert triangle("--logbook", "us", "agreements", "jp-au").status == 2


def test_all_or_none_of_the_agreements_of_some_files(triangle: Cli) -> None:
    good, other = agreement("jp", "us", 1), agreement("jp", "tw", 1)
    bad = Path("bad.toml")
    bad.write_text(good.read_text().replace("kinds", "knids"))
    for wrong, said in ((other, "us is no party of jp-tw"), (bad, "bad.toml (line 3): `knids` is no key"), (good, "both hold")):
        again = Path("again.toml")
        again.write_text(good.read_text())
        answer = triangle("--logbook", "us", "agreements", "add", again, wrong)
        assert answer.status == 2 and said in answer.err and "Traceback" not in answer.err
        assert fine(triangle("--logbook", "us", "agreements", "--format", "json")).rows == []
    missing = triangle("--logbook", "us", "agreements", "add", "none.toml")
    assert missing.status == 2 and "none.toml is not there" in missing.err


def test_a_party_without_a_card_is_named(cli: Cli) -> None:
    fine(cli("init"))
    fine(cli("node", "init", "--id", "us"))
    assert "no partner is known" in fine(cli("partners", "map")).text
    said = fine(cli("agreements", "add", agreement("jp", "us", 1)))
    assert "there is no card of jp yet" in said.err
    assert "jp" not in words(fine(cli("partners", "map")).text), "only partners that this node knows"


def test_partners_as_rows(triangle: Cli) -> None:
    rows = fine(triangle("--logbook", "us", "partners", "--format", "json")).rows
    assert [r["partner"] for r in rows] == ["jp", "tw"]
    assert all(r["vouched_by"] is None and r["alarms"] == 0 and r["added_utc"] == CLOCK for r in rows)
    own = fine(triangle("--logbook", "jp", "keys", "--format", "json")).text
    assert rows[0]["key_id"] in own


def test_a_logbook_that_is_no_node_says_what_to_do(cli: Cli) -> None:
    fine(cli("init"))
    for command in (("partners",), ("partners", "map"), ("partners", "interop"), ("agreements",)):
        said = cli(*command)
        assert said.status == 2 and "offing node init" in said.err and "Traceback" not in said.err


def test_the_worked_example_needs_no_logbook(cli: Cli) -> None:
    text = fine(cli("partners", "map", "--example")).text
    assert text.startswith("A worked example: its terms are made up")
    assert "jp <> tw: visit, watch_day, streak, incident through us" in text and "needs onward of 1 in ph-us" in text
    rows = fine(cli("partners", "interop", "--example", "--format", "json")).rows
    assert len(rows) == 6 * 5 * 5
    (row,) = [r for r in rows if (r["from"], r["to"], r["kind"]) == ("jp", "tw", "sighting")]
    assert row["flows"] is False and row["common"] == ["link-16 over tactical-radio"]
    assert row["missing"] == ["agreement", "kind"] and "an agreement of jp and tw" in row["opened_by"]
    table = fine(cli("partners", "interop", "--example", "--kind", "sighting")).text
    assert re.search(r"jp <> tw +sighting +no +unused: link-16 over tactical-radio +agreement, kind", table)
    systems = fine(cli("partners", "systems", "--example", "--format", "json")).rows
    assert {s["partner"] for s in systems} == {"jp", "us", "tw", "au", "ph", "eu"} and all(s["sources"] for s in systems)
    agreed = fine(cli("agreements", "--example", "--format", "json")).rows
    assert len(agreed) == 5 and all(a["instrument"] and a["signed_by"] == [] for a in agreed)


def test_systems_of_ones_own(triangle: Cli) -> None:
    agree(triangle, 1)
    Path("s.toml").write_text(
        '[[format]]\nid = "csv"\nnames = {}\ncarries = ["sighting"]\nlinks = ["mail"]\n'
        + "".join(
            f'[[system]]\nid = "{p}-desk"\npartner = "{p}"\noperator = "x"\nnames = {{}}\nformats = ["csv"]\nlinks = ["mail"]\n'
            'sources = ["own"]\nconfidence = "confirmed"\n'
            for p in ("jp", "us")
        )
        + '[[source]]\nid = "own"\ntitle = "t"\npublisher = "p"\ndate = "2026"\n'
    )
    rows = fine(triangle("--logbook", "us", "partners", "interop", "--systems", "s.toml", "--format", "json")).rows
    found = {(r["from"], r["to"], r["kind"]): r for r in rows}
    assert found["jp", "tw", "visit"]["flows"] and found["jp", "tw", "visit"]["path"] == "jp > us > tw"
    sighting = found["jp", "us", "sighting"]
    assert not sighting["flows"] and sighting["missing"] == ["kind"] and "csv over mail" in sighting["common"]
    none = triangle("partners", "systems")
    assert none.status == 2 and "--systems FILE" in none.err


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert all(k not in ("src", "href") or not v or not v.startswith("http") for k, v in attrs), "an offline page"

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def test_drawings(cli: Cli) -> None:
    for ending in ("svg", "html", "png"):
        said = fine(cli("partners", "map", "--example", f"map.{ending}")).text
        assert f"Drew map.{ending}: 6 partners, 5 agreements" in said
    svg = ElementTree.parse("map.svg").getroot()
    texts = {"".join(e.itertext()) for e in svg.iter("{http://www.w3.org/2000/svg}text")}
    assert {"jp", "tw", "us", "au", "ph", "eu", "Japan", "Taiwan", "jp-us", "5 of 5 kinds", "2 of 5 kinds"} <= texts
    assert any("made up" in t for t in texts)
    drawn = [
        e.get("stroke-dasharray") for e in svg.iter("{http://www.w3.org/2000/svg}path") if e.get("class", "").startswith("ink")
    ]
    assert drawn.count("7 5") == 9 + 1, "a dashed line for each pair reached through others alone, and the legend's"
    page = _Text()
    page.feed(Path("map.html").read_text())
    assert page.tags.count("tr") == 1 + 150 and "script" not in page.tags and page.tags.count("svg") == 1
    assert Path("map.png").read_bytes().startswith(b"\x89PNG")
    first = Path("map.svg").read_bytes()
    fine(cli("partners", "map", "--example", "map.svg"))
    assert Path("map.svg").read_bytes() == first


def test_hostile_names_stay_text(cli: Cli) -> None:
    fine(cli("init"))
    fine(cli("node", "init", "--id", "us", "--name", '<script>alert(1)</script>&"'))
    for ending in ("svg", "html"):
        fine(cli("partners", "map", f"map.{ending}"))
        assert "<script" not in Path(f"map.{ending}").read_text()
    ElementTree.parse("map.svg")


@pytest.mark.parametrize(
    ("words_", "said"),
    [
        (("partners", "map", "--example", "map.pdf"), "ends in none of .html, .svg, .png"),
        (("partners", "map", "--example", "--kind", "vist"), "Did you mean visit?"),
        (("partners", "map", "--example", "--day", "yesterday"), "yesterday"),
        (("partners", "map", "--example", "--region", "nowhere"), "There is no region 'nowhere'"),
        (("partners", "map", "--region", "east_asia"), "Add --example"),
        (("partners", "map", "--example", "no/such/folder.svg"), "cannot be written"),
        (("agreements", "--example", "xx"), "There is no agreement 'xx'"),
    ],
)
def test_what_cannot_be_is_told(cli: Cli, words_: tuple[str, ...], said: str) -> None:
    answer = cli(*words_)
    assert answer.status == 2 and said in answer.err and "Traceback" not in answer.err
