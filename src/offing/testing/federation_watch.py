"""An eye on every byte that one node of a simulated federation hands to another; it reads batches as plain JSON lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from offing.exchange.results import Received
from offing.model.sharing import Record
from offing.testing.federation_model import Held, Model, Words, expired

MARKER = re.compile(rb"mk-([a-z]+)-\d+-[0-9a-f]{6}")
Stream = tuple[str, str]  # originator, final recipient
Place = tuple[int, int]  # batch number, index of the entry


class Broken(AssertionError):
    """The federation did what it may not do, or failed to do what it must."""


@dataclass(frozen=True)
class Seen:
    """A batch as anybody can read it."""

    head: bytes
    sealed: bool
    puts: dict[int, Words]  # live entries by index
    withdrawn: tuple[Place, ...]


@dataclass
class Watch:
    """What was handed over so far, and by whom."""

    model: Model
    markers: dict[str, tuple[str, Held]] = field(default_factory=dict)  # marker -> originator, record
    current: dict[Stream, frozenset[str]] = field(default_factory=dict)  # markers of the last release pass that ended well
    ever: dict[Stream, dict[str, list[Words]]] = field(default_factory=dict)  # what release passes ever let into a stream
    heads: dict[tuple[Stream, int], bytes] = field(default_factory=dict)  # line 0 of each batch that anybody was given
    told: dict[Stream, dict[int, tuple[Place, ...]]] = field(default_factory=dict)  # what each batch withdraws
    known: dict[tuple[str, Stream], set[int]] = field(default_factory=dict)  # batches that a node surely holds
    depth: dict[tuple[str, Stream], int] = field(default_factory=dict)  # hands from the originator to a holder, at least
    had: set[tuple[str, Stream]] = field(default_factory=set)  # who ever took in anything of which stream
    heard: set[tuple[str, Stream]] = field(default_factory=set)  # who was ever told of which stream
    batches_n: int = 0  # handed over
    sealed_n: int = 0  # of these

    def released(self, stream: Stream, found: Iterable[tuple[Held, Any]]) -> None:
        """A release pass ended well: from now on nothing else may leave its originator."""
        sealed, ever = self.model.seals(*stream), self.ever.setdefault(stream, {})
        now = {held.marker: Words.of(label, sealed) for held, label in found}
        self.current[stream] = frozenset(now)
        for marker, words in now.items():
            if words not in (before := ever.setdefault(marker, [])):
                before.append(words)

    def took(self, node: str, stream: Stream, seq: int) -> None:
        """A node said that it took a batch in."""
        self.known.setdefault((node, stream), set()).add(seq)
        self.had.add((node, stream))

    def wiped(self, node: str) -> None:
        """A node lost its disk: what it knew is not known to it any more."""
        for key in [k for k in self.known if k[0] == node]:
            del self.known[key]

    def batch(self, giver: str, taker: str, stream: Stream, seq: int, raw: bytes) -> None:
        """Raise `Broken` unless the giver may hand these bytes to the taker now."""
        seen = read(raw)
        where = f"{giver} -> {taker}: batch {seq} of {stream[0]}--{stream[1]}"
        self.batches_n += 1
        self.sealed_n += seen.sealed
        if self.heads.setdefault((stream, seq), seen.head) != seen.head:
            raise Broken(f"{where}: its header is not the one that was handed out before")
        self.told.setdefault(stream, {})[seq] = seen.withdrawn
        self._markers(where, giver, taker, stream, raw, seen)
        self._places(where, giver, stream, seq, seen)
        depth = 0 if giver == stream[0] else self.depth.get((giver, stream), 0)
        held = list(seen.puts.values())
        if not self.model.may_hand(giver, taker, *stream, held, depth) or not self.model.in_force(giver, taker):
            raise Broken(f"{where}: no agreement in force at {giver} lets it hand this over: {held}")
        for other in self.model.papers:
            if other not in (*stream,) and b'"%s"' % other.encode() in raw:
                raise Broken(f"{where}: it names {other}")
        self.heard.add((taker, stream))
        before = self.depth.get((taker, stream), depth + 1)
        self.depth[taker, stream] = min(before, depth + 1)

    def head(self, giver: str, taker: str, stream: Stream) -> None:
        """Raise `Broken` unless the giver may tell the taker that this stream is there."""
        if not self.model.in_force(giver, taker) or taker == stream[0] or giver == stream[1]:
            raise Broken(f"{giver} tells {taker} of {stream[0]}--{stream[1]}")
        if taker != stream[1] and not self.model.passes_on(giver, taker):
            raise Broken(f"{giver} tells {taker}, who may pass nothing on, of {stream[0]}--{stream[1]}")
        self.heard.add((taker, stream))

    def paper(self, giver: str, taker: str, raw: bytes) -> None:
        """Raise `Broken` unless the giver may hand this signed statement to the taker."""
        said = json.loads(raw)["payload"]
        where = f"{giver} gives {taker}"
        if "card" in said:
            who = said["card"]["payload"]["id"]
            told = {w for w in self.model.papers if (taker, (who, w)) in self.heard or (taker, (w, who)) in self.heard}
            wanted = any(who == r and taker == o for o, r in self.ever)
            if said["by"] != giver or said["for"] != taker or not self.model.introduces(giver, who):
                raise Broken(f"{where} the card of {who} without its leave")
            if not (told or wanted):
                raise Broken(f"{where} the card of {who}, of whom it need not know")
        if "head" in said:
            stream = (said["originator"], said["recipient"])
            if taker not in stream and (taker, stream) not in self.heard:
                raise Broken(f"{where} a receipt of {stream[0]}--{stream[1]}, of which it was never told")

    def _markers(self, where: str, giver: str, taker: str, stream: Stream, raw: bytes, seen: Seen) -> None:
        found = {m.group().decode() for m in MARKER.finditer(raw)}
        if seen.sealed and found:
            raise Broken(f"{where}: sealed, and {sorted(found)} can be read")
        for marker in sorted(found):
            if marker not in self.ever.get(stream, ()):
                raise Broken(f"{where}: {marker} was never released to {stream[1]}")
            if giver == stream[0] and marker not in self.current[stream]:
                raise Broken(f"{where}: {marker} is withdrawn or corrected, and its originator still hands it out")

    def _places(self, where: str, giver: str, stream: Stream, seq: int, seen: Seen) -> None:
        """No entry that a batch which the giver surely holds withdraws."""
        told = self.told.get(stream, {})
        gone = {place for n in sorted(self.known.get((giver, stream), ())) for place in told.get(n, ())}
        if again := [i for i in seen.puts if (seq, i) in gone]:
            raise Broken(f"{where}: entries {again} are withdrawn, and {giver} knows it")

    def shown(self, node: str, got: Received) -> str:
        """The marker of a row that a node shows as received; raises `Broken` if it may not show it."""
        marker = marker_of(got.record)
        where = f"{node} shows {got.record.kind} {got.record.id} of {got.originator}"
        if marker not in self.markers:
            raise Broken(f"{where}: nobody ever wrote it")
        author, held = self.markers[marker]
        if author != got.originator or held.record != got.record:
            raise Broken(f"{where}: {author} wrote {held.record}")
        said = {replace(w, sealed=False) for w in self.ever.get((author, node), {}).get(marker, ())}
        words = Words.of(got.label, sealed=False)
        if words not in said:
            raise Broken(f"{where}: it was never released to {node} as {words}")
        if expired(words, self.model.clock(node)):
            raise Broken(f"{where}: it expired by the clock of {node}")
        return marker


def read(raw: bytes) -> Seen:
    """A batch's bytes, read without any code of the exchange."""
    lines = raw.decode().split("\n")
    if lines.pop() != "":
        raise Broken("a batch does not end with its last line")
    header = json.loads(lines[0])["payload"]
    sealed = header["seal"] is not None
    puts: dict[int, Words] = {}
    withdrawn: list[Place] = []
    for index, line in enumerate(lines[1:]):
        entry = json.loads(line)
        if entry[0] == "+":
            label = header["labels"][entry[1]]
            puts[index] = Words(label["kind"], label["purpose"], label["onward"], label["expires_ms"], sealed)
        elif entry[0] == "-":
            withdrawn.append((entry[3][0], entry[3][1]))
    if header["n"] != len(lines) - 1:
        raise Broken(f"a batch says {header['n']} entries and has {len(lines) - 1}")
    return Seen(lines[0].encode(), sealed, puts, tuple(withdrawn))


def marker_of(record: Record) -> str:
    """The marker in a record, "" if there is none."""
    found = MARKER.search(repr(record.values).encode())
    return found.group().decode() if found else ""
