"""Texts that offices publish: one parser per office, found by the office's id.

A package from outside registers its own under the group `offing.bulletins`; the name is the office's id:

    [project.entry-points."offing.bulletins"]
    my-office = "my_package.my_parser"      # a module with OFFICE and parse(source, places)
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from offing.errors import UnknownName, UsageError
from offing.model.bulletin import NotUnderstood, Parsed, Places, SourceText
from offing.readers.bulletins.sources import Texts, read_texts

__all__ = ["GROUP", "Parser", "Texts", "parse", "parsers", "read_texts"]

GROUP = "offing.bulletins"

SHIPPED = {
    "jcg": "offing.readers.bulletins.jcg",
    "jp-joint-staff": "offing.readers.bulletins.joint_staff",
    "tw-cga": "offing.readers.bulletins.cga",
    "tw-mnd": "offing.readers.bulletins.mnd",
}
"""What the package itself registers; used where it runs from source without being installed."""


class Parser(Protocol):
    """What reads the texts of one office: usually a module."""

    OFFICE: str

    def parse(self, source: SourceText, places: Places) -> Parsed:
        """Bulletins, sightings and rejects of one text. Pure: no files, no clock. Raises nothing, whatever the text."""


@cache
def parsers() -> dict[str, Parser]:
    """All registered parsers by office. Raises `UsageError` for one that cannot be loaded or is another office's."""
    found = {e.name: e for e in entry_points(group=GROUP)}
    if not found:
        found = {office: EntryPoint(office, where, GROUP) for office, where in SHIPPED.items()}
    return {office: _load(found[office]) for office in sorted(found)}


def parse(source: SourceText, places: Places) -> Parsed:
    """What one text says, by the parser of its office. A text that names no office is a reject; raises `UnknownName`."""
    if not source.office:
        return Parsed(rejects=(NotUnderstood(source.text, "the text names no office, and none was given for it", source.name),))
    known = parsers()
    if source.office not in known:
        raise UnknownName.of("office", source.office, known)
    return known[source.office].parse(source, places)


def _load(entry: EntryPoint) -> Parser:
    remedy = "Update or uninstall the package that registers it."
    try:
        module, _, attribute = entry.value.partition(":")
        target = import_module(module)
        parser = cast(Parser, getattr(target, attribute) if attribute else target)
        office = parser.OFFICE
    except Exception as error:
        raise UsageError(f"The parser {entry.name!r} ({entry.value}) cannot be loaded: {error}.", remedy) from error
    if office != entry.name:
        raise UsageError(f"The parser {entry.name!r} ({entry.value}) says that it is {office!r}'s.", remedy)
    return parser
