"""Files to texts: plain text with a heading, HTML, JSON and CSV, one text or many. What cannot be read is a reject."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from html.parser import HTMLParser
from typing import Any

from offing.errors import UsageError
from offing.model.bulletin import NotUnderstood, SourceText
from offing.model.times import parse_day

KEYS = {
    "text": ("text", "content", "body", "first_page_content", "公告內容", "內容"),
    "name": ("name", "id", "file_name", "title"),
    "office": ("office",),
    "published": ("published", "published_on", "date", "日期"),
    "url": ("url", "source", "urls"),
    "retrieved_utc": ("retrieved_utc", "retrieved", "fetched_at"),
}
"""By which names of columns and keys each part of a text is known, best first."""

_HEADING = re.compile(r"(office|published|source|retrieved):[ \t]*(.*)", re.IGNORECASE)
_RULE = re.compile(r"^[ \t]*(?:-{3,}|={3,})[ \t]*\n(?=office:|published:|source:)", re.MULTILINE | re.IGNORECASE)
_DAY = re.compile(r"\s*([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})(?![0-9])")


@dataclass(frozen=True)
class Texts:
    """The texts of one file, in its order, and what of it is none."""

    texts: tuple[SourceText, ...] = ()
    rejects: tuple[NotUnderstood, ...] = ()


def read_texts(
    data: bytes, name: str, office: str = "", published: date | None = None, url: str = "", retrieved_utc: str = ""
) -> Texts:
    """The texts in the bytes of one file; the ending of `name` and the content tell its form.

    The other arguments hold where a text itself does not say. Bytes that are neither UTF-8 nor marked UTF-16, a heading that
    does not fit, JSON or CSV that does not parse and an entry without a text are rejects.
    """
    given = SourceText(name, office, published, url, retrieved_utc, "")
    try:
        whole = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        seen = data[max(0, error.start - 20) : error.start + 20].decode("utf-8", "backslashreplace")
        return Texts(rejects=(NotUnderstood(seen, f"byte {error.start} is not {error.encoding}", name),))
    texts: list[SourceText] = []
    rejects: list[NotUnderstood] = []
    for found in _entries(whole, given):
        if isinstance(found, SourceText) and not found.text.strip():
            found = NotUnderstood("", "there is no text", found.name)  # noqa: PLW2901
        (texts if isinstance(found, SourceText) else rejects).append(found)  # type: ignore[arg-type]
    return Texts(tuple(texts), tuple(rejects))


def _entries(whole: str, given: SourceText) -> Iterator[SourceText | NotUnderstood]:
    start, ending = whole.lstrip()[:300].lower(), given.name.lower().rpartition(".")[2]
    if ending == "json" or start[:1] in ("{", "["):
        try:
            yield from _json(json.loads(whole), given)
            return
        except (ValueError, RecursionError) as error:
            if ending == "json":
                yield NotUnderstood(whole[:120], f"the JSON does not parse: {error}", given.name)
                return
    if ending == "csv":
        yield from _csv(whole, given)
    elif ending in ("html", "htm") or re.match(r"<!doctype html|<html|<\?xml", start):
        yield _html(whole, given)
    else:
        yield from _plain(whole, given)


def _plain(whole: str, given: SourceText) -> Iterator[SourceText | NotUnderstood]:
    pieces = _RULE.split(whole)
    for n, piece in enumerate(pieces, 1):
        named = replace(given, name=f"{given.name}#{n}") if len(pieces) > 1 else given
        heading, _, body = piece.lstrip().partition("\n\n")
        if not _HEADING.match(heading):
            yield replace(named, text=piece)
            continue
        fields: dict[str, str] = {}
        for line in heading.splitlines():
            m = _HEADING.fullmatch(line.strip())
            if not m or m[1].lower() in fields:
                yield NotUnderstood(line, "a heading has the lines office, published, source, retrieved, each once", named.name)
                break
            fields[m[1].lower()] = m[2].strip()
        else:
            yield _made({**fields, "text": body}, named)


def _html(whole: str, given: SourceText) -> SourceText | NotUnderstood:
    page = _Page()
    page.feed(whole)
    page.close()
    text = page.text()
    said = {k: v for k, v in page.said.items() if v}
    heading = _HEADING.match(text)
    return next(iter(_plain(text, given))) if heading else _made({**said, "text": text}, given)


def _json(value: Any, given: SourceText) -> Iterator[SourceText | NotUnderstood]:
    if isinstance(value, dict) and isinstance(_of(value, "text"), str):
        yield _made(value, given)
        return
    if not isinstance(value, (dict, list)):
        yield NotUnderstood(str(value)[:120], "the JSON is neither a list nor an object of texts", given.name)
        return
    named = value.items() if isinstance(value, dict) else ((f"{given.name}#{n}", v) for n, v in enumerate(value, 1))
    for name, entry in named:
        held = {"text": entry} if isinstance(entry, str) else entry
        if isinstance(held, dict) and isinstance(_of(held, "text"), str):
            yield _made(held, replace(given, name=name))
        else:
            yield NotUnderstood(json.dumps(entry, ensure_ascii=False)[:120], "the entry has no text", name)


def _csv(whole: str, given: SourceText) -> Iterator[SourceText | NotUnderstood]:
    rows = csv.DictReader(io.StringIO(whole, newline=""), strict=True)
    try:
        if not any(k in (rows.fieldnames or ()) for k in KEYS["text"]):
            yield NotUnderstood(whole[:120], f"no column is called {', '.join(KEYS['text'])}", given.name)
            return
        for row in rows:
            yield _made(row, replace(given, name=f"{given.name}:{rows.line_num}"))
    except csv.Error as error:
        yield NotUnderstood("", f"the CSV does not parse at line {rows.line_num}: {error}", given.name)


def _made(fields: Mapping[str, Any], given: SourceText) -> SourceText | NotUnderstood:
    parts = {k: v.strip() for k in KEYS if k != "text" and isinstance(v := _of(fields, k), str) and v.strip()}
    day = parts.pop("published", "")
    try:
        published = _day(day) if day else given.published
    except UsageError as error:
        return NotUnderstood(str(_of(fields, "text") or day), error.message, given.name)
    return replace(given, **parts, published=published, text=str(_of(fields, "text") or ""))


def _of(fields: Mapping[str, Any], part: str) -> Any:
    return next((fields[k] for k in KEYS[part] if fields.get(k)), None)


def _day(text: str) -> date:
    m = _DAY.match(text)
    return parse_day(f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}" if m else text)


class _Page(HTMLParser):
    """The running text of a page: of its `article`, else of its `main`, else all; without scripts, styles and the head."""

    BLOCKS = re.compile(
        "address|article|blockquote|dd|div|dl|dt|figcaption|h[1-6r]|li|main|ol|p|section|table|tr|ul",
    )
    SILENT = frozenset(("script", "style", "head", "noscript", "template", "nav", "footer", "svg"))

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: dict[str, str] = {}
        self._parts: dict[str, list[str]] = {"article": [], "main": [], "body": []}
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note where blocks begin, and what the page says of itself."""
        have = {k: v or "" for k, v in attrs}
        if tag == "meta" and (have.get("property") or have.get("name")) in ("article:published_time", "pubdate", "date"):
            self.said.setdefault("published", have.get("content", ""))
        elif tag == "meta" and have.get("property") == "og:url":
            self.said.setdefault("url", have.get("content", ""))
        elif tag == "time":
            self.said.setdefault("published", have.get("datetime", ""))
        if tag == "body":
            self._open = []  # the end of a head may go without saying
        elif tag in self.SILENT or tag in self._parts:
            self._open.append(tag)
        self._put("\n" if tag == "br" else "\n\n" if self.BLOCKS.fullmatch(tag) else " " if tag in ("td", "th") else "")

    def handle_endtag(self, tag: str) -> None:
        """Note where blocks end."""
        if tag in self._open:
            while self._open.pop() != tag:
                pass
        self._put("\n\n" if self.BLOCKS.fullmatch(tag) else "")

    def handle_data(self, data: str) -> None:
        """Keep the words; line breaks in the source of a page mean nothing."""
        self._put(re.sub(r"\s+", " ", data))

    def text(self) -> str:
        """What was kept, with at most one empty line between blocks."""
        kept = next((p for p in self._parts.values() if "".join(p).strip()), [])
        lines = (line.strip() for line in "".join(kept).split("\n"))
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _put(self, words: str) -> None:
        if words and not self.SILENT & set(self._open):
            for part in {"body", *self._open} & self._parts.keys():
                self._parts[part].append(words)
