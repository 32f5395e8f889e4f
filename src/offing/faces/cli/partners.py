"""Commands on partners and agreements: who is known, what is agreed, who can reach whom, in which form."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offing.errors import BadPaper, UnknownName, UsageError
from offing.faces.cli.common import DEFAULT_REGION, DefaultGroup, FormatOption, day_or_none
from offing.faces.cli.output import Form, emit_records, line, note
from offing.faces.cli.share import sharing_of

if TYPE_CHECKING:
    from offing.faces.cli.partner_map import Ties
    from offing.model.sharing import Agreement
    from offing.policy.reach import Reach
    from offing.policy.systems_file import Systems
    from offing.sharing import Sharing

ENDINGS = (".html", ".svg", ".png")
FOLDER = "partners"
"""The folder of a region pack that holds its worked example."""

PARTNERS = ["partner", "name", "key_id", "fingerprint", "vouched_by", "added_utc", "last_seen_utc", "alarms"]
AGREEMENTS = [
    "id", "parties", "kinds", "purposes", "from", "to", "in_force", "onward", "may_introduce", "history", "relay",
    "instrument", "sources", "signed_by", "sha256",
]  # fmt: skip
SYSTEMS = ["id", "partner", "operator", "name", "formats", "links", "confidence", "sources", "note"]

ExampleOption = Annotated[bool, typer.Option("--example", help="The worked example of the region pack, not this logbook.")]
RegionOption = Annotated[str, typer.Option("--region", metavar="NAME", help="Whose worked example, with --example.")]
KindOption = Annotated[list[str], typer.Option("--kind", metavar="KIND", help="Only this kind of record; may be repeated.")]
PurposeOption = Annotated[list[str], typer.Option("--purpose", metavar="P", help="Only for this purpose; may be repeated.")]
DayOption = Annotated[str, typer.Option("--day", metavar="DAY", help="As agreed on this day, UTC; default: today.")]
SystemsOption = Annotated[
    list[Path], typer.Option("--systems", metavar="FILE", help="Systems that partners declare (TOML); may be repeated.")
]


def partners_show(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """The partners whose cards are pinned: key, fingerprint, who vouches for it, when last seen."""
    rows = [partner_row(p) for p in sharing_of(context).partners()]
    emit_records(rows, output, title="partners", columns=PARTNERS, names=PARTNERS)
    if output is Form.TABLE:
        for row in rows:
            if row["alarms"]:
                line(f"ALARM {row['partner']}: `offing share status` tells of it")


def partners_add(
    context: typer.Context,
    cards: Annotated[list[Path], typer.Argument(metavar="CARD...", help="Files that `offing node card` wrote.")],
) -> None:
    """Pin partners' cards: from now on only what these keys sign is theirs."""
    desk = sharing_of(context)
    for card in cards:
        partner = desk.add_card(card)
        line(f"{partner.id}, key {partner.fingerprint}: compare it with the one that your partner reads to you")


def partners_remove(
    context: typer.Context, partner: Annotated[str, typer.Argument(metavar="ID", help="As `offing partners` has it.")]
) -> None:
    """Unpin a partner's card: no link with it is open and nothing that it signed is taken, until a card of it is added."""
    sharing_of(context).node.remove_card(partner)
    line(f"the card of {partner} is removed; what it sent stays here until `offing share forget {partner}`")


def partners_map(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE]", help="Draw it: .html, .svg or .png.")] = None,
    kind: KindOption = [],  # noqa: B006
    purpose: PurposeOption = [],  # noqa: B006
    day: DayOption = "",
    example: ExampleOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Who can reach whom, directly or through whom, for which kinds, and what blocks the rest."""
    from offing.faces.cli import partner_map as text

    if file is not None and file.suffix.lower() not in ENDINGS:
        raise UsageError(f"{file} ends in none of {', '.join(ENDINGS)}.", "The ending says what is drawn: `partners.html`.")
    ties = _ties(context, example, region, day)
    found = reaches_of(ties, kind, purpose)
    if file is not None:
        _draw(file, ties, found)
        return
    if output is not Form.TABLE:
        emit_records([text.map_row(r) for r in found], output, names=text.MAP)
        return
    for words in text.drawing(ties, found):
        line(words)


def partners_interop(
    context: typer.Context,
    kind: KindOption = [],  # noqa: B006
    purpose: PurposeOption = [],  # noqa: B006
    day: DayOption = "",
    systems: SystemsOption = [],  # noqa: B006
    with_nodes: Annotated[bool, typer.Option("--with-nodes", help="As if every partner ran a node of offing too.")] = False,
    example: ExampleOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """For each pair and kind: whether records can flow, by which path, in which form, and what is missing."""
    from offing.faces.cli import partner_map as text
    from offing.policy.interop import flows

    ties = _ties(context, example, region, day)
    declared = systems_of(systems, example, region)
    if with_nodes or not example:  # whoever has a card runs a node
        declared = declared.with_nodes(ties.names)
    found = flows(reaches_of(ties, kind, purpose), declared)
    if output is not Form.TABLE:
        emit_records([text.interop_row(f) for f in found], output, names=text.INTEROP)
        return
    if ties.example:
        line(text.MADE_UP)
    emit_records(text.grouped(found), output, title=f"what can flow, {ties.day}")


def partners_systems(
    systems: SystemsOption = [],  # noqa: B006
    example: ExampleOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Systems that partners operate, the formats and links that they speak, and the sources that say so."""
    if not example and not systems:
        raise UsageError("No systems are named.", "Add --systems FILE, or --example for the worked example.")
    declared = systems_of(systems, example, region)
    rows: list[dict[str, Any]] = [
        {
            "id": s.id,
            "partner": s.partner,
            "operator": s.operator,
            "name": s.names.get("en", ""),
            "formats": list(s.formats),
            "links": list(s.links),
            "confidence": s.confidence,
            "sources": [f"{declared.sources[i].text} {declared.sources[i].url}".strip() for i in s.sources],
            "note": s.note,
        }
        for s in declared.systems
    ]
    shown = ["id", "partner", "operator", "name", "formats", "links", "confidence"]
    emit_records(rows, output, title="systems", columns=shown, names=SYSTEMS)


def agreements_show(
    context: typer.Context,
    agreement_id: Annotated[str, typer.Argument(metavar="[ID]", help="One agreement; default: all.")] = "",
    example: ExampleOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """What is agreed: parties, kinds, purposes, days, and on which instrument it rests."""
    desk = None if example else sharing_of(context)
    found = {a.id: a for a in (example_ties(region).agreements if desk is None else desk.agreements())}
    if agreement_id and agreement_id not in found:
        raise UnknownName.of("agreement", agreement_id, found, "offing agreements")
    chosen = [a for a in found.values() if agreement_id in ("", a.id)]
    rows = [agreement_row(a, [] if desk is None else desk.node.signers(a.id)) for a in chosen]
    if agreement_id and output is Form.TABLE:
        for key, value in rows[0].items():
            for i, part in enumerate(value if key == "sources" else [value]):
                line(f"{key if not i else '':14} {_words(part)}".rstrip())
        return
    shown = ["id", "parties", "kinds", "purposes", "from", "to", "in_force", "onward", "relay"]
    emit_records(rows, output, title="agreements", columns=shown, names=AGREEMENTS)


def agreements_add(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Agreements in TOML.")],
) -> None:
    """Add agreements; they are in force on this side at once, and signed with this node's key where it is a party."""
    from offing.policy.agreements_file import read_agreements

    desk = sharing_of(context)
    read = [(f, a) for f in files for a in read_agreements(f)]
    seen: dict[str, Path] = {}
    for file, agreement in read:
        if (first := seen.setdefault(agreement.id, file)) is not file:
            raise UsageError(f"{first} and {file} both hold the agreement {agreement.id}.", "Give one of them.")
    own = desk.node.id
    for file, agreement in read:
        if own not in agreement.parties:
            raise BadPaper(f"{file}: {own} is no party of {agreement.id}.", "A node holds its own agreements alone.")
    known = {own, *(p.id for p in desk.partners())}
    for _, agreement in read:
        desk.add_agreement(agreement)
        line(f"{agreement.id}: {', '.join(agreement.parties)}, {agreement.first_day} to {agreement.last_day}")
        for party in agreement.parties:
            if party not in known:
                note(f"note: there is no card of {party} yet; `offing partners add CARD` pins it")


def agreements_end(
    context: typer.Context,
    agreement_id: Annotated[str, typer.Argument(metavar="ID", help="As `offing agreements` has it.")],
    day: Annotated[str, typer.Option("--day", metavar="DAY", help="Its last day, UTC; default: yesterday, so at once.")] = "",
) -> None:
    """End an agreement on this side: after its last day nothing leaves under it, what waits included."""
    from datetime import timedelta

    last = day_or_none(day) or _today() - timedelta(days=1)
    ended = sharing_of(context).end_agreement(agreement_id, last)
    after = ended.last_day if ended is not None else last
    line(f"{agreement_id} ends with {after}; after it nothing leaves under it on this side")


def _today() -> date:
    from offing.clock import now_ms
    from offing.model.times import from_ms

    return from_ms(now_ms()).date()


def _ties(context: typer.Context, example: bool, region: str, day: str) -> Ties:
    """The partners and agreements asked for: of the worked example, or of this node and those whose cards it holds."""
    asked = day_or_none(day) or _today()
    if example:
        return example_ties(region, asked)
    if region:
        raise UsageError("--region says whose worked example, but none is asked for.", "Add --example.")
    return known_ties(sharing_of(context), asked)


def known_ties(desk: Sharing, day: date) -> Ties:
    """This node and those whose cards it holds, with what they agreed."""
    from offing.faces.cli.partner_map import Ties

    partners = desk.partners()
    names = {desk.node.id: desk.node.name, **{p.id: p.name for p in partners}}
    return Ties(names, list(desk.agreements()), day, unknown=[(p.id, p.vouched_by) for p in partners if p.vouched_by])


def map_text(desk: Sharing) -> str:
    """What `offing partners map` prints at a node."""
    from offing.faces.cli.partner_map import drawing

    ties = known_ties(desk, _today())
    return "\n".join(drawing(ties, reaches_of(ties, [], [])))


def example_ties(region: str, day: date | None = None) -> Ties:
    """The worked example of a region pack; empty: of the default one."""
    from offing.faces.cli.partner_map import Ties
    from offing.policy.agreements_file import read_examples
    from offing.policy.systems_file import read_partners

    folder = _example_folder(region)
    names = {p.id: p.names.get("en", p.id) for p in read_partners(folder / "partners.toml")}
    agreements = [e.agreement for e in read_examples(folder / "agreements.toml")]
    return Ties(names, agreements, day or _today(), example=True)


def _example_folder(region: str) -> Path:
    from offing.regions import folder_of

    folder = folder_of(region or DEFAULT_REGION) / FOLDER
    if not folder.is_dir():
        raise UsageError(f"The region pack {region} has no worked example of partners.", f"{DEFAULT_REGION} has one.")
    return folder


def systems_of(files: list[Path], example: bool, region: str) -> Systems:
    """The systems that partners declare, of files and of the worked example."""
    from offing.policy.systems_file import NONE, read_systems

    found = read_systems(_example_folder(region) / "systems.toml", example=True) if example else NONE
    for file in files:
        found = found.joined(read_systems(file), file.name)
    return found


def reaches_of(ties: Ties, kinds: list[str], purposes: list[str]) -> list[Reach]:
    """Who reaches whom among partners; empty lists: all kinds, all purposes."""
    from offing.model.sharing import RECORD_KINDS
    from offing.policy.reach import reaches

    return reaches(list(ties.names), ties.agreements, ties.day, kinds or RECORD_KINDS, purposes, ties.unknown)


def _draw(file: Path, ties: Ties, found: list[Reach]) -> None:
    from offing.faces.chart.partners import drawn

    try:
        file.write_bytes(drawn(file.suffix.lower(), ties, found))
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    states = [r.state for r in found]
    counts = ", ".join(f"{states.count(s)} {s}" for s in ("direct", "through", "blocked", "unknown") if s in states)
    line(f"Drew {file}: {len(ties.names)} partners, {len(ties.agreements)} agreements; pairs and kinds: {counts}.")


def partner_row(p: Any) -> dict[str, Any]:
    """One partner as a row."""
    return {
        "partner": p.id,
        "name": p.name,
        "key_id": p.key_id,
        "fingerprint": p.fingerprint,
        "vouched_by": p.vouched_by,
        "added_utc": _time(p.added_ms),
        "last_seen_utc": _time(p.last_seen_ms),
        "alarms": p.alarms_n,
    }


def _words(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)


def _time(t_ms: int | None) -> str | None:
    from offing.model.times import from_ms

    return None if t_ms is None else from_ms(t_ms).strftime("%Y-%m-%dT%H:%M:%SZ")


def agreement_row(a: Agreement, signed_by: list[str]) -> dict[str, Any]:
    """One agreement as a row."""
    from hashlib import sha256

    from offing.model.sharing import RECORD_KINDS

    return {
        "id": a.id,
        "parties": list(a.parties),
        "kinds": [k for k in RECORD_KINDS if k in a.kinds],
        "purposes": list(a.purposes),
        "from": a.first_day.isoformat(),
        "to": a.last_day.isoformat(),
        "in_force": a.in_force(_today()),
        "onward": a.onward,
        "may_introduce": a.introduces,
        "history": a.history,
        "relay": a.relay,
        "instrument": a.instrument,
        "sources": list(a.sources),
        "signed_by": signed_by,
        "sha256": sha256(a.text.encode()).hexdigest(),
    }


def register(app: typer.Typer) -> None:
    """Add the commands."""
    partners = typer.Typer(help="Partners: who is known, and who can reach whom.", cls=DefaultGroup)
    partners.command("show")(partners_show)
    partners.command("add")(partners_add)
    partners.command("remove")(partners_remove)
    partners.command("map")(partners_map)
    partners.command("interop")(partners_interop)
    partners.command("systems")(partners_systems)
    app.add_typer(partners, name="partners")
    agreements = typer.Typer(help="Agreements: what partners agreed.", cls=DefaultGroup)
    agreements.command("show")(agreements_show)
    agreements.command("add")(agreements_add)
    agreements.command("end")(agreements_end)
    app.add_typer(agreements, name="agreements")
