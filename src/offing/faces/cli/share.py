"""Commands of sharing: what leaves this node, for whom, why, and what came from others."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from offing.errors import UsageError
from offing.exchange.results import WAITS
from offing.faces.cli.common import FormatOption, day_or_none, logbook_of
from offing.faces.cli.output import Form, emit, emit_records, line, note

if TYPE_CHECKING:
    from offing.sharing import Sharing

ToOption = Annotated[str, typer.Option("--to", metavar="ID", help="The partner who is to have it.")]

RULES = ["n", "kind", "zones", "fleets", "to", "sources", "purpose", "onward", "expires", "delay_h", "round_deg", "masked"]
STATUS = ["partner", "state", "last_seen_utc", "streams", "gaps", "duplicates", "withheld", "quarantined", "refused"]


ALARMS = ["n", "originator", "recipient", "code", "sentence", "raised_utc", "cleared_utc", "evidence"]


def sharing_of(context: typer.Context) -> Sharing:
    """The sharing side of the logbook that the user means."""
    return logbook_of(context).exchange


def rule_add(
    context: typer.Context,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="visit, watch_day, streak, sighting or incident.")] = "",
    zone: Annotated[list[str], typer.Option("--zone", metavar="ID", help="Only of this zone; may be repeated.")] = [],  # noqa: B006
    fleet: Annotated[list[str], typer.Option("--fleet", metavar="ID", help="Only of this fleet; may be repeated.")] = [],  # noqa: B006
    to: Annotated[list[str], typer.Option("--to", metavar="ID", help="A partner who may have it; may be repeated.")] = [],  # noqa: B006
    source: Annotated[
        list[str],
        typer.Option("--from", metavar="SOURCE", help="Computed from these sources alone; default: all not restricted."),
    ] = [],  # noqa: B006
    onward: Annotated[int, typer.Option("--onward", metavar="N", min=0, help="Hands it may pass through on the way.")] = 0,
    purpose: Annotated[str, typer.Option("--purpose", metavar="P", help="What it may be used for.")] = "",
    expires: Annotated[str, typer.Option("--expires", metavar="DAY", help="Last day, UTC, on which anybody may use it.")] = "",
    delay: Annotated[float, typer.Option("--delay", metavar="HOURS", min=0, help="Not before so long after its close.")] = 0,
    rounding: Annotated[
        float | None, typer.Option("--round", metavar="DEG", help="Positions rounded to multiples of this.")
    ] = None,
    mask: Annotated[list[str], typer.Option("--mask", metavar="COLUMN", help="Leave a column out; may be repeated.")] = [],  # noqa: B006
    file: Annotated[Path | None, typer.Option("--file", metavar="FILE", help="Rules of a TOML file instead.")] = None,
    output: FormatOption = Form.TABLE,
) -> None:
    """Say what may leave: records of a kind, computed from named inputs, for named partners."""
    said = {
        "kind": kind,
        "zones": tuple(zone),
        "fleets": tuple(fleet),
        "releasable_to": tuple(to),
        "sources": tuple(source),
        "purpose": purpose,
        "onward": onward,
        "expires": day_or_none(expires),
        "delay_h": delay,
        "round_deg": rounding,
        "masked": tuple(mask),
    }
    if file and any(said.values()):
        raise UsageError("--file and a rule of its own were both given.", "Write the rule into the file, or add it alone.")
    desk = sharing_of(context)
    added = desk.add_rules_of(file) if file else [desk.add_rule(**said)]
    rows = [rule_row(r) for r in added]
    for row in rows:
        if not row["to"]:
            note(f"note: rule {row['n']} names nobody, so nobody gets anything by it")
        if not row["purpose"]:
            note(f"note: rule {row['n']} names no purpose, so no agreement covers it and nobody gets anything by it")
    for rule in added:
        if unknown := desk.unknown_sources(rule):
            note(f"note: nothing bears the name {', '.join(unknown)} yet (`offing sources` and `offing partners` list names)")
    emit_records(rows, output, title="rules added", columns=RULES)


def rule_remove(
    context: typer.Context, number: Annotated[int, typer.Argument(metavar="N", help="As `share rules` has it.")]
) -> None:
    """Take a rule back: from now on nothing leaves under it, what waits included."""
    sharing_of(context).remove_rule(number)
    line(f"rule {number} is removed; what left under it is withdrawn at its holders with the next delivery")


def rules(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """The rules in force, by number: of those that fit a record the lowest decides."""
    emit_records([rule_row(r) for r in sharing_of(context).rules()], output, title="rules", columns=RULES, names=RULES)


def rule_row(rule: Any) -> dict[str, Any]:
    """One rule as a row."""
    return {
        "n": rule.n,
        "kind": rule.kind,
        "zones": list(rule.zones),
        "fleets": list(rule.fleets),
        "to": list(rule.releasable_to),
        "sources": list(rule.sources),
        "purpose": rule.purpose,
        "onward": rule.onward,
        "expires": rule.expires.isoformat() if isinstance(rule.expires, date) else None,
        "delay_h": rule.delay_h,
        "round_deg": rule.round_deg,
        "masked": list(rule.masked),
    }


def preview(
    context: typer.Context,
    to: ToOption,
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="Only this kind.")] = "",
    withheld: Annotated[bool, typer.Option("--withheld", help="What stays here instead, by rule and reason.")] = False,
    output: FormatOption = Form.TABLE,
) -> None:
    """What a partner would get now, exactly; and what stays here, counted by rule and reason, for your eyes only."""
    shown = sharing_of(context).preview(to, kind)
    kept = [{"rule": rule, "reason": reason, "rows": n} for (rule, reason), n in sorted(shown.withheld.items())]
    if withheld:
        emit_records(kept, output, title=f"withheld from {to}", names=["rule", "reason", "rows"])
        return
    emit(shown.table(), output, title=f"{to} would get", columns=["kind", "id", "rule"])
    if output is Form.TABLE:
        for row in kept:
            under = f"rule {row['rule']}" if row["rule"] else "no rule"
            line(f"withheld: {row['rows']:,} ({under}: {row['reason']})")


def explain(
    context: typer.Context,
    record: Annotated[str, typer.Argument(metavar="RECORD", help="An event or figure id, as listed.")],
    to: ToOption,
    output: FormatOption = Form.TABLE,
) -> None:
    """Why a partner gets a record, or what is missing: the rule, the agreement and the path. Exit status 1: it does not."""
    told = sharing_of(context).explain(record, to)
    steps: list[dict[str, Any]] = [
        {"account": n, "released": x.allow, "sentence": t} for n, x in enumerate(told, 1) for t in x.sentences
    ]
    if output is not Form.TABLE:
        emit_records(steps, output, names=["account", "released", "sentence"])
    else:
        for step in steps:
            line(step["sentence"])
    if not any(x.allow for x in told):
        raise typer.Exit(1)


def export(
    context: typer.Context,
    to: ToOption,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Write all that a partner may have into a folder, to be carried by hand."""
    done = sharing_of(context).export(to, folder)
    for sentence in done.waits:
        note(f"note: {sentence}")
    if not done.batches_n and not done.papers_n:
        line(f"nothing for {to}: `offing share preview --to {to}` says what is withheld and why")
    else:
        line(f"{done.batches_n:,} batches of {done.streams_n:,} streams and {done.papers_n:,} papers for {to} in {folder}")


def take(
    context: typer.Context, folder: Annotated[Path, typer.Argument(metavar="DIR", help="What `share export` wrote.")]
) -> None:
    """Take in what a partner's folder holds: all of it, or nothing where a byte is not what was signed."""
    done = sharing_of(context).take_folder(folder)
    if not done.from_whom:
        line("nothing in it")
        return
    new, again = done.count("new"), done.count("duplicate")
    line(f"from {done.from_whom}: {new:,} new batches, {again:,} held before, {done.papers_n:,} papers")
    left = [t for t in done.taken if not t.held]
    for t in left:
        note(f"not taken: {t.originator} to {t.recipient}, batch {t.seq}: {t.reason}")
    for sentence in done.papers_refused:
        note(f"paper not kept: {sentence}")
    if left or done.papers_refused:
        raise typer.Exit(1)


def status(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """Per partner: when last seen, what is held, gaps, withheld, quarantined, alarms."""
    desk = sharing_of(context)
    rows = desk.status()
    emit_records(rows, output, title="sharing", columns=STATUS, names=STATUS)
    for recipient in desk.node.behind():
        note(f"note: the stream for {recipient}: {WAITS['recovering']}")
    if output is Form.TABLE:
        for row in rows:
            for alarm in row.get("alarms", []):
                line(f"ALARM {row['partner']}: {alarm}")


def alarms(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """What no honest fault explains: two histories, another key. What it concerns stays closed until a human clears it."""
    rows = sharing_of(context).alarms()
    emit_records(rows, output, title="alarms", columns=ALARMS, names=ALARMS)


def clear(
    context: typer.Context, number: Annotated[int, typer.Argument(metavar="N", help="As `share alarms` has it.")]
) -> None:
    """Say that a human has looked at an alarm: what it closed is open again."""
    sharing_of(context).node.clear_alarm(number)
    line(f"alarm {number} is cleared")


def forget(
    context: typer.Context,
    originator: Annotated[str, typer.Argument(metavar="ORIGINATOR", help="Whose stream.")],
    recipient: Annotated[str, typer.Argument(metavar="RECIPIENT", help="For whom; default: this node.")] = "",
) -> None:
    """Drop a stream of another node with all that was in it, so that it can be taken anew."""
    sharing_of(context).forget(originator, recipient)
    line(f"what {originator} sent is dropped; the next delivery brings it anew")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    share = typer.Typer(help="What leaves this node, for whom, and why.", no_args_is_help=True)
    rule = typer.Typer(help="Release rules.", no_args_is_help=True)
    rule.command("add")(rule_add)
    rule.command("remove")(rule_remove)
    share.add_typer(rule, name="rule")
    share.command("rules")(rules)
    share.command("preview")(preview)
    share.command("explain")(explain)
    share.command("export")(export)
    share.command("import")(take)
    share.command("status")(status)
    share.command("alarms")(alarms)
    share.command("clear")(clear)
    share.command("forget")(forget)
    app.add_typer(share, name="share")
