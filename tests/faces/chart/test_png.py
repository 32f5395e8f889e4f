"""Pictures: of the right size and not blank, with text on any machine, and never a box for a character."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import pytest
import resvg_py
from small_sea import FRAME, small_sea

from offing.faces.chart.png import SIGNATURE, decoded, png, undrawable
from offing.faces.chart.svg import Sheet, chart

PLAIN = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30">{}</svg>'


@pytest.fixture
def no_system_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that has no font at all."""
    real = resvg_py.svg_to_bytes

    def bare(**options: Any) -> bytes:
        return real(**{**options, "skip_system_fonts": True})

    monkeypatch.setattr(resvg_py, "svg_to_bytes", bare)


def test_pixels_are_read_as_they_were_drawn() -> None:
    image = png(
        PLAIN.format('<rect width="40" height="30" fill="#102030"/><rect x="10" y="5" width="3" height="4" fill="#fa0"/>'), 1
    )
    assert image.startswith(SIGNATURE)
    pixels = decoded(image)
    assert pixels.shape[:2] == (30, 40)
    expected = np.full((30, 40, 3), (0x10, 0x20, 0x30))
    expected[5:9, 10:13] = (0xFF, 0xAA, 0)
    assert np.array_equal(pixels[..., :3], expected)


def test_gradients_are_read_right() -> None:
    """Smooth pictures use every filter of PNG; neighbours in them differ by little, which a wrong filter would break."""
    gradient = (
        '<linearGradient id="g" x2="1" y2="1"><stop stop-color="#000"/><stop offset="1" stop-color="#fff"/></linearGradient>'
    )
    pixels = decoded(png(PLAIN.format(f'{gradient}<rect width="40" height="30" fill="url(#g)"/>'), 4)).astype(int)
    assert pixels.shape[:2] == (120, 160)
    assert abs(np.diff(pixels[..., 0], axis=0)).max() <= 3 and abs(np.diff(pixels[..., 0], axis=1)).max() <= 3
    assert pixels[0, 0, 0] < 5 and pixels[-1, -1, 0] > 250


def test_a_sheet_is_as_large_as_it_says_and_not_blank() -> None:
    svg = chart(small_sea(), Sheet(FRAME))
    width, height = struct.unpack(">II", png(svg)[16:24])
    root = svg[: svg.index(">")]
    assert f'width="{width / 2:g}"' in root and f'height="{height / 2:g}"' in root
    pixels = decoded(png(svg, 0.25))
    assert len(np.unique(pixels.reshape(-1, pixels.shape[2]), axis=0)) > 100


@pytest.mark.usefixtures("no_system_fonts")
def test_latin_text_is_drawn_on_a_machine_without_fonts() -> None:
    words = "<rect width='40' height='30' fill='#fff'/><text x='1' y='20' font-family=\"'Source Sans 3'\">Kinmen</text>"
    assert (decoded(png(PLAIN.format(words), 1))[..., 0] < 128).sum() > 30


@pytest.mark.usefixtures("no_system_fonts")
def test_characters_without_a_font_are_known_and_not_drawn_as_boxes() -> None:
    assert undrawable("Kinmen – 金門′") == {"金", "門"}
    with_box = PLAIN.format("<title>金門</title><text x='1' y='20' font-family=\"'Source Sans 3'\">{}</text>")
    assert png(with_box.format("金門島"), 1) == png(with_box.format("?"), 1)


def test_a_character_that_does_not_exist_is_in_no_font() -> None:
    assert undrawable(["\U0010fffd", "a", "–"]) == {"\U0010fffd"}
    assert undrawable("plain") == set()
