"""The command on distances."""

from __future__ import annotations

from typing import Annotated

import typer

from offing.faces.cli.common import FormatOption, NamesOption, RegionOption, UnconfirmedOption, waters_of
from offing.faces.cli.output import Form, emit_records
from offing.faces.cli.viewpoint import SAID, View

PLACE = "Id or name of a feature, zone, gate or line; or a point, latitude first: 24.45,122.93 or 25°44.6'N 123°28.4'E."

PlaceArgument = Annotated[str, typer.Argument(help=PLACE)]


def distance(
    context: typer.Context,
    a: PlaceArgument,
    b: PlaceArgument,
    names: NamesOption = View.ALL,
    include_unconfirmed: UnconfirmedOption = False,
    region: RegionOption = "",
    output: FormatOption = Form.TABLE,
) -> None:
    """How far two places are apart, by the shortest way on the ellipsoid, and where they are nearest.

    An island is its coast. A zone also has a row for each of its limits. Ids that several things share are typed with their
    kind: `gate:miyako`.
    """
    from offing.faces.cli.viewpoint import shown
    from offing.zones.distances import distance_rows
    from offing.zones.resolve import resolve

    waters = waters_of(context, region, include_unconfirmed)
    start, stop = (resolve(waters.pack, text, waters.zones) for text in (a, b))
    rows = distance_rows(start, stop, waters.pack, waters.zones)
    for row in rows:
        for key, place in (("a_what", start), ("b_what", stop)):
            row[key] = f"{place.what} of {shown(place.names, names)}" if place.names else place.what
    columns = ["a_what", "b_what", "limit", "side", "distance_nm", "distance_km", "inside"]
    ends = ["from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg", "uncertainty_m", "confidence"]
    emit_records(rows, output, title=f"distance in {waters.pack.label}, {SAID[names]}", columns=[*columns, *ends])


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(distance)
