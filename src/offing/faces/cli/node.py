"""Commands of a node: its identity, its keys, its links."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from offing.errors import UsageError
from offing.faces.cli.common import DefaultGroup, FormatOption, logbook_of
from offing.faces.cli.output import Form, emit_records, line, note
from offing.faces.cli.share import sharing_of

MOST_PORT = 65_535
PARTNERS = ["partner", "name", "state", "last_seen_utc", "vouched_by", "batches", "bytes", "receipts"]

AddressOption = Annotated[
    list[str], typer.Option("--address", metavar="HOST:PORT", help="Where partners reach it; may be repeated.")
]


def init(
    context: typer.Context,
    node_id: Annotated[str, typer.Option("--id", metavar="ID", help="Known to all partners by this; never changes.")],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="For the eye.")] = "",
    address: AddressOption = [],  # noqa: B006
) -> None:
    """Make this logbook a node: an id, and keys that only you can read."""
    book = logbook_of(context)
    card = book.exchange.init(node_id, name, _addresses(address))
    line(f"node {card.id}, key {card.fingerprint}")
    line("`offing node card FILE` writes what a partner needs to know of it")


def _addresses(said: list[str]) -> tuple[str, ...]:
    return tuple(a if "://" in a else f"https://{a}" for a in said)


def card(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A new file.")],
    address: AddressOption = [],  # noqa: B006
) -> None:
    """Write this node's card: id, keys, fingerprint, addresses. Nothing of it is secret."""
    desk = sharing_of(context)
    if address:  # from now on, in place of those of before
        desk.card(_addresses(address))
    raw = desk.card_bytes()
    try:
        file.write_bytes(raw)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name a file in a folder that is there.") from None
    line(f"card of {desk.node.id}, key {desk.card().fingerprint}: read the fingerprint to your partner over another way")


def serve(
    context: typer.Context,
    listen: Annotated[str, typer.Option("--listen", metavar="HOST:PORT", help="Where to listen.")] = "127.0.0.1:7443",
    every: Annotated[float, typer.Option("--every", metavar="SECONDS", min=0.05, help="How often to release and pull.")] = 5.0,
) -> None:
    """Serve partners, and pull from them, until stopped. Only partners with a known card get an answer."""
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > MOST_PORT:
        raise UsageError(f"{listen!r} is not HOST:PORT.", "Write it like 127.0.0.1:7443.")
    stop = threading.Event()
    before = {name: signal.signal(name, lambda *_: stop.set()) for name in (signal.SIGTERM, signal.SIGINT)}
    try:
        sharing_of(context).serve(host.strip("[]"), int(port), every, note, stop)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


def pull(
    context: typer.Context,
    partner: Annotated[list[str], typer.Argument(metavar="[PARTNER]...", help="Default: all with an address.")] = [],  # noqa: B006
    output: FormatOption = Form.TABLE,
) -> None:
    """Fetch what partners hold for this node. A partner that cannot be reached is told, and the next one asked."""
    rows = [
        {
            "partner": got.neighbour,
            "reached": not got.broken,
            "new": got.count("new"),
            "duplicates": got.count("duplicate"),
            "papers": got.papers_n,
            "quarantined": [t.reason for t in got.taken if not t.held],
            "refused_papers": list(got.papers_refused),
            "because": got.broken,
        }
        for got in sharing_of(context).pull(tuple(partner))
    ]
    names = ["partner", "reached", "new", "duplicates", "papers", "quarantined", "refused_papers", "because"]
    emit_records(rows, output, title="pulled", columns=names, names=names)
    if any(row["quarantined"] or row["refused_papers"] or not row["reached"] for row in rows):
        raise typer.Exit(1)


def status(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """This node and its partners."""
    desk = sharing_of(context)
    if output is Form.TABLE:
        line(f"node {desk.node.id} ({desk.node.name or 'no name'}), key {desk.card().fingerprint}")
    emit_records(desk.status(), output, title="partners", columns=PARTNERS, names=PARTNERS)


def keys_show(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """This node's keys by id: in use, retired, revoked. Secrets are never printed."""
    emit_records(sharing_of(context).keys(), output, title="keys", names=["use", "state", "key_id", "fingerprint", "public"])


def keys_rotate(context: typer.Context) -> None:
    """Sign with a new key from now on; the old one vouches for it in every stream."""
    fingerprint = sharing_of(context).rotate_key()
    line(f"new key {fingerprint}; partners learn of it with the next delivery, signed by the old one")


def keys_revoke(
    context: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The public key, 64 hex digits, as a card has it.")],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
) -> None:
    """Say to every partner that a former key of this node is not to be believed any more."""
    sharing_of(context).revoke_key(key, reason)
    line("revoked; partners learn of it with the next delivery")


def demo_partners(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", help="A new folder; default: a temporary one.")] = None,
) -> None:
    """Three nodes as real processes, no link between the outer two, and a hub that dies. The ships are made up."""
    from offing.faces.cli.demo_partners import demonstrate

    demonstrate(folder)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    node = typer.Typer(help="This logbook as a node among partners.", no_args_is_help=True)
    node.command("init")(init)
    node.command("card")(card)
    node.command("serve")(serve)
    node.command("pull")(pull)
    node.command("status")(status)
    app.add_typer(node, name="node")
    keys = typer.Typer(help="Keys of this node.", cls=DefaultGroup)
    keys.command("show")(keys_show)
    keys.command("rotate")(keys_rotate)
    keys.command("revoke")(keys_revoke)
    app.add_typer(keys, name="keys")
    app.command("demo-partners")(demo_partners)
