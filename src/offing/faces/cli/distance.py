"""The command on distances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from offing.faces.cli.common import FormatOption, NamesOption, RegionOption, UnconfirmedOption, waters_of
from offing.faces.cli.output import Form, emit_records
from offing.faces.cli.viewpoint import SAID, View, shown

if TYPE_CHECKING:
    from offing.zones.resolve import Place

PlaceArgument = Annotated[
    str,
    typer.Argument(
        help="Id or name of a feature, zone, gate or line; or a point, latitude first: 24.45,122.93 or 25°44.6'N 123°28.4'E."
    ),
]


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

    An island is its coast. Against a zone there is a row for each of its limits too. An id that several things share is typed
    with its kind: `gate:miyako`.
    """
    from offing.zones.distances import distance_rows
    from offing.zones.resolve import resolve

    waters = waters_of(context, region, include_unconfirmed)
    start, stop = (resolve(waters.pack, text, waters.zones) for text in (a, b))
    rows = distance_rows(start, stop, waters.pack, waters.zones)
    for row in rows:
        row["a_what"], row["b_what"] = _said(start, names), _said(stop, names)
    columns = ["a_what", "b_what", "limit", "side", "distance_nm", "distance_km", "inside", "uncertainty_m", "confidence"]
    ends = ["from_lon_deg", "from_lat_deg", "to_lon_deg", "to_lat_deg"]
    emit_records(rows, output, title=f"distance, {waters.pack.label}, {SAID[names]}", columns=[*columns, *ends])


def _said(place: Place, view: View) -> str:
    """What stands for a place, and its names: `coast of Yonaguni-jima`."""
    joint = " of " if place.what in ("coast", "islands", "position") else " "
    return f"{place.what}{joint}{shown(place.names, view)}" if place.names else place.what


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(distance)
