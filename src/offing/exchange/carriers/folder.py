"""A folder as carrier: a USB stick, a share, a mail attachment unpacked. Taken whole or refused whole.

manifest.json                       who gives it to whom, and the SHA-256 of every file: canonical, signed by who gives it
streams/ORIGINATOR--RECIPIENT/000001.batch, ...
papers/*.json                       signed statements
README.md                           for people; the one file that nothing binds
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from offing.errors import BadDelivery, MissingInput, SharingError
from offing.exchange import inbox, papers, partners, receipts, streams
from offing.exchange.canonical import decode_strict, encode
from offing.exchange.carriers import Head
from offing.exchange.inbox import Asked, Refused
from offing.exchange.node import Node
from offing.exchange.papers import Card
from offing.exchange.results import Taken
from offing.exchange.signing import claimed, verify

MANIFEST = "application/vnd.offing.delivery+json"
"""Payload type of the manifest."""

MAX_MANIFEST_BYTES = 64 << 20
MAX_FILES = 1_000_000

_PARTS = ("README.md", "manifest.json", "papers", "streams")
_BATCH = re.compile(r"streams/([a-z0-9._-]+?)--([a-z0-9._-]+)/([0-9]{6,10})\.batch")
_PAPER = re.compile(r"papers/[a-z]+-[0-9a-f]{16}\.json")
_README = "# A delivery of "
_STARTS = {"README.md": _README.encode(), "manifest.json": b'{"payload":{"files":'}
_ELSEWHERE = "Name a folder that is empty or not there yet."
_AGAIN = "Nothing of it was taken in. Ask who gave it for another one."
_KINDS = {papers.CARD: "card", papers.INTRODUCTION: "introduction", papers.RECEIPT: "receipt"}
_KINDS |= {papers.AGREEMENT_SIGNATURE: "agreement", papers.REVOCATION: "revocation"}


@dataclass(frozen=True)
class Exported:
    """What was written."""

    to: str
    streams_n: int = 0
    batches_n: int = 0
    papers_n: int = 0
    bytes_n: int = 0
    waits: tuple[str, ...] = ()  # sentences about the giver's own streams that could not be gone on with; for its eyes


@dataclass(frozen=True)
class Imported:
    """What became of a delivery. Nothing in it was refused, else there was an error."""

    from_whom: str  # empty: there was nothing in it
    taken: tuple[Taken, ...] = ()  # new, duplicate; of a quarantined stream the first batch that was not taken
    papers_n: int = 0
    papers_refused: tuple[str, ...] = ()

    def count(self, state: str) -> int:
        """How many batches came to a state of `Taken`."""
        return sum(t.state == state for t in self.taken)


def export(node: Node, to: str, folder: Path) -> Exported:
    """Write everything that a partner may have into a folder; the same state and clock always give the same bytes.

    Raises:
        SharingError: there is something else in the folder, or it cannot be written.
    """
    try:
        _clear(folder)
        (folder / "README.md").write_text(_readme(node.id, to), encoding="utf-8")
        with node.disk.read():  # one instant for all that is written
            heads = node.heads_for(to)
            done = _export(node, to, heads, folder)
    except OSError as error:
        raise SharingError(f"{folder} cannot be written: {error.strerror}.", _ELSEWHERE) from None
    with node.act() as db:  # so that what is withdrawn later is told to whoever carries it, without a receipt
        for head in heads:
            streams.give(db, head.originator, head.recipient, to)
    return done


def _export(node: Node, to: str, heads: Sequence[Head], folder: Path) -> Exported:
    files: dict[str, str] = {}
    size = 0
    given = node.papers_for(to)
    if not heads and len(given) <= 1:  # the own card alone is nothing new
        return Exported(to)
    for head in heads:
        for seq in range(1, head.seq + 1):
            raw = node.batch_for(to, head.originator, head.recipient, seq)
            if raw is None:  # a label or an agreement ended between two looks at the clock
                raise SharingError(f"The stream for {head.recipient} was closed meanwhile.", "Export again.")
            size += _write(folder, f"streams/{head.originator}--{head.recipient}/{seq:06d}.batch", raw, files)
    for raw in given:
        name = _KINDS[papers.peek(raw).type]
        size += _write(folder, f"papers/{name}-{sha256(raw).hexdigest()[:16]}.json", raw, files)
    payload = {"files": files, "from": node.id, "to": to, "v": 1}
    size += _write(folder, "manifest.json", encode(node.own.keys.sign(MANIFEST, payload)), {})
    return Exported(to, len(heads), sum(h.seq for h in heads), len(given), size)


def import_(node: Node, folder: Path) -> Imported:
    """Take in a delivery: all of it in one transaction, or nothing. What lacks its agreement stays out and is named.

    Raises:
        MissingInput: there is no such folder.
        BadDelivery: something in it is not what was signed, or is not for this node.
    """
    if not folder.is_dir():
        raise MissingInput(f"There is no folder {folder}.", "Name the folder that was exported.")
    if not (folder / "manifest.json").exists() and any(p.name != "README.md" for p in folder.iterdir()):
        raise BadDelivery(f"{folder} holds no manifest.json, so it is no delivery, or not a whole one.", _AGAIN)
    found = set(_walk(folder))
    if not found - {"README.md"}:
        return Imported("")
    raw = _read(folder, "manifest.json", found)
    try:
        with node.act() as db:
            giver, files = _manifest(db, node, folder, raw, found)
            return _take(db, node, giver, folder, files)
    except _Stopped as stopped:
        node.note(stopped.asked, stopped.why)
        raise BadDelivery(
            f"Batch {stopped.asked.seq} of {stopped.asked.originator} for {stopped.asked.recipient}: {stopped.why.message}",
            _AGAIN,
            code=stopped.why.code,
        ) from None


class _Stopped(Exception):
    """A batch was refused, and so is the delivery."""

    def __init__(self, asked: Asked, why: Refused) -> None:
        super().__init__(why.message)
        self.asked = asked
        self.why = why


def _manifest(
    db: sqlite3.Connection, node: Node, folder: Path, raw: bytes, found: Collection[str]
) -> tuple[str, Mapping[str, str]]:
    """Who gives the delivery, and its files with their hashes, once all is what was signed."""
    envelope = decode_strict(raw, "manifest.json", MAX_MANIFEST_BYTES)
    said = claimed(envelope, MANIFEST)
    p = said.payload
    if set(p) != {"files", "from", "to", "v"} or p["v"] != 1 or type(p["v"]) is not int or not isinstance(p["files"], dict):
        raise BadDelivery("manifest.json has another form than manifests have.", _AGAIN)
    if p["from"] == node.id:
        raise BadDelivery(f"This delivery is one that {node.id} wrote, this node itself.", "Import those of the others.")
    card = partners.pinned(db, str(p["from"]))
    if card is None:
        raise BadDelivery(f"{str(p['from'])!r:.80} is no partner of this node.", "Pin its card: `offing partners add CARD`.")
    if said.key_id != card.key_id:
        card = _later_card(folder, card, found)
    verify(envelope, card.public_key, MANIFEST)
    if p["to"] != node.id:
        raise BadDelivery(f"This delivery is for {str(p['to'])!r:.80}, and this node is {node.id}.", _AGAIN)
    files: dict[str, str] = p["files"]
    extra = sorted({*found} - {*files, "manifest.json", "README.md"})
    missing = sorted({*files} - {*found})
    if extra or missing:
        what = f"{extra[0]!r} is not in its manifest" if extra else f"{missing[0]!r} is missing"
        raise BadDelivery(f"The delivery is not whole: {what}.", _AGAIN)
    for name, digest in files.items():
        if not (_BATCH.fullmatch(name) or _PAPER.fullmatch(name)):
            raise BadDelivery(f"{name!r:.120} is no file of a delivery.", _AGAIN)
        _content(folder, name, digest, found)
    return card.id, files


def _take(db: sqlite3.Connection, node: Node, giver: str, folder: Path, files: Mapping[str, str]) -> Imported:
    own, names = node.own, files.keys()
    given = [_content(folder, n, files[n], names) for n in sorted(names) if n.startswith("papers/")]
    given.sort(key=lambda raw: (papers.peek(raw).type != papers.CARD, papers.peek(raw).type != papers.INTRODUCTION))
    kept, refused = receipts.take(db, own, giver, given)
    partners.seen(db, giver, own.clock())
    by_stream: dict[tuple[str, str], dict[int, str]] = {}
    for name in names:
        if m := _BATCH.fullmatch(name):
            batches = by_stream.setdefault((m[1], m[2]), {})
            if int(m[3]) in batches or name != f"streams/{m[1]}--{m[2]}/{int(m[3]):06d}.batch":
                raise BadDelivery(f"{name!r} is no name of a batch.", _AGAIN)
            batches[int(m[3])] = name
    taken: list[Taken] = []
    for (originator, recipient), batches in sorted(by_stream.items()):
        read = {seq: (folder, name, files[name], names) for seq, name in sorted(batches.items())}
        taken += _take_stream(db, node, giver, originator, recipient, read)
    return Imported(giver, tuple(taken), kept, tuple(refused))


_File = tuple[Path, str, str, Collection[str]]


def _take_stream(
    db: sqlite3.Connection, node: Node, giver: str, originator: str, recipient: str, batches: Mapping[int, _File]
) -> Iterator[Taken]:
    explained: set[tuple[int, int]] | None = None
    for seq in batches:
        asked = Asked(giver, originator, recipient, seq)
        raw = _content(*batches[seq])
        try:
            try:
                yield inbox.take(db, node.own, asked, raw, explained or ())
            except Refused as refused:
                if refused.code != "stripped" or explained is not None:
                    raise
                explained = _words(db, node, asked, batches)
                yield inbox.take(db, node.own, asked, raw, explained)
        except Refused as refused:
            if refused.state != "quarantined":
                raise _Stopped(asked, refused) from None
            inbox.note(db, node.own, asked, refused)
            yield asked.taken("quarantined", refused.code, refused.message)
            return


def _words(db: sqlite3.Connection, node: Node, asked: Asked, batches: Mapping[int, _File]) -> set[tuple[int, int]]:
    """What the batches of a stream from one on withdraw, as their originator signed it."""
    words: set[tuple[int, int]] = set()
    point = inbox.start(db, node.own, asked)
    for seq in (s for s in batches if s >= asked.seq):
        at = Asked(asked.neighbour, asked.originator, asked.recipient, seq)
        point, some = inbox.read_words(db, node.own, at, _content(*batches[seq]), point)
        words |= some
    return words


def _later_card(folder: Path, card: Card, found: Collection[str]) -> Card:
    """The later card of a partner that lies in the delivery, if the pinned key handed over to its key; else the pinned one."""
    for name in sorted(found):
        if re.fullmatch(r"papers/card-[0-9a-f]{16}\.json", name):
            new = papers.read_card(_read(folder, name, found))
            if new.id == card.id:
                return papers.accept_card(card, new)
    return card


def _walk(folder: Path) -> Iterator[str]:
    """The files below a folder, with / between; anything that is neither file nor folder is refused, as are empty folders."""
    n = 0
    todo = [(folder, "")]
    while todo:
        path, above = todo.pop()
        with os.scandir(path) as found:
            entries = list(found)
        n += len(entries)
        if n > MAX_FILES:
            raise BadDelivery(f"There are more than {MAX_FILES} files in the delivery.", _AGAIN)
        if above and not entries:
            raise BadDelivery(f"The folder {above!r} is empty, and is in no manifest.", _AGAIN)
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                todo.append((path / entry.name, f"{above}{entry.name}/"))
            elif entry.is_file(follow_symlinks=False):
                yield above + entry.name
            else:
                raise BadDelivery(f"{above + entry.name!r} is neither a file nor a folder.", _AGAIN)


def _content(folder: Path, name: str, digest: str, found: Collection[str]) -> bytes:
    raw = _read(folder, name, found)
    if sha256(raw).hexdigest() != digest:
        raise BadDelivery(f"{name!r} is not the file that the manifest names.", _AGAIN)
    return raw


def _read(folder: Path, name: str, found: Collection[str]) -> bytes:
    if name not in found:
        raise BadDelivery(f"The delivery is not whole: {name!r} is missing.", _AGAIN)
    path = folder / name
    if path.stat().st_size > MAX_MANIFEST_BYTES:
        raise BadDelivery(f"{name!r} has more than {MAX_MANIFEST_BYTES} bytes.", _AGAIN)
    return path.read_bytes()


def _clear(folder: Path) -> None:
    """Make room for a delivery where there is nothing, or an earlier one. What is no part of a delivery stays untouched."""
    if folder.exists() and not folder.is_dir():
        raise SharingError(f"{folder} is no folder.", "Name another one.")
    try:
        found = sorted(_walk(folder)) if folder.exists() else []
        others = [name for name in found if not _is_of_delivery(folder, name)]
    except BadDelivery as error:  # a link, a device, too many files
        raise SharingError(f"{folder} holds no delivery: {error.message}", _ELSEWHERE) from None
    if others:
        raise SharingError(f"There is something else in {folder}: {others[0]}.", _ELSEWHERE)
    for name in _PARTS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)


def _is_of_delivery(folder: Path, name: str) -> bool:
    """Whether a file is one that `export` wrote, in whole or until it was stopped: by its name, or by its first words."""
    if name in _STARTS:
        with (folder / name).open("rb") as f:
            return _STARTS[name].startswith(f.read(len(_STARTS[name])))
    return bool(_BATCH.fullmatch(name) or _PAPER.fullmatch(name))


def _write(folder: Path, name: str, raw: bytes, files: dict[str, str]) -> int:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(raw)
    files[name] = sha256(raw).hexdigest()
    return len(raw)


def _readme(giver: str, to: str) -> str:
    return (
        f"{_README}{giver} for {to}\n\n"
        f"Records, withdrawals and receipts, signed by those who made them. {to} takes it in with\n\n"
        "    offing share import FOLDER\n\n"
        "Carry the folder as it is: whatever is changed, added or left out is noticed, and then nothing of it is taken in.\n"
    )
