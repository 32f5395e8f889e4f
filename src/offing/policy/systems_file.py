"""Which systems partners operate, and the formats and links that these speak, as sourced claims in TOML.

A file of systems has three kinds of entries:

    [[format]]                          # a form in which records can be written
    id = "geojson"
    names = { en = "GeoJSON (RFC 7946)" }
    carries = ["visit", "sighting", "incident"]     # kinds of records that it can hold
    rebuilds = []                                   # kinds that whoever receives it can work out again from it
    links = ["internet", "folder"]                  # links over which it is sent
    source = "geojson-rfc"

    [[system]]
    id = "jp-some-picture"
    partner = "jp"
    operator = "Some Agency"
    names = { en = "Some picture" }
    formats = ["geojson"]
    links = ["internet"]
    sources = ["agency-2024"]
    confidence = "confirmed"            # confirmed, single source or recalled

    [[source]]
    id = "agency-2024"
    title = "..."
    publisher = "..."
    date = "2024-05-01"
    url = "https://..."

What a system can do is not asked here: only which forms it speaks, and over what. Also the partners of a worked example.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from offing.claims import Claim, Table, entries, parse_toml, read_text, top
from offing.errors import BadPaper
from offing.model.sharing import RECORD_KINDS
from offing.policy.agreements_file import CONFIDENCES, only, partner_id, require_example

NODE_FORMAT = "offing"
"""The form that every node speaks: signed batches (docs/reference/agreements.md)."""


@dataclass(frozen=True)
class Source:
    """Where a claim can be read."""

    id: str
    title: str
    publisher: str
    date: str
    url: str = ""

    @property
    def text(self) -> str:
        """Publisher, title and date in one line."""
        return f"{self.publisher}, {self.title}, {self.date}"


@dataclass(frozen=True)
class Format:
    """A form in which records can be written, the kinds that it can hold, and the links over which it is sent."""

    id: str
    names: Mapping[str, str]
    carries: tuple[str, ...]
    links: tuple[str, ...]
    rebuilds: tuple[str, ...] = ()  # kinds that it does not hold, but that can be worked out again from what it holds
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class System:
    """A system that a partner operates, or has ordered, and what it speaks."""

    id: str
    partner: str
    operator: str
    names: Mapping[str, str]
    formats: tuple[str, ...]
    links: tuple[str, ...]
    sources: tuple[str, ...] = ()
    confidence: str = "confirmed"
    note: str = ""


@dataclass(frozen=True)
class Systems:
    """Formats, systems and their sources, by id."""

    formats: Mapping[str, Format]
    systems: tuple[System, ...]
    sources: Mapping[str, Source]

    def of(self, partner: str) -> tuple[System, ...]:
        """The systems of one partner."""
        return tuple(s for s in self.systems if s.partner == partner)

    def joined(self, other: Systems, file: str) -> Systems:
        """The same and those of another file. Raises `BadPaper` where the two give one id to different things."""
        for what in ("formats", "sources"):
            mine, theirs = getattr(self, what), getattr(other, what)
            for i in sorted(mine.keys() & theirs.keys()):
                if mine[i] != theirs[i]:
                    raise BadPaper(
                        f"{file}: another file has something else under `{i}` of {what}.", "Change the id.", file=file
                    )
        if twice := {s.id for s in self.systems} & {s.id for s in other.systems}:
            raise BadPaper(f"{file}: another file has the system `{min(twice)}` too.", "Name each system once.", file=file)
        sources = {**self.sources, **other.sources}
        return Systems({**self.formats, **other.formats}, (*self.systems, *other.systems), sources)

    def with_nodes(self, partners: Iterable[str]) -> Systems:
        """The same, and a node of these partners: it speaks signed batches over every link that they are carried by."""
        nodes = tuple(System(f"{p}-node", p, p, {"en": "offing node"}, (NODE_FORMAT,), NODE.links, note="") for p in partners)
        return Systems({**self.formats, NODE_FORMAT: NODE}, (*self.systems, *nodes), self.sources)


NODE = Format(
    id=NODE_FORMAT,
    names={"en": "signed batches of offing"},
    carries=RECORD_KINDS,
    links=("internet", "folder"),
    note="Over HTTPS with certificates on both sides, or in a folder that is carried by hand.",
)

NONE = Systems({}, (), {})
"""No system is declared."""


@dataclass(frozen=True)
class ExamplePartner:
    """A partner of a worked example."""

    id: str
    names: Mapping[str, str]
    note: str = ""


def read_systems(path: Path, example: bool = False) -> Systems:
    """Formats, systems and sources of a file. Raises `BadPaper` with file and line. `example`: it must say that it is one."""
    table = parse_toml(read_text(path, BadPaper), path.name, BadPaper, "It has [[format]], [[system]] and [[source]].")
    if example:
        require_example(table, path.name)
    only(top(table, path.name, BadPaper), ("example", "format", "system", "source"))
    sources = {c.text("id"): _source(c) for c in _entries(table, "source", path)}
    formats = {c.text("id"): _format(c, sources) for c in _entries(table, "format", path)}
    systems = tuple(_system(c, formats, sources) for c in _entries(table, "system", path))
    return Systems(formats, systems, sources)


def read_partners(path: Path) -> list[ExamplePartner]:
    """The partners of a worked example, which must say `example = true`."""
    table = parse_toml(read_text(path, BadPaper), path.name, BadPaper)
    require_example(table, path.name)
    return [_partner(c) for c in _entries(table, "partner", path)]


def _entries(table: Table, key: str, path: Path) -> list[Claim]:
    return entries(table, key, path.name, BadPaper)


def _partner(c: Claim) -> ExamplePartner:
    only(c, ("id", "names", "note"))
    return ExamplePartner(partner_id(c, c.text("id"), "id"), c.names(), c.text("note", ""))


def _source(c: Claim) -> Source:
    only(c, ("id", "title", "publisher", "date", "url"))
    return Source(c.text("id"), c.text("title"), c.text("publisher"), c.text("date"), c.text("url", ""))


def _format(c: Claim, sources: Mapping[str, Source]) -> Format:
    only(c, ("id", "names", "carries", "rebuilds", "links", "source", "note"))
    carries, rebuilds = (tuple(c.one_of(key, kind, RECORD_KINDS) for kind in c.texts(key)) for key in ("carries", "rebuilds"))
    if not carries and not rebuilds:
        raise c.refuse("`carries` and `rebuilds` are both empty")
    if both := set(carries) & set(rebuilds):
        raise c.refuse(f"`rebuilds` names {min(both)}, which it carries")
    if c.text("id") == NODE_FORMAT:
        raise c.refuse(f"`id` {NODE_FORMAT!r} is the form of nodes, which needs no declaring", key="id")
    source = c.text("source", "")
    return Format(
        id=c.text("id"),
        names=c.names(),
        carries=carries,
        links=_some(c, "links"),
        rebuilds=rebuilds,
        source=c.one_of("source", source, sources) if source else "",
        note=c.text("note", ""),
    )


def _system(c: Claim, formats: Mapping[str, Format], sources: Mapping[str, Source]) -> System:
    only(c, ("id", "partner", "operator", "names", "formats", "links", "sources", "confidence", "note"))
    known = (*formats, NODE_FORMAT)
    spoken = tuple(c.one_of("formats", f, known) for f in _some(c, "formats"))
    links = _some(c, "links")
    for name in spoken:
        fits = formats.get(name, NODE).links
        if not set(fits) & set(links):
            raise c.refuse(f"`formats` has {name}, which is sent over {', '.join(fits)}, and `links` has none of these")
    return System(
        id=c.text("id"),
        partner=partner_id(c, c.text("partner"), "partner"),
        operator=c.text("operator"),
        names=c.names(),
        formats=spoken,
        links=links,
        sources=tuple(c.one_of("sources", s, sources) for s in _some(c, "sources")),
        confidence=c.one_of("confidence", c.text("confidence"), CONFIDENCES),
        note=c.text("note", ""),
    )


def _some(c: Claim, key: str) -> tuple[str, ...]:
    if not (found := c.texts(key)):
        raise c.refuse(f"`{key}` is missing or empty", key=key)
    return found
