"""The page: it asks nothing of anybody, runs only its own script, lists all that it draws, and works in a browser."""

from __future__ import annotations

import base64
import hashlib
import html.parser
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from small_sea import FRAME, small_sea

from offing.faces.chart.page import SCALES, page
from offing.faces.chart.style import Theme
from offing.faces.chart.svg import Sheet
from offing.faces.cli.viewpoint import View

SEA = small_sea()
VOID = {"meta", "link", "input", "br"}


class Reader(html.parser.HTMLParser):
    """Collects elements and attributes, and checks that every element is closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def all(self, tag: str, key: str = "") -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and (not key or key in a)]


@pytest.fixture(scope="module")
def text() -> str:
    return page(SEA, Sheet(FRAME, left_out=("Said beside it.",)))


@pytest.fixture(scope="module")
def read(text: str) -> Reader:
    return Reader(text)


def test_nothing_is_loaded_from_anywhere(read: Reader, text: str) -> None:
    assert read.open == []
    assert not read.all("script", "src") and not read.all("img") and not read.all("iframe")
    assert read.all("link") == [{"rel": "icon", "href": "data:,"}]
    assert all(a["href"].startswith("#") for tag, a in read.elements if "href" in a and tag != "link")
    assert not re.search(r"@import|url\((?!#)|\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon", text)
    assert set(re.findall(r"https?://[^\s\"'<]+", text)) <= {"http://www.w3.org/2000/svg"}
    assert not any(k == "style" or k.startswith("on") for _, a in read.elements for k in a)


def test_only_its_own_script_and_styles_may_run(read: Reader, text: str) -> None:
    (policy,) = (a["content"] for a in read.all("meta") if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'" and rules["base-uri"] == "'none'"
    for kind in ("script", "style"):
        (inside,) = re.findall(rf"<{kind}>(.*?)</{kind}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[f"{kind}-src"] == f"'sha256-{digest}'"


def test_everything_drawn_is_in_the_list_with_source_and_confidence(read: Reader, text: str) -> None:
    drawn = {a["data-id"] for a in read.all("g", "data-id")}
    rows = {a["data-id"] for a in read.all("tr", "data-id")}
    assert drawn <= rows and {f"zone:{z.id}" for z in SEA.zones} <= drawn
    body = re.findall(r"<tr data-id=\"([^\"]+)\">(.*?)</tr>", text, re.DOTALL)
    by_id = dict(body)
    for what, items in (("zone", SEA.zones), ("gate", SEA.gates), ("line", SEA.lines), ("feature", SEA.features)):
        for item in items:
            row = by_id[f"{what}:{item.id}"]
            assert item.source in row and item.confidence in row and all(n in row for n in item.names.values())
    assert "law &amp; order, § 1" in by_id["zone:holed@aa"] and "left West Sea, right East Sea" in by_id["gate:narrows"]
    assert "no position published" in by_id["feature:nowhere"]


def test_every_claimant_and_kind_has_a_switch(read: Reader) -> None:
    switches = {a["data-layer"] for a in read.all("input", "data-layer")}
    kinds = {i.kind for i in SEA.ruled}
    assert switches == {
        "claimant:aa",
        "claimant:bb",
        "names",
        "layer:feature",
        "layer:base_point",
        *(f"layer:{k}" for k in kinds),
    }
    assert {a["data-layer"] for a in read.all("g", "data-layer")} <= {s.removeprefix("layer:") for s in switches}


def test_it_says_whose_names_whence_and_what_for(text: str) -> None:
    said = re.sub(r"<[^>]+>", " ", text)
    for words in ("Names: all claimants", "small_sea 1 (0123456789abcdef)", "Computed, not for navigation", "Said beside it."):
        assert words in said
    assert "(c) OpenStreetMap contributors, ODbL 1.0" in said and "No position was published of nowhere." in said
    assert "chosen by the reader" in page(SEA, Sheet(FRAME, view=View.JA))


def test_night_comes_from_the_system_or_from_the_reader(text: str) -> None:
    assert "prefers-color-scheme:dark" in text
    night = page(SEA, Sheet(FRAME), Theme.NIGHT)
    assert "prefers-color-scheme" not in night and "color-scheme:dark" in night


def test_names_are_placed_for_each_scale(read: Reader) -> None:
    names = [a["class"].split() for a in read.all("g", "data-for")]
    assert all("lv" in c for c in names)
    shown = [sum(f"l{i}" in c for c in names) for i in range(len(SCALES))]
    assert 0 < shown[0] < shown[-1]


BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def browsed(tmp_path: Path, text: str, after: str, address: str = "") -> dict[str, object]:
    """What an expression gives in a page after its own script has run; errors of the page are its `errors`."""
    probe = f"""
    window.addEventListener("load", () => setTimeout(() => {{
      document.body.dataset.answer = JSON.stringify(Object.assign({{errors: window.said}}, ({after})));
    }}, 200));"""
    listen = """window.said = [];
    for (const kind of ["error", "securitypolicyviolation"])
      addEventListener(kind, (e) => window.said.push(e.message || e.violatedDirective));"""
    text = text.replace("<title>", f"<script>{listen}{probe}</script><title>", 1)
    digest = base64.b64encode(hashlib.sha256(f"{listen}{probe}".encode()).digest()).decode()
    text = text.replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    assert BROWSER is not None
    flags = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--window-size=1200,900",
    ]
    where = f"{(tmp_path / 'page.html').as_uri()}{address}"
    command = [BROWSER, *flags, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--dump-dom", where]
    done = subprocess.run(command, capture_output=True, timeout=120, check=True)
    found = re.search(r'data-answer="([^"]*)"', done.stdout.decode())
    assert found, done.stderr.decode()[-2000:]
    answer = json.loads(html.unescape(found[1]))
    assert isinstance(answer, dict)
    return answer


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_in_a_browser_it_starts_enlarges_switches_and_tells(tmp_path: Path, text: str) -> None:
    asked = """(() => {
      const q = (s) => document.querySelector(s), box = () => q(".map").getAttribute("viewBox").split(" ").map(Number);
      const key = (k) => q(".chart").dispatchEvent(new KeyboardEvent("keydown", {key: k, bubbles: true}));
      const out = {frame: q(".frame").childElementCount, degrees: q(".frame").textContent, scale: q(".scale").textContent};
      out.whole = box();
      const level = q(".map").dataset.level;
      key("+"); key("+"); out.near = box(); out.levels = [level, q(".map").dataset.level];
      key("ArrowRight"); out.moved = box();
      key("0"); out.again = box();
      const s = q('[data-layer="claimant:aa"]'); s.click();
      out.hidden = [...document.querySelectorAll(".thing.off")].map((t) => t.dataset.id);
      out.names = [...document.querySelectorAll(".name.off")].map((t) => t.dataset.for);
      out.alone = q('[id="zone-shared.bb"] [data-alone]').getAttribute("stroke-dasharray");
      s.click();
      q('tr[data-id="zone:guess@aa"] button').focus();
      out.told = q(".here").textContent;
      out.lit = document.querySelectorAll(".thing.lit").length;
      out.hash = location.hash;
      return out;
    })()"""
    got = browsed(tmp_path, text, asked)
    assert got["errors"] == []
    assert got["frame"] > 20 and "12°E" in got["degrees"] and "nm" in got["scale"] and "km" in got["scale"]  # type: ignore[operator]
    whole, near, moved = got["whole"], got["near"], got["moved"]
    assert near[2] == pytest.approx(whole[2] / 2, rel=0.01) and moved[0] > near[0] and got["again"] == whole  # type: ignore[index]
    assert int(got["levels"][1]) - int(got["levels"][0]) == 2  # type: ignore[index]
    assert set(got["hidden"]) == {"zone:holed@aa", "zone:shared@aa", "zone:guess@aa"}  # type: ignore[call-overload]
    assert "zone:holed@aa" in got["names"] and got["alone"] == "none"  # type: ignore[operator]
    told = got["told"]
    assert isinstance(told, str) and got["lit"] == 1
    for words in (
        "Zone guess@aa",
        "水域guess@aa",
        "AA",
        "adiz",
        "law & order, § 1",
        "approximate",
        "made for a test, guess@aa, 2026",
    ):
        assert words in told
    assert str(got["hash"]).startswith("#at=")


@pytest.mark.skipif(BROWSER is None, reason="no Chromium on this machine")
def test_in_a_browser_its_address_is_its_state(tmp_path: Path, text: str) -> None:
    asked = """({x: document.querySelector(".map").getAttribute("viewBox"),
      off: [...document.querySelectorAll(".thing.off")].map((t) => t.dataset.id)})"""
    got = browsed(tmp_path, text, asked, "#at=1.0,11.0,4.0&off=layer:strait,names")
    assert got["errors"] == [] and got["off"] == ["gate:narrows"]
    left, _, width, _ = map(float, str(got["x"]).split())
    px_per_deg = 1180 / 4
    assert left + width / 2 == pytest.approx(px_per_deg, rel=0.01)
