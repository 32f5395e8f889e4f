"""Published texts in a logbook: adding them, and reading back what parsers found, from the ledger and from the region pack."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from offing import readers
from offing.clock import now_ms
from offing.errors import MissingInput, UnknownName, UsageError
from offing.model.bulletin import BULLETINS, SIGHTINGS, NotUnderstood, Parsed, SourceText, bulletin_frame, sighting_frame
from offing.pipeline.record_places import RecordPlaces
from offing.pipeline.waters import Waters
from offing.readers.bulletins import parse, read_texts
from offing.store import Store
from offing.store.texts import HeldText, TextKey

BULLETIN = "bulletin"
STATEMENT = "statement"
INCIDENT = "incident"


@dataclass
class Added:
    """What adding texts did: how many are new and were there before, how many rows they gave, and what was not understood."""

    texts: int = 0
    already: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    rejects: list[NotUnderstood] = field(default_factory=list)

    @property
    def nothing(self) -> bool:
        """Whether not one row came of it."""
        return not sum(self.rows.values())


@dataclass(frozen=True)
class Reading:
    """What the texts of a logbook hold: bulletins and sightings (columns of their schemas), and sentences left over."""

    bulletins: pl.DataFrame
    sightings: pl.DataFrame
    rejects: pl.DataFrame  # name, office, reason, sentence, text_sha256


@cache
def parser_version(package: str) -> str:
    """Twelve hex digits over the source of a package of parsers: another parser reads the texts again."""
    h = hashlib.sha256()
    for path in sorted((Path(readers.__file__).parent / package).glob("*.py")):
        h.update(path.read_bytes())
    return h.hexdigest()[:12]


def files_of(paths: Sequence[str | Path]) -> list[Path]:
    """The files named, those in folders too, in the order of their names."""
    found: list[Path] = []
    for path in map(Path, paths):
        if path.is_dir():
            found += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        elif path.is_file():
            found.append(path)
        else:
            raise MissingInput(f"{path} is not there.", "Give files or folders.")
    if not found:
        raise MissingInput(f"{', '.join(map(str, paths))}: there is no file in it.", "Give files or folders.")
    return found


def hold(store: Store, kind: str, texts: Iterable[tuple[SourceText, str]], path: Path, parser: str) -> tuple[int, int]:
    """Put texts into the ledger, each with what was read in it (JSON); returns how many are new and how many were there."""
    at_ms = now_ms()
    lines: dict[TextKey, HeldText] = {}
    readings: dict[TextKey, str] = {}
    for t, content in texts:
        line = HeldText(kind, t.sha256, t.office, t.name, str(path), t.published, t.url, t.retrieved_utc, t.text, at_ms)
        lines[line.key], readings[line.key] = line, content
    with store.writing(f"{kind}s add"):
        new = store.ledger.texts.hold(lines.values(), readings, parser)
    return len(new), len(lines) - len(new)


def retract(store: Store, kind: str, name: str, reason: str) -> HeldText:
    """Take a text back: from now on it does not count, and what was known before can still be told.

    It is named by its file, its own name, or at least 8 digits of its SHA-256. Returns its line with `held_to_ms` and `reason`.
    Raises `UnknownName` when no held text is meant and `UsageError` when several are, or when the reason is empty.
    """
    if not reason.strip():
        raise UsageError("A text is taken back for a reason, and none was given.", "Add --reason TEXT.")
    with store.writing(f"{kind}s retract"):
        held = store.ledger.texts.held(kind)
        by_sha = [t for t in held if re.fullmatch(r"[0-9a-fA-F]{8,64}", name) and t.sha256.startswith(name.lower())]
        found = by_sha or [t for t in held if name in (t.name, t.path, Path(t.path).name)]
        if not found:
            raise UnknownName.of(kind, name, (t.name for t in held))
        if len({t.sha256 for t in found}) > 1:
            digits = ", ".join(dict.fromkeys(t.sha256[:16] for t in found))
            raise UsageError(f"{name} means {len(found)} texts of the logbook: {digits}.", "Name one by these digits.")
        at_ms = now_ms()
        store.ledger.texts.release(kind, found[0].sha256, reason.strip(), at_ms)
        return replace(found[0], held_to_ms=max(at_ms, found[0].held_from_ms), reason=reason.strip())


def add_bulletins(store: Store, waters: Waters, paths: Sequence[str | Path], office: str = "") -> Added:
    """Read files of published texts and keep them; each text is read by the parser of its office.

    `office` holds where a text names none. A text is kept if it gave any row, though sentences of it are not understood.
    """
    places, out = RecordPlaces(waters), Added(rows={"bulletins": 0, "sightings": 0})
    retrieved = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    for path in files_of(paths):
        found = read_texts(path.read_bytes(), path.name, office=office, retrieved_utc=retrieved)
        out.rejects += found.rejects
        kept: list[tuple[SourceText, str]] = []
        same: set[tuple[str, str]] = set()
        for text in found.texts:
            key = (text.text, text.office)
            if key in same:  # a file may hold one text many times
                continue
            same.add(key)
            parsed = _parsed(text, places)
            out.rejects += parsed.rejects
            out.rows["bulletins"] += len(parsed.bulletins)
            out.rows["sightings"] += len(parsed.sightings)
            if parsed.bulletins or parsed.sightings:
                kept.append((text, _packed(parsed)))
        new, old = hold(store, BULLETIN, kept, path, parser_version("bulletins"))
        out.texts, out.already = out.texts + new, out.already + old
    return out


def _parsed(text: SourceText, places: RecordPlaces) -> Parsed:
    """What the parser of its office reads in a text; one that cannot be a text of any office is a reject as a whole."""
    try:
        text.text.encode()
        return parse(text, places)
    except UnicodeEncodeError:
        reason = "half a character stands in it"
    except OverflowError:
        reason = "it names a day outside the calendar"
    name, sentence = (words.encode("utf-8", "replace").decode() for words in (text.name, text.text))
    return Parsed(rejects=(NotUnderstood(sentence, reason, name),))


def read_back(store: Store | None, waters: Waters, at_ms: int | None = None) -> Reading:
    """What the texts of a logbook hold now, or at an instant. A text that another parser read is read again."""
    bulletins, sightings, rejects = [], [], []
    if store is not None:
        known = store.ledger.texts.readings(BULLETIN, parser_version("bulletins"))
        places = RecordPlaces(waters)
        for text in store.ledger.texts.held(BULLETIN, at_ms):
            content = known.get(text.key)
            if content is None:
                source = SourceText(text.name, text.office, text.published, text.url, text.retrieved_utc, text.text)
                content = _packed(parse(source, places))
            found = json.loads(content)
            bulletins += found["bulletins"]
            sightings += found["sightings"]
            rejects += [{**r, "office": text.office, "text_sha256": text.sha256} for r in found["rejects"]]
    empty = dict.fromkeys(("name", "office", "reason", "sentence", "text_sha256"), pl.String)
    return Reading(
        _unpacked(bulletins, BULLETINS),
        _unpacked(sightings, SIGHTINGS),
        pl.DataFrame(rejects, schema=pl.Schema(empty)),
    )


def _packed(parsed: Parsed) -> str:
    rejects = [{"name": r.name, "reason": r.reason, "sentence": r.sentence} for r in parsed.rejects]
    rows = {"bulletins": bulletin_frame(parsed.bulletins).to_dicts(), "sightings": sighting_frame(parsed.sightings).to_dicts()}
    return json.dumps({**rows, "rejects": rejects}, ensure_ascii=False, default=_iso)


def _iso(value: Any) -> str:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    raise TypeError(f"{value!r} cannot be written as JSON")


def _unpacked(rows: list[dict[str, Any]], schema: pl.Schema) -> pl.DataFrame:
    """Rows of JSON as a frame of the schema."""
    for row in rows:
        for name, dtype in schema.items():
            value = row.get(name)
            if value is not None and dtype == pl.Date():
                row[name] = date.fromisoformat(value)
            elif value is not None and isinstance(dtype, pl.Datetime):
                row[name] = datetime.fromisoformat(value)
    return pl.DataFrame(rows, schema=schema)
