"""The registry of readers, and the choice of one by the content of a file."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import cast

from offing.errors import BadParameter, NothingKept, UnknownForm, UnknownName, UsageError
from offing.model.reading import Reader, ReadOptions, Source

GROUP = "offing.readers"
"""The entry-point group in which readers are registered, ours like anyone's."""

SHIPPED = {name: f"offing.readers.{name}:READER" for name in ("nmea", "marinecadastre", "dma", "aisstream", "csv", "parquet")}
"""What the package itself registers; used where it runs from source without being installed."""

SURE = 0.5
"""A form is taken when its reader is at least so sure."""

_MAPPED = ("csv", "parquet")


@cache
def readers() -> dict[str, Reader]:
    """All registered readers by name. Raises `UsageError` for one that cannot be loaded."""
    found = {e.name: e for e in entry_points(group=GROUP)}
    if not found:
        found = {name: EntryPoint(name, where, GROUP) for name, where in SHIPPED.items()}
    return {name: _load(found[name]) for name in sorted(found)}


def _load(entry: EntryPoint) -> Reader:
    try:
        module, _, attribute = entry.value.partition(":")
        return cast(Reader, getattr(import_module(module), attribute))
    except Exception as error:
        raise UsageError(
            f"The reader {entry.name!r} ({entry.value}) cannot be loaded: {error}.",
            "Update or uninstall the package that registers it.",
            name=entry.name,
        ) from error


def choose(source: Source, form: str = "auto", options: ReadOptions | None = None) -> Reader:
    """The reader for a source: the named one, with `auto` the one that is surest of the content.

    With a mapping it is `parquet` for Parquet and `csv` for anything else. Raises `UnknownName` for a form that is not
    there, `BadParameter` for a mapping with a form that takes none, `NothingKept` for an empty file and `UnknownForm`
    when no reader is sure.
    """
    known = readers()
    if form != "auto" and form not in known:
        raise UnknownName.of("form", form, [*known, "auto"])
    if not source.head:
        raise NothingKept(f"{source.path} is empty.", "There is nothing to read in it.", path=str(source.path))
    if options is not None and options.mapping is not None:
        if form not in ("auto", *_MAPPED):
            raise BadParameter(f"The form {form} takes no mapping.", "Leave out --map, or --as.", form=form)
        name = form if form != "auto" else "parquet" if known["parquet"].sniff(source.head) >= SURE else "csv"
        return known[name]
    if form != "auto":
        return known[form]
    surest = max(known.values(), key=lambda reader: reader.sniff(source.head))
    if surest.sniff(source.head) < SURE:
        hint = "Name its form with --as, or describe its columns with --map FILE."
        if source.head[257:262] == b"ustar":
            hint = "It is a tar archive: unpack it and give the folder."
        raise UnknownForm(
            f"The content of {source.path} is of no form that offing knows ({', '.join(known)}).",
            hint,
            path=str(source.path),
        )
    return surest
