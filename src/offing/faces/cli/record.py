"""Commands on the official record: bulletins, sightings, incidents, statements, and the series that bulletins make."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from offing.errors import NothingKept
from offing.faces.cli.common import (
    DefaultGroup,
    FleetOption,
    FormatOption,
    KnownAtOption,
    PublishedByOption,
    SinceOption,
    UntilOption,
    ZoneOption,
    day_or_none,
    logbook_of,
    ms_or_none,
    note,
    record_of,
)
from offing.faces.cli.output import Form, emit, emit_records, line

if TYPE_CHECKING:
    from offing.pipeline.record_texts import Added
    from offing.store.texts import HeldText


def _group(text: str) -> typer.Typer:
    return typer.Typer(cls=DefaultGroup, help=text, rich_markup_mode=None)


bulletins = _group("Offices' figures: `bulletins`, `bulletins add FILE...`, `bulletins rejects`.")
incidents = _group("Incidents: `incidents`, `incidents add FILE...`.")
statements = _group("Statements: `statements`, `statements add FILE...`, `statements diff FORUM`, `statements runs`.")

Files = Annotated[list[str], typer.Argument(metavar="FILE...", help="Files or folders.")]
OfficeOption = Annotated[
    str, typer.Option("--office", metavar="ID", help="One office: tw-mnd, jcg, jp-joint-staff, tw-cga, ...")
]
SeriesArgument = Annotated[
    str, typer.Argument(metavar="SERIES", help="A series: `offing series` lists them; also ais:ZONE:FLEET.")
]
ReasonOption = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it stays in the logbook.")]
TextArgument = Annotated[
    str, typer.Argument(metavar="FILE|SHA256", help="The name of its file, or 8 digits or more of its SHA-256.")
]


class SightedAs(StrEnum):
    """What sightings are shown as."""

    ROWS = "rows"
    PASSAGES = "passages"
    VISITS = "visits"


class Period(StrEnum):
    """Length of a period."""

    MONTH = "month"
    YEAR = "year"


@bulletins.command("show")
def show_bulletins(
    context: typer.Context,
    office: OfficeOption = "",
    metric: Annotated[str, typer.Option("--metric", metavar="NAME", help="One metric: aircraft, days, ...")] = "",
    since: SinceOption = "",
    until: UntilOption = "",
    published_by: PublishedByOption = "",
    known_at: KnownAtOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Figures that offices published, with every version."""
    from offing.pipeline.record import RecordFilter

    asked = RecordFilter(office, metric, day_or_none(since), day_or_none(until), published_by=day_or_none(published_by))
    rows = record_of(context, ms_or_none(known_at)).some_bulletins(asked)
    columns = ["office", "window_end_utc", "metric", "value", "unit", "area", "flags", "version", "is_current", "source"]
    emit(rows, output, title="bulletins", columns=columns)


@bulletins.command("add")
def add_bulletins(
    context: typer.Context,
    files: Files,
    office: Annotated[str, typer.Option("--office", metavar="ID", help="The office of texts that name none.")] = "",
) -> None:
    """Read published texts: plain text, HTML, JSON or CSV, each by the parser of its office."""
    _tell(logbook_of(context).add_bulletins(files, office))


@bulletins.command("retract")
def retract_bulletins(context: typer.Context, text: TextArgument, reason: ReasonOption) -> None:
    """Take a text back: its figures and sightings no longer count."""
    _gone(logbook_of(context).retract_text("bulletin", text, reason))


@bulletins.command("rejects")
def show_rejects(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """Sentences of the texts in this logbook that were not understood."""
    emit(record_of(context).reading.rejects, output, title="sentences that were not understood")


def sightings(
    context: typer.Context,
    hull: Annotated[str, typer.Option("--hull", metavar="NUMBER", help="One hull number.")] = "",
    gate: Annotated[str, typer.Option("--gate", metavar="ID", help="Passages of one gate.")] = "",
    office: OfficeOption = "",
    since: SinceOption = "",
    until: UntilOption = "",
    events: Annotated[
        SightedAs, typer.Option("--as", help="Rows of the texts, or the events that they tell of.")
    ] = SightedAs.ROWS,
    known_at: KnownAtOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Hulls that published texts name: where, when, through which strait; or the passages and visits that they make."""
    from offing.figures.sighted import sighted_passages, sighted_visits, visit_frame
    from offing.pipeline import merged_record
    from offing.pipeline.record import RecordFilter

    asked = RecordFilter(office, "", day_or_none(since), day_or_none(until), hull, gate)
    record = record_of(context, ms_or_none(known_at))
    if events is not SightedAs.ROWS:  # of this logbook's own texts: another's sightings are its own to put together
        own = record.some_sightings(asked)
        told = sighted_passages(own) if events is SightedAs.PASSAGES else visit_frame(sighted_visits(own))
        emit(told, output, title=f"{events.value} by sightings")
        return
    rows = merged_record.sightings(record, asked)
    columns = ["start_day", "end_day", "hulls", "ship_class", "country", "gate_id", "zone_id", "reference_place", "bearing"]
    emit(rows, output, title="sightings", columns=[*columns, "distance_km", "direction", "restated", "office", "originator"])


@incidents.command("show")
def show_incidents(context: typer.Context, known_at: KnownAtOption = "", output: FormatOption = Form.TABLE) -> None:
    """What was reported and need not show in AIS."""
    from offing.pipeline import merged_record

    rows = merged_record.incidents(record_of(context, ms_or_none(known_at)))
    columns = ["incident_id", "kind", "start_utc", "place", "actors", "count", "unit", "status", "confidence", "originator"]
    columns.append("sources")
    emit(rows, output, title="incidents", columns=columns)


@incidents.command("add")
def add_incidents(context: typer.Context, files: Files) -> None:
    """Add incidents from TOML or CSV."""
    _tell(logbook_of(context).add_incidents(files))


@incidents.command("retract")
def retract_incidents(context: typer.Context, text: TextArgument, reason: ReasonOption) -> None:
    """Take a file of incidents back."""
    _gone(logbook_of(context).retract_text("incident", text, reason))


@statements.command("show")
def show_statements(
    context: typer.Context,
    party: Annotated[str, typer.Option("--party", metavar="CODE", help="Those of one party: us, jp, eu, ...")] = "",
    formula_class: Annotated[str, typer.Option("--class", metavar="CLASS", help="Those of one class.")] = "",
    forum: Annotated[str, typer.Option("--forum", metavar="ID", help="Those of one forum.")] = "",
    known_at: KnownAtOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Published texts, and what they say of the Taiwan Strait."""
    rows = record_of(context, ms_or_none(known_at)).some_statements(party, formula_class, forum)
    columns = ["day", "forum", "parties", "kind", "formula_class", "elements", "basis", "title"]
    emit(rows, output, title="statements", columns=columns)


@statements.command("add")
def add_statements(context: typer.Context, files: Files) -> None:
    """Read statements: text, markdown or HTML with a date."""
    _tell(logbook_of(context).add_statements(files))


@statements.command("retract")
def retract_statements(context: typer.Context, text: TextArgument, reason: ReasonOption) -> None:
    """Take a statement back."""
    _gone(logbook_of(context).retract_text("statement", text, reason))


@statements.command("diff")
def diff_statements(
    context: typer.Context,
    forum: Annotated[str, typer.Argument(metavar="FORUM", help="A forum; `offing statements` names them.")],
    output: FormatOption = Form.TABLE,
) -> None:
    """How the words on the Strait changed from each text of a forum to the next."""
    from offing.figures.statements import wording_changes

    rows = wording_changes(record_of(context).statements, forum)
    if output is not Form.TABLE:
        emit(rows, output)
        return
    for row in rows.iter_rows(named=True):
        voice = f", {row['voice']}" if row["voice"] else ""
        classes = f"{row['from_class']} -> {row['to_class']}, {row['change']}"
        line(f"{row['forum']}{voice}: {row['from_day']} -> {row['to_day']} ({classes})")
        line(f"  {row['diff']}")
    if rows.is_empty():
        line(f"{forum}: no two texts to compare")


@statements.command("runs")
def run_statements(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """Consecutive meetings of a forum whose texts speak of peace and stability in the Strait."""
    from offing.figures.statements import meeting_streaks

    emit(meeting_streaks(record_of(context).statements), output, title="meetings in a row")


@statements.command("first")
def first_statements(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """Who said each thing of the Strait first, and when."""
    from offing.figures.statements import first_uses

    emit(first_uses(record_of(context).statements), output, title="first uses")


def series(context: typer.Context, output: FormatOption = Form.TABLE) -> None:
    """All series of what was published: what they count, in which unit and day, and what stands beside them in AIS."""
    from offing.pipeline.series import every_series

    rows = every_series(record_of(context))
    for row in rows:
        row["first_day"], row["last_day"] = (d.isoformat() if d else None for d in (row["first_day"], row["last_day"]))
    columns = ["series", "unit", "window", "first_day", "last_day", "days", "day_rule", "counts_in", "fleet"]
    emit_records(rows, output, title="series", columns=columns)


def trend(
    context: typer.Context,
    series_id: SeriesArgument,
    by: Annotated[Period, typer.Option("--by", help="Length of a period.")] = Period.MONTH,
    change_points: Annotated[bool, typer.Option("--change-points", help="Days on which the level changed instead.")] = False,
    highest_since: Annotated[bool, typer.Option("--since-when", help="Each day: highest since, first since.")] = False,
    since: SinceOption = "",
    until: UntilOption = "",
    published_by: PublishedByOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """A series by month or year, compared like for like."""
    from offing.pipeline.series import series_question

    first, last, published = map(day_or_none, (since, until, published_by))
    asked = series_question(record_of(context), series_id, first_day=first, last_day=last, published_by=published)
    if change_points:
        emit(asked.change_points(), output, title=f"change points of {series_id}")
    elif highest_since:
        emit(asked.since(), output, title=f"{series_id}: highest since, first since")
    else:
        columns = ["period", "total", "mean", "highest", "days_reported", "days_missing", "compared_with", "mean_then"]
        more = ["mean_now", "change_percent", "like_for_like", "warnings"]
        emit(asked.trend(by.value), output, title=f"{series_id} in {asked.unit}", columns=[*columns, *more])


def reconcile(
    context: typer.Context,
    zone: ZoneOption,
    fleet: FleetOption,
    office: Annotated[str, typer.Option("--office", metavar="ID", help="One office; default: all that count there.")] = "",
    since: SinceOption = "",
    until: UntilOption = "",
    totals: Annotated[bool, typer.Option("--totals", help="Only the sums.")] = False,
    output: FormatOption = Form.TABLE,
) -> None:
    """The office's figure beside AIS', day by day, with the difference and what explains it."""
    from offing.pipeline.reconcile import summed

    rows = logbook_of(context, notes=True).reconcile(zone, fleet, office, since or None, until or None)
    if totals:
        emit(summed(rows), output, title="totals")
        return
    columns = ["day", "office", "office_value", "unit", "ais_ships", "difference", "explanation", "because", "missing_hulls"]
    emit(rows, output, title="reconciled", columns=columns)
    if output is Form.TABLE and rows.height:
        emit(summed(rows), output, title="totals")


def encirclement(
    context: typer.Context,
    day: Annotated[str, typer.Option("--day", metavar="DAY", help="The day, by the notices' day rule.")],
    fleet: Annotated[str, typer.Option("--fleet", metavar="ID", help="Fleet, `any`, or `flag-xx`.")] = "cn-government",
    around: Annotated[str, typer.Option("--around", metavar="ID", help="The feature in the middle.")] = "taiwan",
    reach_nm: Annotated[float | None, typer.Option("--reach-nm", metavar="N", help="How far from it a ship counts.")] = None,
    picture: Annotated[str, typer.Option("--picture", metavar="FILE", help="Draw it: FILE.svg or FILE.png.")] = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Which of 36 bearings round Taiwan a fleet occupied on a day, and the widest arc that was open."""
    from offing.model.times import parse_day
    from offing.pipeline.encirclement import encirclement as ask

    found = ask(record_of(context), parse_day(day), fleet, around, reach_nm)
    if picture:
        from offing.faces.chart.rose import draw_rose

        draw_rose(found, Path(picture))
        note(f"Drew {picture}.")
    if output is Form.TABLE:
        columns = ["day", "fleet_id", "bearings_occupied", "share", "widest_open_deg", "open_from_deg", "open_to_deg"]
        emit(found.summary, output, title=f"encirclement of {around}", columns=[*columns, "share_with_sectors", "reach_nm"])
    columns = ["bearing_deg", "from_deg", "to_deg", "occupied", "hulls_n", "nearest_nm", "by", "mmsis", "hulls", "sectors"]
    emit(found.bearings, output, title="bearings", columns=columns)


def check(
    context: typer.Context,
    claim: Annotated[str, typer.Argument(metavar="CLAIM", help="Such as '152 consecutive days'.")],
    as_of: Annotated[str, typer.Option("--as-of", metavar="DAY", help="The day of which it is said.")],
    zone: Annotated[list[str], typer.Option("--zone", metavar="ID", help="Zone; several mean any of them.")] = [],  # noqa: B006
    fleet: Annotated[str, typer.Option("--fleet", metavar="ID", help="Fleet, `any`, or `flag-xx`.")] = "",
    series_id: Annotated[str, typer.Option("--series", metavar="ID", help="A series; `offing series` lists them.")] = "",
    source: Annotated[str, typer.Option("--source", metavar="ais|OFFICE", help="By one source; default: weigh all.")] = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """Does a claim hold? Exit status 0: it holds, 1: it does not, 3: it cannot be known."""
    from offing.model.times import parse_day
    from offing.pipeline.checks import VERDICTS
    from offing.pipeline.checks import check as check_claim

    record = record_of(context)
    day = parse_day(as_of)
    verdict = check_claim(record.store, record.waters, claim, day, tuple(zone), fleet, series_id, source)
    rows = verdict.rows(record.waters.pack.label)
    if output is not Form.TABLE:
        emit_records(rows, output)
    else:
        by = f", by {verdict.decided_by}" if verdict.decided_by else ""
        line(f"{claim!r} as of {day}: {VERDICTS[verdict.holds]}{by}.")
        line(verdict.because)
        for row in rows:
            line(f"  {row['source']}: {row['source_says']}. {row['nearest_true']}")
            if row["figure_id"]:
                line(f"    offing why {row['figure_id']}")
        line(f"Waters {record.waters.pack.label}.")
    raise typer.Exit({True: 0, False: 1, None: 3}[verdict.holds])


def _gone(text: HeldText) -> None:
    line(f"Took back {text.name} ({text.sha256[:16]}): {text.reason}.")


def _tell(added: Added) -> None:
    """What adding did; every sentence that was not understood."""
    for r in added.rejects:
        note(f"reject: {r.name}: {r.reason}: {' '.join(r.sentence.split())}".rstrip(": "))
    if added.nothing:
        raise NothingKept("Nothing was added: not one figure, sighting or entry was understood.", "The lines above say why.")
    rows = ", ".join(_counted(n, what) for what, n in added.rows.items())
    were = f" ({added.already} were there already)" if added.already else ""
    said = f"; {_counted(len(added.rejects), 'rejects')}" if added.rejects else ""
    line(f"Added {_counted(added.texts, 'texts')}{were}: {rows}{said}.")


def _counted(n: int, what: str) -> str:
    return f"{n:,} {what.removesuffix('s') if n == 1 else what}"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for name, group in (("bulletins", bulletins), ("incidents", incidents), ("statements", statements)):
        app.add_typer(group, name=name)
    app.command("sightings")(sightings)
    app.command("series")(series)
    app.command("trend")(trend)
    app.command("check")(check)
    app.command("encirclement")(encirclement)
    app.command("reconcile")(reconcile)
