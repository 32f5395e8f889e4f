"""A drawing as PNG, and which of its characters no font here can draw."""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable
from html import unescape
from importlib import resources

import numpy as np
import numpy.typing as npt

SIGNATURE = b"\x89PNG\r\n\x1a\n"
FONT_PACKAGES = ("fontpkg_source_sans_3", "fontpkg_source_serif_4")
"""Packages that hold the Latin fonts, so that a machine without any draws its text too."""

NO_CHARACTER = "\U0010fffe"
CELL_PX = 12


def png(svg: str, enlarged: float = 2.0) -> bytes:
    """Draw an SVG, so many pixels to each of its own. Characters that no font has are drawn as `?`, never as boxes."""
    import resvg_py

    lost = undrawable(_drawn_text(svg))
    if lost:
        svg = re.sub(f"[{re.escape(''.join(sorted(lost)))}]+", "?", svg)
    return resvg_py.svg_to_bytes(svg_string=svg, zoom=enlarged, font_files=_fonts())


def undrawable(text: Iterable[str]) -> set[str]:
    """The characters beyond Latin that are in no font here: those drawn just as a character that does not exist."""
    import resvg_py

    asked = sorted({c for c in text if ord(c) >= 0x2000})
    if not asked:
        return set()
    across = 32
    cells = [NO_CHARACTER, *asked]
    places = ((i % across * CELL_PX, i // across * CELL_PX) for i in range(len(cells)))
    drawn = "".join(f'<text x="{x + 1}" y="{y + 9}">{c}</text>' for c, (x, y) in zip(cells, places, strict=True))
    size = f'width="{across * CELL_PX}" height="{(len(cells) // across + 1) * CELL_PX}"'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="9" font-family="\'Source Sans 3\'">{drawn}</svg>'
    pixels = decoded(resvg_py.svg_to_bytes(svg_string=svg, font_files=_fonts()))

    def cell(i: int) -> bytes:
        y, x = i // across * CELL_PX, i % across * CELL_PX
        return pixels[y : y + CELL_PX, x : x + CELL_PX].tobytes()

    return {c for i, c in enumerate(asked, 1) if cell(i) == cell(0)}


def decoded(image: bytes) -> npt.NDArray[np.uint8]:
    """The pixels of a PNG of eight bits a channel that is not interlaced, shape (height, width, channels)."""
    chunks: list[tuple[bytes, bytes]] = []
    at = len(SIGNATURE)
    while at < len(image):
        (size,) = struct.unpack(">I", image[at : at + 4])
        chunks.append((image[at + 4 : at + 8], image[at + 8 : at + 8 + size]))
        at += size + 12
    width, height, _, colour = struct.unpack(">IIBB", chunks[0][1][:10])
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[colour]
    raw = zlib.decompress(b"".join(data for kind, data in chunks if kind == b"IDAT"))
    stride = width * channels
    rows: list[bytearray] = [bytearray(stride)]
    for start in range(0, len(raw), stride + 1):
        rows.append(_unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), rows[-1], channels))
    return np.frombuffer(b"".join(rows[1:]), np.uint8).reshape(height, width, channels)


def _unfiltered(method: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    """One line of a PNG from its differences to the left, above, their mean, or the nearest of both and the corner."""
    for i in range(len(line)) if method else ():
        left, up, corner = (line[i - step], above[i], above[i - step]) if i >= step else (0, above[i], 0)
        if method == 1:
            guess = left
        elif method == 2:
            guess = up
        elif method == 3:
            guess = (left + up) // 2
        else:
            far_left, far_up, far_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            guess = left if far_left <= far_up and far_left <= far_corner else up if far_up <= far_corner else corner
        line[i] = (line[i] + guess) & 0xFF
    return line


def _drawn_text(svg: str) -> str:
    """The text of an SVG that is drawn: not its titles and styles."""
    shown = re.sub(r"<(title|style)>.*?</\1>", "", svg, flags=re.DOTALL)
    return unescape(re.sub(r"<[^>]*>", "", shown))


def _fonts() -> list[str]:
    return [
        str(f) for package in FONT_PACKAGES for f in (resources.files(package) / "files").iterdir() if f.name.endswith(".ttf")
    ]
