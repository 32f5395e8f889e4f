"""`offing zones map`: what it writes by the ending of the file, and one sentence for what cannot be."""

from __future__ import annotations

import struct
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from in_process import Cli

CORNER = ("--extent", "122.8,24.9,125.2,26.6")


def test_a_drawing_stands_alone(cli: Cli) -> None:
    said = cli("zones", "map", "chart.svg", *CORNER)
    assert said.status == 0, said.err
    assert said.text.startswith("Drew chart.svg from ") and "east_asia" in said.text and said.text.endswith("names: all.\n")
    words = "".join(ET.fromstring(Path("chart.svg").read_bytes()).itertext())
    assert "Uotsuri Shima / Diaoyu Dao / Diaoyutai" in words and "魚釣島" in words and "钓鱼岛" in words
    assert "--include-unconfirmed" in words


def test_a_page_is_one_file(cli: Cli) -> None:
    assert cli("zones", "map", "chart.html", *CORNER, "--theme", "night", "--names", "ja").status == 0
    text = Path("chart.html").read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>") and "Names: Japanese, chosen by the reader" in text and "<script src" not in text
    assert [p.name for p in Path().iterdir()] == ["chart.html"]


def test_a_picture_has_its_size(cli: Cli) -> None:
    assert cli("zones", "map", "chart.PNG", "--around", "uotsuri", "--width-nm", "40").status == 0
    image = Path("chart.PNG").read_bytes()
    width, height = struct.unpack(">II", image[16:24])
    assert image[:4] == b"\x89PNG" and width > 2 * 1180 and height > 2 * 900


def test_a_choice_is_drawn_and_said(cli: Cli) -> None:
    chosen = ("--claimant", "jp", "--kind", "territorial_sea", "--kind", "contiguous_zone")
    assert cli("zones", "map", "chart.svg", *CORNER, *chosen).status == 0
    tree = ET.fromstring(Path("chart.svg").read_bytes())
    drawn = {g.get("data-id", "") for g in tree.iter() if (g.get("data-id") or "").startswith("zone:")}
    assert drawn and all(d.endswith("@jp") for d in drawn)
    words = " ".join("".join(t.itertext()) for t in tree.iter("{http://www.w3.org/2000/svg}text"))
    assert "Drawn by choice: only territorial_sea, contiguous_zone, jp." in words


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("chart.pdf",), "ends in none of .html, .svg, .png"),
        (("chart",), "ends in none of"),
        (("no/such/folder/chart.svg", *CORNER), "cannot be written"),
        (("chart.svg", "--around", "Atlantis"), "There is no place 'Atlantis'"),
        (("chart.svg", "--around", "erdan"), "No position of"),
        (("chart.svg", "--around", "kinmen", "--width-nm", "0"), "cannot be 0 nautical miles wide"),
        (("chart.svg", "--around", "kinmen", *CORNER), "both say where"),
        (("chart.svg", "--width-nm", "40"), "but not where"),
        (("chart.svg", "--extent", "1,2,3"), "is no box"),
        (("chart.svg", "--extent", "123,26,122,24"), "is no box that can be drawn"),
        (("chart.svg", "--kind", "sea"), "There is no kind 'sea'"),
        (("chart.svg", "--claimant", "Japan"), "There is no claimant 'Japan'"),
        (("chart.svg", "--zone", "nowhere@jp"), "There is no zone 'nowhere@jp'"),
        (("chart.svg", "--region", "atlantis"), "There is no region 'atlantis'"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(cli: Cli, words: tuple[str, ...], sentence: str) -> None:
    said = cli("zones", "map", *words)
    assert said.status == 2 and said.err.startswith("offing: ") and sentence in said.err
    assert said.err.count("\n") == 1 and not said.out
    assert not list(Path().iterdir())
