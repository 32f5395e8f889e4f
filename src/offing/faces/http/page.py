"""The page's own files: the built page below `static/`, in whole or in ranges; or where it was not built, how to build it."""

from __future__ import annotations

import gzip
import html
import mimetypes
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from offing.faces.http.problems import Refused

STATIC = Path(__file__).parent / "static"
VIEWS = ("", "day", "calendar", "records", "vessel", "evidence", "partners", "index.html")
"""Paths of the page itself: each is answered with its one document."""

BUILD = "cd web && npm ci && npm run build"

_TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".pmtiles": "application/vnd.pmtiles",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
}
_PACKED = (".js", ".mjs", ".css", ".html", ".json", ".geojson", ".svg", ".txt")
_HASHED = re.compile(r"-[A-Za-z0-9_-]{8,}\.[a-z0-9.]+$")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


@dataclass(frozen=True)
class File:
    """What is sent of a file."""

    status: int
    content: bytes
    headers: dict[str, str] = field(default_factory=dict)


def is_page(path: str) -> bool:
    """Whether a path is one of the page itself."""
    return path.strip("/") in VIEWS


def file_of(path: str, wanted_range: str | None, packed: bool, folder: Path = STATIC) -> File:
    """A file of the page, or a part of it. Raises `Refused`: 404 where there is none, 416 for a part that it does not have."""
    name = "index.html" if is_page(path) else path.lstrip("/")
    found = _inside(folder, name)
    if found is None:
        if is_page(path):
            return _not_built()
        raise Refused(404, "unknown-path", "There is no such path here.", "The page is at /, the data at /api/v1/openapi.json.")
    stat = found.stat()
    kind = _TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0] or "application/octet-stream"
    tag = f"{stat.st_mtime_ns:x}-{stat.st_size:x}"
    forever = name.startswith("assets/") and _HASHED.search(name) is not None
    headers = {
        "content-type": kind,
        "etag": f'"{tag}"',
        "cache-control": "public, max-age=31536000, immutable" if forever else "no-cache",
        "accept-ranges": "bytes",
    }
    if wanted_range:
        part = _part(wanted_range, stat.st_size)
        if part is not None:
            return _ranged(found, *part, stat.st_size, headers)
    if packed and found.suffix in _PACKED and stat.st_size > 1_000:
        more = {"etag": f'"{tag}-gz"', "content-encoding": "gzip", "vary": "accept-encoding"}
        return File(200, _gzipped(found, tag), headers | more)
    return File(200, found.read_bytes(), headers)


def _inside(folder: Path, name: str) -> Path | None:
    """The file of a name, if it lies in the folder."""
    if "\0" in name or "\\" in name or len(name) > 500:
        return None
    path = (folder / name).resolve()
    return path if path.is_relative_to(folder.resolve()) and path.is_file() else None


def _part(wanted: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a range; None: not one range of bytes, so the whole file. Raises `Refused` (416)."""
    m = _RANGE.fullmatch(wanted.strip())
    if m is None or m[1] == m[2] == "":
        return None
    if m[1] == "":
        low, high = max(0, size - int(m[2])), size - 1
        low = size if m[2].strip("0") == "" else low
    else:
        low, high = int(m[1]), min(int(m[2]), size - 1) if m[2] else size - 1
        if m[2] and int(m[2]) < int(m[1]):
            return None
    if low >= size:
        said = f"The file has {size:,} bytes."
        raise Refused(416, "no-such-range", said, "Ask for a part that it has.", Content_Range=f"bytes */{size}")
    return low, high


def _ranged(path: Path, low: int, high: int, size: int, headers: dict[str, str]) -> File:
    with path.open("rb") as source:
        source.seek(low)
        content = source.read(high - low + 1)
    return File(206, content, headers | {"content-range": f"bytes {low}-{high}/{size}"})


@cache
def _gzipped(path: Path, tag: str) -> bytes:
    return gzip.compress(path.read_bytes(), 6, mtime=0)


def _not_built() -> File:
    """A page that says how to make the page."""
    text = (
        "<!doctype html>\n<html lang=en><meta charset=utf-8><title>offing</title>\n<h1>offing</h1>\n"
        "<p>The data are served here; the page itself was not built. In a source tree, with Node 20 or later:\n"
        f"<pre>{html.escape(BUILD)}</pre>\n"
        '<p><a href="api/v1/openapi.json">api/v1/openapi.json</a> lists what can be asked.\n'
    )
    return File(200, text.encode(), {"content-type": "text/html; charset=utf-8", "cache-control": "no-cache"})
