"""Commands on zones, gates, features, lines and fleets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from offing.errors import UnknownName, UsageError
from offing.faces.cli import charting
from offing.faces.cli.common import (
    DefaultGroup,
    FormatOption,
    NamesOption,
    RegionOption,
    UnconfirmedOption,
    logbook_of,
    waters_of,
)
from offing.faces.cli.output import Form, emit_records, line
from offing.faces.cli.viewpoint import SAID, View, shown


def _group(text: str) -> typer.Typer:
    return typer.Typer(cls=DefaultGroup, help=text, rich_markup_mode=None)


zones = _group("Zones: `zones`, `zones ID`, `zones add FILE`, `zones export FILE`, `zones map FILE`.")
gates = _group("Gates: `gates`, `gates ID`.")
features = _group("Islands, reefs, capes and structures: `features`, `features ID`.")
lines = _group("Lines that are neither a zone's edge nor a gate: `lines`, `lines ID`.")
fleets = _group("Fleets: `fleets`, `fleets ID`, `fleets add FILE`.")

KindOption = Annotated[str, typer.Option("--kind", metavar="KIND", help="Only those of a kind.")]
ClaimantOption = Annotated[
    str, typer.Option("--claimant", metavar="CODE", help="Only those that one party claims: tw, jp, cn, ph.")
]


def _id_argument(what: str) -> Any:
    return typer.Argument(metavar="ID", help=f"One {what}; default: all.")


@zones.command("show")
def show_zones(
    context: typer.Context,
    zone_id: Annotated[str | None, _id_argument("zone")] = None,
    kind: KindOption = "",
    claimant: ClaimantOption = "",
    names: NamesOption = View.ALL,
    include_unconfirmed: UnconfirmedOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """All zones, or everything about one."""
    from offing.model.zone import KINDS as ZONE_KINDS
    from offing.pipeline.listing import zone_row

    waters = waters_of(context, region, include_unconfirmed)
    found = [waters.zone(zone_id)] if zone_id is not None else waters.zone_list
    rows = [zone_row(z, waters) for z in found]
    keep = _that(kind, claimant, ZONE_KINDS)
    columns = ["zone_id", "kind", "claimants", "name", "area_km2", "valid_from", "valid_to", "confidence", "hash"]
    _print(rows, output, names, f"zones of {waters.pack.label}", columns, one=zone_id is not None, keep=keep)


@gates.command("show")
def show_gates(
    context: typer.Context,
    gate_id: Annotated[str | None, _id_argument("gate")] = None,
    names: NamesOption = View.ALL,
    include_unconfirmed: UnconfirmedOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """All gates, or everything about one."""
    from offing.pipeline.listing import gate_row

    waters = waters_of(context, region, include_unconfirmed)
    rows = [gate_row(g, waters) for g in _some(waters.pack.gates, gate_id, "gate")]
    columns = ["gate_id", "kind", "name", "left", "right", "length_nm", "confidence"]
    _print(rows, output, names, f"gates of {waters.pack.label}", columns, one=gate_id is not None)


@features.command("show")
def show_features(
    context: typer.Context,
    feature_id: Annotated[str | None, _id_argument("feature")] = None,
    kind: KindOption = "",
    claimant: ClaimantOption = "",
    names: NamesOption = View.ALL,
    include_unconfirmed: UnconfirmedOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """All features, or everything about one."""
    from offing.model.place import FEATURE_KINDS
    from offing.pipeline.listing import feature_row

    waters = waters_of(context, region, include_unconfirmed)
    rows = [feature_row(f, waters) for f in _some(waters.pack.features, feature_id, "feature")]
    keep = _that(kind, claimant, FEATURE_KINDS)
    columns = ["feature_id", "kind", "claimants", "name", "lon_deg", "lat_deg", "uncertainty_m", "confidence"]
    _print(rows, output, names, f"features of {waters.pack.label}", columns, one=feature_id is not None, keep=keep)


@lines.command("show")
def show_lines(
    context: typer.Context,
    line_id: Annotated[str | None, _id_argument("line")] = None,
    names: NamesOption = View.ALL,
    include_unconfirmed: UnconfirmedOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """All lines, or everything about one."""
    from offing.pipeline.listing import line_row

    waters = waters_of(context, region, include_unconfirmed)
    rows = [line_row(v, waters) for v in _some(waters.pack.lines, line_id, "line")]
    columns = ["line_id", "kind", "parties", "name", "treatment", "status", "length_nm", "confidence"]
    _print(rows, output, names, f"lines of {waters.pack.label}", columns, one=line_id is not None)


@zones.command("add")
def add_zones(
    context: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="GeoJSON; with id, kind and name, or say how to read it.")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="KIND", help="The kind of all its zones: eez, cable_corridor, ...")
    ] = "",
    id_from: Annotated[str, typer.Option("--id-from", metavar="PROPERTY", help="The property that holds the id.")] = "",
    name_from: Annotated[str, typer.Option("--name-from", metavar="PROPERTY", help="The property that holds the name.")] = "",
    claimants_from: Annotated[
        list[str] | None, typer.Option("--claimants-from", metavar="PROPERTY", help="A property that holds a claimant.")
    ] = None,
    half_width_nm: Annotated[
        float | None, typer.Option("--half-width-nm", metavar="N", help="How far a line (a cable) reaches on either side.")
    ] = None,
    source: Annotated[str, typer.Option("--source", metavar="TEXT", help="Where the file comes from, with its year.")] = "",
) -> None:
    """Add zones of your own: areas, or lines such as cables with a breadth."""
    from offing.zones.foreign import Reading

    how = Reading(kind, id_from, name_from, tuple(claimants_from or ()), half_width_nm, source)
    added = logbook_of(context).add_zones(file, how if how != Reading() else None)
    few = ", ".join(z.id for z in added[:8]) + (f" and {len(added) - 8} more" if len(added) > 8 else "")
    line(f"Added {few}. `offing run` finds the visits." if added else "Nothing to add: these zones are there already.")


@zones.command("export")
def export_zones(
    context: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="GeoJSON to write.")]
) -> None:
    """Write all zones as GeoJSON."""
    book = logbook_of(context)
    try:
        Path(file).write_text(book.export_zones(), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}.", "Name another file.") from None
    line(f"Wrote {len(book.zones())} zones to {file}.")


@fleets.command("show")
def show_fleets(
    context: typer.Context,
    fleet_id: Annotated[str | None, _id_argument("fleet")] = None,
    names: NamesOption = View.ALL,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """All fleets, or the members of one."""
    from offing.pipeline.listing import fleet_row, member_rows

    waters = waters_of(context, region)
    if fleet_id is None:
        rows = [fleet_row(f, waters) for f in waters.fleets.values()]
        columns = ["fleet_id", "name", "members", "undated_claims", "hulls", "confidence", "source", "hash"]
        _print(rows, output, names, f"fleets of {waters.pack.label}; also any, and flag-xx by country", columns)
        return
    fleet = waters.fleet(fleet_id)
    members = member_rows(fleet)
    if output is Form.TABLE and not members:
        digits = " or ".join(map(str, fleet.mids))
        line(f"{fleet.id}: {'every hull' if fleet.everyone else f'hulls whose number begins with {digits}'}")
        return
    emit_records(members, output, title=shown(fleet.names, names) or fleet.id)


@fleets.command("add")
def add_fleets(
    context: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="TOML with [[fleets]].")]
) -> None:
    """Add fleets of your own."""
    added = logbook_of(context).add_fleets(file)
    line(f"Added {', '.join(f'{f.id} ({len(f.members)} claims)' for f in added)}.")


def _some(known: dict[str, Any], name: str | None, what: str) -> list[Any]:
    if name is None:
        return [known[k] for k in sorted(known)]
    if name not in known:
        raise UnknownName.of(what, name, known, f"offing {what}s")
    return [known[name]]


def _that(kind: str, claimant: str, kinds: Collection[str]) -> Callable[[dict[str, Any]], bool]:
    """Whether a row is of a kind (one of `kinds`) and claimed by someone; empty: any."""
    if kind and kind not in kinds:
        raise UnknownName.of("kind", kind, kinds)
    return lambda row: kind in ("", row["kind"]) and (not claimant or claimant in row["claimants"])


def _print(
    rows: list[dict[str, Any]],
    output: Form,
    view: View,
    title: str,
    columns: Sequence[str],
    *,
    one: bool = False,
    keep: Callable[[dict[str, Any]], bool] = lambda _: True,
) -> None:
    """Rows with their `names` for the eye in the chosen view, which the title states; other forms hold all names."""
    keys = list(rows[0]) if rows else columns
    rows = [row for row in rows if keep(row)]
    if output is not Form.TABLE:
        emit_records(rows, output, names=keys)
        return
    for row in rows:
        row["name"] = shown(row.pop("names"), view)
        for side in row.pop("sides", ()):
            hand = side.pop("side")
            row[hand] = shown(side, view)
    if not one or not rows:
        emit_records(rows, output, title=f"{title}, {SAID[view]}", columns=columns, names=columns)
        return
    (row,) = rows
    first, *others = row
    row = {k: row[k] for k in (first, "name", *(o for o in others if o != "name"))}
    line(f"{title}, {SAID[view]}")
    width = max(map(len, row))
    for key, value in row.items():
        text = ", ".join(map(str, value)) if isinstance(value, list) else value
        line(f"{key:<{width}}  {'-' if text in (None, '') else text}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    charting.register(zones)
    for name, group in (("zones", zones), ("gates", gates), ("features", features), ("lines", lines), ("fleets", fleets)):
        app.add_typer(group, name=name)
