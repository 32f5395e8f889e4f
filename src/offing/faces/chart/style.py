"""How a chart looks: its two palettes, the strokes of each kind of thing, the beads of each claimant, and its style sheet.

A kind is told by its strokes, a claimant by beads on the line and by a colour (which no one needs to see), and a line that is
not surely placed by dashes. Strokes are dash patterns alone, so that they stay the same however far a page is enlarged.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


class Theme(StrEnum):
    """Paper, or the dimmed palette of a bridge at night."""

    DAY = "day"
    NIGHT = "night"


@dataclass(frozen=True)
class Palette:
    """The colours of one theme; `claimants` stay apart for eyes that lack one sort of cones, and mean nothing."""

    ground: str
    sea: str
    shoal_far: str
    shoal_near: str
    land: str
    coast: str
    land_ink: str
    water_ink: str
    ink: str
    ink_2: str
    ink_3: str
    hair: str
    focus: str
    claimants: tuple[str, ...]


PALETTES = {
    Theme.DAY: Palette(
        ground="#fbfaf5",
        sea="#fdfefd",
        shoal_far="#eef6f8",
        shoal_near="#dcecf2",
        land="#f2e4c0",
        coast="#4f4a3a",
        land_ink="#5a4c27",
        water_ink="#3f6f8f",
        ink="#10233f",
        ink_2="#43546b",
        ink_3="#5f6d80",
        hair="#c9ced1",
        focus="#a3185c",
        claimants=("#401a00", "#2428f2", "#590099", "#128700", "#ab558c", "#757252"),
    ),
    Theme.NIGHT: Palette(
        ground="#080f17",
        sea="#0a141e",
        shoal_far="#0c1a26",
        shoal_near="#10222f",
        land="#2b2617",
        coast="#7f7550",
        land_ink="#b5a67a",
        water_ink="#6d97b3",
        ink="#cfd9e0",
        ink_2="#9aabb8",
        ink_3="#7d8f9d",
        hair="#283743",
        focus="#e674ad",
        claimants=("#bda442", "#786df2", "#e685f2", "#55bd90", "#cf5da5", "#7b874a"),
    ),
}

BEADS = ("0 150", "0 7 0 143", "0 7 0 7 0 136", "9 141", "9 8 0 133", "9 9 9 123")
"""Dash patterns of the beads, by the number of a claimant: one, two, three dots; a bar; a bar and a dot; two bars."""

BEAD_WORDS = ("one dot", "two dots", "three dots", "a bar", "a bar and a dot", "two bars")

CLAIMANTS = {
    "cn": "China",
    "jp": "Japan",
    "kp": "North Korea",
    "kr": "South Korea",
    "ph": "Philippines",
    "ru": "Russia",
    "tw": "Taiwan",
    "vn": "Viet Nam",
}
"""English names by which headings and labels call a claimant; others are called by their code."""

DASHES = {"approximate": "9 5", "recalled": "4 4"}
"""The dashes of a line that is not surely placed, by its confidence."""


@dataclass(frozen=True)
class Strokes:
    """How the outline of a kind is drawn, in pixels.

    `inner`: a stroke along the inside, as wide as `inner_px`, with its own dashes. `across`: ticks over the line.
    `cased`: two hairlines instead of one line. `under_land`: what of it lies on land is no limit.
    `dashes`: its own; where they are `fixed`, doubt is not dashed but said.
    `short`: the word of a label; `plain`: the words of a legend.
    """

    short: str
    plain: str
    width_px: float = 1.1
    inner_px: float = 0.0
    inner_dashes: str = ""
    inner_opacity: float = 1.0
    inner_round: bool = False
    across: str = ""
    cased: bool = False
    dashes: str = ""
    fixed: bool = False
    under_land: bool = False


STROKES = {
    "territorial_sea": Strokes("12 nm", "territorial sea, outer limit", 1.9, 7, inner_opacity=0.16, under_land=True),
    "internal_waters": Strokes("baseline", "internal waters, outer limit", 0.8, 2.4, "1 5", under_land=True),
    "contiguous_zone": Strokes("24 nm", "contiguous zone, outer limit", 1.1, 4, inner_opacity=0.11, under_land=True),
    "eez": Strokes("200 nm", "200 nm zone as claimed, not cut against others", 3.4, cased=True, under_land=True),
    "restricted_water": Strokes("restricted", "restricted water", 1.1, 4.5, "1.1 7"),
    "prohibited_water": Strokes("prohibited", "prohibited water", 1.5, 4.5, "1.1 2.4 1.1 8"),
    "adiz": Strokes("ADIZ", "air defence identification zone", 1.2, across="1.2 21"),
    "exercise_area": Strokes("exercise", "announced exercise area", 1.0, 4, "6 6", 0.45),
    "cable_corridor": Strokes("cable", "surroundings of a cable", 1.0, 6, "1 3", 0.6),
    "fisheries_area": Strokes("fisheries", "area of a fisheries agreement", 1.0, 3.4, "0 9", 0.6, True),
    "development_area": Strokes("joint development", "area of joint development", 1.0, 5, "0 17", 0.6, True),
    "custom": Strokes("zone", "another area", 1.0, 5, inner_opacity=0.14),
    "equidistance": Strokes(
        "equidistance", "equally far from two shores: computed, not agreed", 1.2, dashes="13 4 1.5 4", fixed=True
    ),
    "adiz_limit": Strokes("ADIZ limit", "part of the limit of an air defence identification zone", 1.2, across="1.2 21"),
    "fisheries_limit": Strokes("fisheries limit", "limit named in a fisheries agreement", 1.0, across="0.9 6"),
    "strait": Strokes("gate", "gate: a line across a strait", 1.8, dashes="0 4.6"),
    "median_line": Strokes("median line", "median line", 1.7, dashes="16 4 2 4", fixed=True),
}
"""By kind of zone, line and gate."""

LATIN = "'Source Sans 3','Noto Sans','Segoe UI','Helvetica Neue',Arial,sans-serif"
SERIF = "'Source Serif 4','Noto Serif',Georgia,'Times New Roman',serif"
SCRIPTS = {
    "ja": "'Noto Sans CJK JP','Noto Sans JP','Hiragino Sans','Yu Gothic',Meiryo,sans-serif",
    "zh-Hant": "'Noto Sans CJK TC','Noto Sans TC','PingFang TC','Microsoft JhengHei',sans-serif",
    "zh-Hans": "'Noto Sans CJK SC','Noto Sans SC','PingFang SC','Microsoft YaHei',sans-serif",
}
"""Fonts by language, so that a character takes the form that its readers expect."""


def claimant_name(code: str) -> str:
    """What a claimant is called in English."""
    return CLAIMANTS.get(code, code.upper())


def colours(p: Palette) -> str:
    """The rules that hold colours."""
    rules = [
        f".paper{{fill:{p.ground}}}.sea{{fill:{p.sea}}}.land{{fill:{p.land};stroke:{p.coast}}}",
        f".shoal-far{{stroke:{p.shoal_far};fill:{p.shoal_far}}}.shoal-near{{stroke:{p.shoal_near};fill:{p.shoal_near}}}",
        f".graticule{{stroke:{p.hair}}}.neat{{stroke:{p.ink}}}.grade-a{{fill:{p.ink}}}.grade-b{{fill:{p.ground}}}",
        f".ink{{stroke:{p.ink}}}.case{{stroke:{p.sea}}}.thin{{stroke:{p.ink_2}}}",
        f".text{{fill:{p.ink}}}.text-2{{fill:{p.ink_2}}}.text-3{{fill:{p.ink_3}}}.place{{fill:{p.land_ink}}}",
        f".water{{fill:{p.water_ink}}}.halo{{stroke:{p.sea}}}.rule{{stroke:{p.hair}}}",
        f".mark{{fill:{p.land_ink};stroke:{p.sea}}}.open{{stroke:{p.land_ink}}}.doubt{{stroke:{p.land_ink}}}",
        f".base{{stroke:{p.ink_2};fill:{p.sea}}}",
    ]
    for i, colour in enumerate(p.claimants):
        rules.append(f".n{i} .ink{{stroke:{colour}}}.w{i}{{fill:{colour}}}")
    return "\n".join(rules)


def shapes() -> str:
    """The rules that both themes share."""
    rules = [
        f"text{{font-family:{LATIN}}}",
        *(f".{language}{{font-family:{fonts}}}" for language, fonts in SCRIPTS.items()),
        f".serif,.water{{font-family:{SERIF}}}.water{{font-style:italic}}",
        "path,circle,rect{vector-effect:non-scaling-stroke;stroke-linejoin:round}",
        ".ink,.thin,.case,.doubt,.open,.rule,.graticule,.neat{fill:none}",
        ".area{fill:none;pointer-events:all;fill-rule:evenodd}.land{fill-rule:evenodd;stroke-width:.7px;pointer-events:none}.round{stroke-linecap:round}",
        ".shoal-far{stroke-width:22px}.shoal-near{stroke-width:9px}.graticule{stroke-width:.5px}.neat{stroke-width:.9px}",
        ".halo{paint-order:stroke;stroke-width:3px;stroke-linejoin:round}",
        ".mark{stroke-width:.8px}.open,.base{stroke-width:1.2px}.doubt{stroke-width:1px;stroke-dasharray:3 3}",
        ".rule{stroke-width:.8px}.strong{font-weight:600}.cap{font-weight:600;letter-spacing:.6px}",
        *(f".b{i}{{stroke-dasharray:{d};stroke-dashoffset:{-24 * i};stroke-linecap:round}}" for i, d in enumerate(BEADS)),
        *(f".samples .b{i}{{stroke-dashoffset:-9}}" for i in range(len(BEADS))),
    ]
    return "\n".join(rules)


def sheet(theme: Theme) -> str:
    """The whole style sheet of a drawing that stands alone."""
    return f"{shapes()}\n{colours(PALETTES[theme])}"


def variables(theme: Theme) -> str:
    """The colours of a theme as custom properties of a page."""
    plain = {f.name: getattr(PALETTES[theme], f.name) for f in fields(Palette) if f.name != "claimants"}
    plain |= {f"claimant-{i}": colour for i, colour in enumerate(PALETTES[theme].claimants)}
    return "".join(f"--{name.replace('_', '-')}:{colour};" for name, colour in plain.items())


def page_sheet() -> str:
    """The style sheet of a drawing in a page: its colours are the page's custom properties."""
    named = {f.name: f"var(--{f.name.replace('_', '-')})" for f in fields(Palette) if f.name != "claimants"}
    return f"{shapes()}\n{colours(Palette(**named, claimants=tuple(f'var(--claimant-{i})' for i in range(len(BEADS)))))}"
