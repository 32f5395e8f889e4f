"""Commands on zones and fleets."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from offing.errors import UsageError
from offing.faces.cli.common import DefaultGroup, FormatOption, logbook_of
from offing.faces.cli.output import Form, emit_records, line

zones = typer.Typer(
    cls=DefaultGroup, help="Zones: `zones`, `zones ID`, `zones add FILE`, `zones export FILE`.", rich_markup_mode=None
)
fleets = typer.Typer(cls=DefaultGroup, help="Fleets: `fleets`, `fleets ID`, `fleets add FILE`.", rich_markup_mode=None)


@zones.command("show")
def show_zones(
    context: typer.Context,
    zone_id: Annotated[str | None, typer.Argument(metavar="ID", help="One zone; default: all.")] = None,
    output: FormatOption = Form.TABLE,
) -> None:
    """All zones, or everything about one."""
    from offing.pipeline.queries import zone_row

    waters = logbook_of(context).waters
    if zone_id is not None:
        row = zone_row(waters.zone(zone_id), waters)
        _one(row, output)
        return
    rows = [zone_row(z, waters) for z in waters.zone_list]
    emit_records(
        rows, output, title="zones", columns=["id", "kind", "claimants", "name_en", "valid_from", "confidence", "hash", "pack"]
    )


@zones.command("add")
def add_zones(
    context: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="GeoJSON with id, kind and name.")]
) -> None:
    """Add zones of your own."""
    added = logbook_of(context).add_zones(file)
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
    fleet_id: Annotated[str | None, typer.Argument(metavar="ID", help="One fleet; default: all.")] = None,
    output: FormatOption = Form.TABLE,
) -> None:
    """All fleets, or the members of one."""
    waters = logbook_of(context).waters
    if fleet_id is None:
        rows: list[dict[str, Any]] = [
            {
                "id": f.id,
                "name_en": f.names.get("en"),
                "members": "every hull" if f.everyone else len({m.mmsi for m in f.members}),
                "undated_claims": len({m.mmsi for m in f.members if not m.dated}),
                "source": f.source,
                "hash": f.hash,
            }
            for f in waters.fleets.values()
        ]
        emit_records(
            [r | {"members": str(r["members"])} for r in rows], output, title="fleets (also any, and flag-xx by country)"
        )
        return
    fleet = waters.fleet(fleet_id)
    members = [
        {
            "fleet_id": fleet.id,
            "mmsi": m.mmsi,
            "name": m.name,
            "valid_from": m.valid_from.isoformat() if m.valid_from else None,
            "valid_to": m.valid_to.isoformat() if m.valid_to else None,
            "confidence": m.confidence,
            "source": m.source,
        }
        for m in fleet.members
    ]
    if output is Form.TABLE and not members:
        digits = " or ".join(map(str, fleet.mids))
        line(f"{fleet.id}: {'every hull' if fleet.everyone else f'hulls whose number begins with {digits}'}")
        return
    emit_records(members, output, title=fleet.names.get("en", fleet.id))


@fleets.command("add")
def add_fleets(
    context: typer.Context, file: Annotated[str, typer.Argument(metavar="FILE", help="TOML with [[fleets]].")]
) -> None:
    """Add fleets of your own."""
    added = logbook_of(context).add_fleets(file)
    line(f"Added {', '.join(f'{f.id} ({len(f.members)} claims)' for f in added)}.")


def _one(row: dict[str, Any], output: Form) -> None:
    if output is not Form.TABLE:
        emit_records([row], output)
        return
    width = max(map(len, row))
    for key, value in row.items():
        shown = ", ".join(value) if isinstance(value, list) else value
        line(f"{key:<{width}}  {'-' if shown in (None, '') else shown}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(zones, name="zones")
    app.add_typer(fleets, name="fleets")
