"""The look: kinds can be told apart without colour, colours by every eye, text from its ground."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import pytest

from offing.faces.chart.marks import SHOWN_FROM
from offing.faces.chart.signs import SYMBOLS
from offing.faces.chart.style import BEAD_WORDS, BEADS, DASHES, PALETTES, STROKES, Theme
from offing.model.place import FEATURE_KINDS, GATE_KINDS, LINE_KINDS
from offing.model.zone import KINDS

EYES = {
    "all cones": np.eye(3),
    "no long cones": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "no middle cones": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "no short cones": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""Machado, Oliveira and Fernandes, IEEE Transactions on Visualization and Computer Graphics 15 (2009), severity 1.0."""


def test_every_kind_has_its_strokes_or_its_symbol() -> None:
    assert set(STROKES) == {*KINDS, *LINE_KINDS, *GATE_KINDS}
    assert set(SYMBOLS) == set(SHOWN_FROM) == set(FEATURE_KINDS)
    assert len(BEADS) == len(BEAD_WORDS) == len(set(BEADS)) == len(PALETTES[Theme.DAY].claimants)
    looks = [(s.width_px, s.inner_px, s.inner_dashes, s.across, s.cased, s.dashes) for k, s in STROKES.items() if k in KINDS]
    assert len(set(looks)) == len(looks), "two kinds of zone cannot be told apart without colour"
    assert not {s.dashes for s in STROKES.values()} & set(DASHES.values())


@pytest.mark.parametrize("theme", Theme)
def test_text_and_lines_stand_out_from_their_ground(theme: Theme) -> None:
    p = PALETTES[theme]
    for ink in (p.ink, p.ink_2, p.ink_3, p.land_ink, p.water_ink):
        assert contrast(ink, p.ground) >= 4.5 and contrast(ink, p.sea) >= 4.5
    assert all(contrast(c, p.sea) >= 4.5 for c in p.claimants)  # their colour is that of words too
    assert contrast(p.land_ink, p.land) >= 4.5


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("theme", Theme)
def test_claimants_differ_to_every_eye(theme: Theme, eyes: str) -> None:
    """Differences in CIELAB, where about 2.3 is just seen."""
    palette = PALETTES[theme]
    seen = [lab(EYES[eyes] @ linear(c)) for c in (*palette.claimants, palette.ink)]
    assert min(float(np.linalg.norm(a - b)) for a, b in itertools.combinations(seen, 2)) > 20


def linear(colour: str) -> npt.NDArray[np.float64]:
    """The light of an sRGB colour."""
    v = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(v <= 0.04045, v / 12.92, ((v + 0.055) / 1.055) ** 2.4)


def lab(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """CIELAB under D65."""
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ np.clip(light, 0, 1) / [0.9505, 1.0, 1.089]
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""

    low, high = sorted(float(linear(colour) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)
