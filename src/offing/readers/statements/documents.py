"""Files of statements: plain text or Markdown with a header, and HTML, to a `Document`. What cannot be taken says why.

A header is a block between two lines `---` as of YAML (scalars and lists of them), or lines `key: value` before the first
empty line. An HTML page carries the same in its `meta` elements.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser

from offing.model.bulletin import NotUnderstood
from offing.model.statement import KINDS, Document
from offing.readers.statements.naming import naming, parties_of

MAX_BYTES = 4 << 20
"""A statement is a text to read; the longest communiqués have 0.2 MB."""

KEYS = {
    "date": (
        "date",
        "day",
        "published",
        "published_on",
        "published_time",
        "article:published_time",
        "dc.date",
        "dc.date.issued",
    ),
    "title": ("title", "og:title", "dc.title", "heading"),
    "source": ("source", "source_url", "url", "og:url", "canonical"),
    "kind": ("kind",),
    "forum": ("forum",),
    "parties": ("parties",),
    "issued_by": ("issued_by", "issuer"),
    "place": ("place",),
}
"""What a header may say, and under which keys; the first one that is there counts."""

OPENING = 600  # characters in which a joint text names who speaks

_MONTHS = [calendar.month_name[n].lower() for n in range(1, 13)]
_DAYS = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?!\d)",
        r"(?P<y>\d{4})\s*年\s*(?P<m>\d{1,2})\s*月\s*(?P<d>\d{1,2})\s*日",
        rf"(?P<month>{'|'.join(_MONTHS)})\s+(?P<d>\d{{1,2}}),?\s+(?P<y>\d{{4}})",
        rf"(?P<d>\d{{1,2}})\s+(?P<month>{'|'.join(_MONTHS)})\s+(?P<y>\d{{4}})",
    )
]
_PLAIN_KEY = re.compile(r"([A-Za-z][\w.:-]{0,40})[ \t]*:(?:[ \t]+(.*)|[ \t]*)$")
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "_": "\u00a0",
    "N": "\n",
    "L": "\n",
    "P": "\n",
    "0": "",
    "r": "\n",
    "e": "",
    "a": "",
    "b": "",
    "v": "",
}
_HIDDEN = {"script", "style", "noscript", "template", "nav", "footer", "aside"}
_BLOCKS = re.compile(r"p|div|[uod]l|li|d[td]|h[1-6r]|t[dhr]|table|blockquote|section|article|main|header|figcaption")


def read_document(name: str, data: bytes) -> Document | NotUnderstood:
    """One file as a document, or why it cannot be taken: no text, no date, a header that does not end. Never raises."""
    if len(data) > MAX_BYTES:
        return NotUnderstood("", f"it has more than {MAX_BYTES >> 20} MiB: give the text of one statement", name)
    text = _decoded(data)
    if text is None:
        return NotUnderstood("", "it is no text in UTF-8 (or, for a page, in the encoding that it names)", name)
    text = re.sub(r"\r\n?", "\n", text)
    if re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body|article)\b", text, re.IGNORECASE):
        header, body = _page(text)
    elif text.startswith("---\n"):
        end = re.search(r"^(?:---|\.\.\.)[ \t]*$", text[4:], re.MULTILINE)
        if end is None:
            return NotUnderstood("---", "the header is not closed: write a second line ---", name)
        header, body = _yaml(text[4 : 4 + end.start()]), text[4 + end.end() :]
    else:
        header, body = _lines(text)
    if not body.strip():
        return NotUnderstood("", "there is no text below the header", name)
    return _document(name, header, body.strip("\n"))


def _document(name: str, header: Mapping[str, str], body: str) -> Document | NotUnderstood:
    said = {field: " ".join(next((v for k in keys if (v := header.get(k))), "").split()) for field, keys in KEYS.items()}
    if not said["date"]:
        return NotUnderstood("", "it has no date: write `date: 2021-04-16` above the text", name)
    day = _day(said["date"])
    if day is None:
        return NotUnderstood(said["date"], "its date is no day of the calendar: write it like 2021-04-16", name)
    if said["kind"] and said["kind"] not in KINDS:
        return NotUnderstood(said["kind"], f"its kind is none of {', '.join(KINDS)}", name)
    title = said["title"] or _heading(body)
    found = naming(title, said["source"], body[:OPENING], said["kind"], parties_of(said["parties"]))
    return Document(
        name=name,
        date=day,
        kind=found.kind,
        parties=found.parties,
        issued_by=parties_of(said["issued_by"]) or found.issued_by,
        forum=said["forum"] or found.forum,
        title=title,
        place=said["place"],
        source=said["source"],
        text=body,
    )


def _decoded(data: bytes) -> str | None:
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return _decode(data, encoding)
    named = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w.:-]{1,40})", data[:4096], re.IGNORECASE)
    text = _decode(data, "utf-8")
    return text if text is not None or named is None else _decode(data, named[1].decode("ascii"))


def _decode(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if "\0" in text else text


def _day(text: str) -> date | None:
    for pattern in _DAYS:
        if m := pattern.search(text):
            parts = m.groupdict()
            month = _MONTHS.index(parts["month"].lower()) + 1 if parts.get("month") else int(parts["m"])
            try:
                return date(int(parts["y"]), month, int(parts["d"]))
            except ValueError:
                return None
    return None


def _heading(body: str) -> str:
    m = re.search(r"^#{1,2}[ \t]+(.+?)[ \t#]*$", body, re.MULTILINE)
    return m[1] if m else ""


def _lines(text: str) -> tuple[dict[str, str], str]:
    """Header lines before the first empty line; without one that says something of `KEYS`, all is text."""
    head, _, body = text.partition("\n\n")
    found = [_PLAIN_KEY.match(line) for line in head.split("\n")]
    header = {m[1].lower(): m[2] or "" for m in found if m}
    known = {key for keys in KEYS.values() for key in keys}
    return (header, body) if all(found) and known & header.keys() else ({}, text)


def _yaml(block: str) -> dict[str, str]:
    """The scalars of a block of YAML, lists joined by commas; what is nested deeper is left out."""
    header: dict[str, str] = {}
    for entry in re.split(r"\n(?=[^\s#-])", "\n" + block):
        if m := re.match(r"\n?([\w.:-]+)[ \t]*:(?=\s|$)[ \t]*(.*)", entry, re.DOTALL):
            value = m[2].strip()
            items = re.findall(r"^[ \t]*-[ \t]+(.+)$", value, re.MULTILINE) if value.startswith("- ") else []
            if value.startswith("[") and value.endswith("]"):
                items = value[1:-1].split(",")
            header[m[1].lower()] = ", ".join(_scalar(item.strip()) for item in items) if items else _scalar(value)
    return header


def _scalar(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"':
        joined = re.sub(r"(?<!\\)((?:\\\\)*)\\\n[ \t]*", r"\1", value[1:-1])
        joined = re.sub(r"[ \t]*\n[ \t]*", " ", joined)
        return re.sub(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", _unescaped, joined)
    if len(value) > 1 and value[0] == value[-1] == "'":
        return value[1:-1].replace("''", "'")
    return re.sub(r"[ \t]#.*$", "", value, flags=re.MULTILINE)


def _unescaped(m: re.Match[str]) -> str:
    digits = m[1] or m[2] or m[3]
    if not digits:
        return _ESCAPES.get(m[4], m[4])
    code = int(digits, 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else "\ufffd"


class _Page(HTMLParser):
    """Collects what a page says of itself, and its text with an empty line between blocks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.header: dict[str, str] = {}
        self.parts: list[str] = []
        self.hidden = 0
        self.into = ""  # the key that takes the text: title, heading, a footnote's mark

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        if tag == "meta":
            key = (given.get("property") or given.get("name") or given.get("itemprop") or "").lower()
            self.header.setdefault({"datepublished": "published_time"}.get(key, key), given.get("content", ""))
        elif tag == "link" and given.get("rel") == "canonical":
            self.header.setdefault("canonical", given.get("href", ""))
        elif tag == "time" and given.get("datetime"):
            self.header.setdefault("published", given["datetime"])
        elif tag in _HIDDEN:
            self.hidden += 1
        elif tag in ("title", "h1"):
            self.into = "title" if tag == "title" else "heading"
        if _BLOCKS.fullmatch(tag):
            self.parts.append("\n\n")
        elif tag in ("br", "sup"):
            self.parts.append("\n" if tag == "br" else "<sup>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _HIDDEN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in ("title", "h1"):
            self.into = ""
        if _BLOCKS.fullmatch(tag):
            self.parts.append("\n\n")
        elif tag == "sup":
            self.parts.append("</sup>")

    def handle_data(self, data: str) -> None:
        if self.hidden:
            return
        if self.into:
            self.header[self.into] = self.header.get(self.into, "") + data
        if self.into != "title":
            self.parts.append(data)


def _page(text: str) -> tuple[dict[str, str], str]:
    first, *rest = text.split("<!--")
    text = first + "".join(part.partition("-->")[2] for part in rest)
    page = _Page()
    try:
        page.feed(re.sub(r"<(?![a-zA-Z/!?][^<>]*>)", "&lt;", text))  # html.parser takes a tag without end for ever
        page.close()
    except AssertionError:  # html.parser's way to refuse a broken declaration
        return {}, ""
    if page.header.get("heading", "").strip():
        page.header["title"] = page.header.get("og:title") or page.header["heading"]
    body = re.sub(
        r"<sup>([^<>]*)</sup>", lambda m: "" if re.fullmatch(r"[\s\d\[\]()*†‡,]*", m[1]) else m[1], "".join(page.parts)
    )
    body = body.replace("<sup>", "").replace("</sup>", "")
    body = re.sub(r" ?\n(?: ?\n)+ ?", "\n\n", re.sub(r"[^\S\n]+", " ", body))
    return page.header, body.strip()
