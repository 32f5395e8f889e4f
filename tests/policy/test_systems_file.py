"""Systems from TOML, and the worked example: every claim with its source, no claim of what a system can do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from offing.errors import BadPaper
from offing.model.sharing import RECORD_KINDS
from offing.policy.agreements_file import CONFIDENCES, read_examples
from offing.policy.systems_file import NODE, NODE_FORMAT, read_partners, read_systems
from offing.regions import folder_of

FOLDER = folder_of("east_asia") / "partners"
ONE = """\
[[format]]
id = "geojson"
names = { en = "GeoJSON" }
carries = ["visit", "incident"]
links = ["internet"]
source = "rfc"

[[system]]
id = "jp-picture"
partner = "jp"
operator = "An office"
names = { en = "A picture" }
formats = ["geojson", "offing"]
links = ["internet", "folder"]
sources = ["rfc"]
confidence = "confirmed"

[[source]]
id = "rfc"
title = "RFC 7946"
publisher = "IETF"
date = "2016-08"
url = "https://www.rfc-editor.org/rfc/rfc7946"
"""


def read(tmp_path: Path, text: str) -> object:
    path = tmp_path / "s.toml"
    path.write_text(text)
    return read_systems(path)


def test_every_value(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(ONE)
    found = read_systems(path)
    (system,) = found.systems
    assert system == found.of("jp")[0] and found.of("us") == ()
    assert (system.formats, system.links, system.sources) == (("geojson", "offing"), ("internet", "folder"), ("rfc",))
    assert found.formats["geojson"].carries == ("visit", "incident") and found.formats["geojson"].rebuilds == ()
    assert found.sources["rfc"].text == "IETF, RFC 7946, 2016-08"
    with_nodes = found.with_nodes(["tw"])
    assert with_nodes.formats[NODE_FORMAT] == NODE and with_nodes.of("tw")[0].formats == (NODE_FORMAT,)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ('carries = ["visit", "incident"]', 'carries = ["visits"]', 4, "`carries` is 'visits'"),
        ('carries = ["visit", "incident"]', "carries = []", 4, "`carries` and `rebuilds` are both empty"),
        ('carries = ["visit", "incident"]', 'carries = ["visit"]\nrebuilds = ["visit"]', 5, "`rebuilds` names visit"),
        ('links = ["internet"]\n', "", 1, "`links` is missing or empty"),
        ('source = "rfc"', 'source = "rcf"', 6, "`source` is 'rcf'"),
        ('id = "geojson"', 'id = "offing"', 2, "is the form of nodes"),
        ('formats = ["geojson", "offing"]', 'formats = ["csv"]', 13, "`formats` is 'csv'"),
        ('links = ["internet", "folder"]', 'links = ["vhf"]', 13, "`formats` has geojson, which is sent over internet"),
        ('sources = ["rfc"]', "sources = []", 15, "`sources` is missing or empty"),
        ('sources = ["rfc"]', 'sources = ["x"]', 15, "`sources` is 'x'"),
        ('confidence = "confirmed"', 'confidence = "sure"', 16, "`confidence` is 'sure'"),
        ('partner = "jp"', 'partner = "J"', 10, "`partner` holds 'J'"),
        ('operator = "An office"', "range_nm = 200", 11, "`range_nm` is no key"),
        ('publisher = "IETF"\n', "", 18, "`publisher` is missing"),
        ("[[source]]", "[[sources]]", 1, "`sources` is no key"),
    ],
)
def test_what_does_not_fit_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert old in ONE
    with pytest.raises(BadPaper) as caught:
        read(tmp_path, ONE.replace(old, new, 1))
    assert said in caught.value.message and caught.value.data["line"] == line, caught.value.message


def test_two_files_may_share_what_is_equal_only(tmp_path: Path) -> None:
    for name, text in (("a", ONE), ("b", ONE.replace("jp", "us")), ("c", ONE.replace("jp", "tw").replace("2016-08", "2017"))):
        (tmp_path / f"{name}.toml").write_text(text)
    a, b, c = (read_systems(tmp_path / f"{n}.toml") for n in "abc")
    assert [s.partner for s in a.joined(b, "b.toml").systems] == ["jp", "us"]
    with pytest.raises(BadPaper, match=r"c\.toml: another file has something else under `rfc` of sources"):
        a.joined(c, "c.toml")
    with pytest.raises(BadPaper, match="the system `jp-picture` too"):
        a.joined(a, "a.toml")


def test_the_worked_example_is_whole() -> None:
    partners = {p.id: p for p in read_partners(FOLDER / "partners.toml")}
    systems = read_systems(FOLDER / "systems.toml", example=True)
    assert {p for e in read_examples(FOLDER / "agreements.toml") for p in e.agreement.parties} == set(partners)
    assert {s.partner for s in systems.systems} == set(partners)
    for p in partners.values():
        assert set(p.names) == {"en", "ja", "zh-Hant", "zh-Hans"}
    named = {i for s in systems.systems for i in s.sources} | {f.source for f in systems.formats.values()}
    assert named == set(systems.sources), "a source that nothing rests on, or none"
    for source in systems.sources.values():
        assert source.url.startswith("http") and (re.search(r"\d{4}", source.date) or source.date == "undated"), source.id
    for s in systems.systems:
        assert s.confidence in CONFIDENCES
    for f in systems.formats.values():
        assert set(f.carries) | set(f.rebuilds) <= set(RECORD_KINDS)


def test_the_worked_example_says_nothing_of_what_a_system_can_do() -> None:
    """Names, formats and links alone: no ranges, counts, costs or rates."""
    systems = read_systems(FOLDER / "systems.toml", example=True)
    said = [f"{s.names.get('en')} {s.note}" for s in systems.systems] + [f.note for f in systems.formats.values()]
    units = "nm|km|miles|aircraft|ships|stations|terminals|units|million|billion|kn|ghz|mhz|w"
    numbers = re.compile(rf"(?<!Link )\b\d[\d,.]*\s*({units})\b", re.I)
    assert numbers.search("12 P-3 and 20 aircraft"), "the pattern finds what it is for"
    assert not [text for text in said if numbers.search(text)]


def test_an_example_must_say_so(tmp_path: Path) -> None:
    path = tmp_path / "s.toml"
    path.write_text(ONE)
    with pytest.raises(BadPaper, match="example = true"):
        read_systems(path, example=True)
    path.write_text('[[partner]]\nid = "jp"\n')
    with pytest.raises(BadPaper, match="example = true"):
        read_partners(path)
