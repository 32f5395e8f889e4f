"""Tables of ships and events: visits, passages, who is inside, tracks, positions, vessels, where receivers listened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from offing.clock import now_ms
from offing.faces.http.answers import NOT_COVERED, Answer, Table
from offing.faces.http.asking import (
    FLAG,
    FLEET,
    GATES,
    KNOWN_AT,
    MMSI,
    SINCE,
    SINCE_TIME,
    TIME,
    UNTIL,
    UNTIL_TIME,
    ZONES,
    ZONES_NEEDED,
    Asked,
    BadQuery,
    Parameter,
    day_of,
    span_ms,
)
from offing.faces.http.forms import feature, point, rows_of
from offing.faces.http.source import Source
from offing.model.schemas import VISITS
from offing.model.times import UTC_DAY, iso
from offing.tracks.identity import clip_to_fleet

MOST_HULLS = 200
"""Hulls of which tracks are given at once."""

WITHDRAWN = Parameter("withdrawn", "also those that no longer hold", FLAG, default=False)
TRACK_KEY = ("mmsi", "track", "t_utc", "file", "row")


def visits(source: Source, asked: Asked) -> Answer:
    """Visits of hulls to zones."""
    low, high = span_ms(asked["since"], asked["until"])
    rows = _released_visits(source, asked, low, high) if source.role is not None else _own_visits(source, asked)
    if low is not None:
        rows = rows.filter(pl.col("exit_t_utc").dt.epoch("ms") >= low)
    if high is not None:
        rows = rows.filter(pl.col("entry_t_utc").dt.epoch("ms") <= high)
    return covered(source, rows, low, high, asked["known_at"])


def _own_visits(source: Source, asked: Asked) -> pl.DataFrame:
    return source.book.visits(
        asked["zone"], asked["fleet"], asked["mmsi"], day_of(asked["since"]), day_of(asked["until"]), asked["known_at"],
        asked["withdrawn"],
    )  # fmt: skip


def _released_visits(source: Source, asked: Asked, low: int | None, high: int | None) -> pl.DataFrame:
    """The visits that policy passes for a role, in the columns of all visits; what they do not tell is null."""
    source.waters.several(list(asked["zone"]))
    rows = source.released("visit")
    if asked["zone"]:
        rows = rows.filter(pl.col("zone_id").is_in(list(asked["zone"])))
    if asked["mmsi"] is not None:
        rows = rows.filter(pl.col("mmsi") == asked["mmsi"])
    fleet = source.waters.fleet(asked["fleet"]) if asked["fleet"] else None
    if fleet is not None and not fleet.everyone:
        held = clip_to_fleet(rows.drop_nulls(["mmsi", "entry_t_utc", "exit_t_utc"]), fleet)
        rows = rows.join(held.select("event_id").unique(), on="event_id", how="semi")
    open_still = (pl.col("status") == "open") & (pl.col("closes_at_utc").dt.epoch("ms") > now_ms())
    texts = [
        pl.lit(None, dtype=pl.String).alias(n) for n in ("track", "reason", "superseded_by", "received_from", "vouched_by")
    ]
    rows = rows.with_columns(
        *texts,
        pl.lit("visit").alias("kind"),
        pl.lit(None, dtype=pl.Int32).alias("version"),
        pl.lit(None, dtype=pl.Datetime("ms", "UTC")).alias("known_from_utc"),
        open_still.fill_null(value=False).alias("still_inside"),
        pl.lit(source.book.store.node_id, dtype=pl.String).alias("originator"),
    )
    names = ["event_id", "kind", "version", *VISITS.names[2:], "still_inside", "known_from_utc", "reason", "superseded_by"]
    return rows.select(*names, "originator", "received_from", "vouched_by")


def covered(source: Source, rows: pl.DataFrame, low: int | None, high: int | None, known_at_ms: int | None = None) -> Answer:
    """Rows of AIS; where there are none, whether anything was listening in the window at all."""
    notes = source.notes_on(known_at_ms)
    if rows.height:
        return Answer(rows, notes=notes)
    if source.role is not None:
        return Answer(rows, notes=notes, because="None among what you may see.")
    window = source.data_window
    if window is None:
        return Answer(rows, notes=notes, state=NOT_COVERED, because="This logbook holds no tracked position yet.")
    if (low is not None and low > window[1]) or (high is not None and high < window[0]):
        said = f"The positions of this logbook run from {iso(window[0])} to {iso(window[1])}."
        return Answer(rows, notes=notes, state=NOT_COVERED, because=said)
    return Answer(rows, notes=notes, because="None was found in what receivers heard.")


def visit_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """Each visit as the places of its entry and exit."""
    assert answer.frame is not None
    found = []
    for row in rows_of(answer.frame):
        places = [[row[f"{s}_lon_deg"], row[f"{s}_lat_deg"]] for s in ("entry", "exit")]
        known = [p for p in places if None not in p]
        found.append(feature({"type": "MultiPoint", "coordinates": known} if known else None, row, row["event_id"]))
    return found


def passages(source: Source, asked: Asked) -> Answer:
    """Crossings of gates."""
    low, high = span_ms(asked["since"], asked["until"])
    rows = source.book.passages(
        asked["gate"], asked["fleet"], asked["mmsi"], day_of(asked["since"]), day_of(asked["until"]), asked["known_at"],
        asked["withdrawn"],
    )  # fmt: skip
    t_ms = pl.col("t_utc").dt.epoch("ms")
    rows = rows.filter(t_ms >= low) if low is not None else rows
    rows = rows.filter(t_ms <= high) if high is not None else rows
    return covered(source, rows, low, high, asked["known_at"])


def places(lon: str, lat: str, name: str) -> Any:
    """Shapes of a table whose rows each have one place."""

    def shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
        rows = rows_of(answer.frame) if answer.frame is not None else list(answer.records)
        return [feature(point(r[lon], r[lat]), r, r[name]) for r in rows]

    return shapes


def now(source: Source, asked: Asked) -> Answer:
    """Who is inside."""
    at = asked["at"] if asked["at"] is not None else now_ms() // 1000 * 1000
    return covered(source, source.book.now(asked["zone"], at), at, at)


def tracks(source: Source, asked: Asked) -> Answer:
    """Tracks of hulls, position by position."""
    low, high = span_ms(asked["since"], asked["until"])
    mmsis, left = _hulls(source, asked)
    window = source.data_window
    first = low if low is not None else (window[0] if window else 0)
    last = high if high is not None else (window[1] if window else 0)
    answer = covered(source, source.book.ships.tracks(mmsis, first, last), low, high)
    notes = [*answer.notes]
    if left:
        notes.append(f"{left} more hulls were in these zones: tracks are given for {MOST_HULLS} at once.")
    return Answer(answer.frame, notes=notes, state=answer.state, because=answer.because)


def _hulls(source: Source, asked: Asked) -> tuple[Sequence[int], int]:
    """The hulls whose tracks are asked for: by number, or those that visited zones; and how many were left out."""
    if asked["mmsi"]:
        if len(asked["mmsi"]) > MOST_HULLS:
            raise BadQuery(f"That is more than {MOST_HULLS} hulls.", "Ask for fewer at once.")
        return asked["mmsi"], 0
    if not asked["zone"]:
        raise BadQuery("Tracks are of hulls.", "Give mmsi, or zone for those that visited it in the window.")
    rows = source.book.visits(asked["zone"], asked["fleet"], None, day_of(asked["since"]), day_of(asked["until"]))
    found = rows["mmsi"].drop_nulls().unique(maintain_order=True).to_list()
    return found[:MOST_HULLS], max(0, len(found) - MOST_HULLS)


def track_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """One line for each track; a track of one position is a point. Longitudes run on beyond 180 where a track crosses it."""
    rows = answer.frame
    assert rows is not None
    if rows.is_empty():
        return []
    last = int(rows["t_utc"].dt.epoch("ms").max())  # type: ignore[arg-type]
    names = source.book.ships.names(rows["mmsi"].unique().to_list(), last)
    found = []
    for (mmsi, track), part in rows.partition_by("mmsi", "track", as_dict=True, maintain_order=True).items():
        places = _unwrapped(part["lon_deg"].to_list(), part["lat_deg"].to_list())
        properties = {
            "mmsi": mmsi,
            "track": track,
            "name": names.get(mmsi),
            "gap_before_s": part["gap_before_s"][0],
            "t_ms": part["t_utc"].dt.epoch("ms").to_list(),
            "speed_kn": part["speed_kn"].to_list(),
            "course_deg": part["course_deg"].to_list(),
            "heading_deg": part["heading_deg"].to_list(),
        }
        shape = (
            {"type": "LineString", "coordinates": places} if len(places) > 1 else {"type": "Point", "coordinates": places[0]}
        )
        found.append(feature(shape, properties, str(track)))
    return found


def _unwrapped(lons: Sequence[float], lats: Sequence[float]) -> list[list[float]]:
    turn, before, out = 0.0, None, []
    for lon, lat in zip(lons, lats, strict=True):
        if before is not None and abs(lon - before) > 180:
            turn += 360.0 if lon < before else -360.0
        before = lon
        out.append([round(lon + turn, 7), lat])
    return out


def positions(source: Source, asked: Asked) -> Answer:
    """Raw positions of one hull with file and row."""
    low, high = span_ms(asked["since"], asked["until"])
    rows = source.book.ships.positions(asked["mmsi"], low if low is not None else -(2**60), high if high is not None else 2**60)
    return covered(source, rows, low, high)


def vessels(source: Source, asked: Asked) -> Answer:
    """Every number that was heard or described."""
    rows = source.book.ships.vessels
    if asked["mmsi"]:
        rows = rows.filter(pl.col("mmsi").is_in(list(asked["mmsi"])))
    if asked["fleet"]:
        source.waters.fleet(asked["fleet"])
        rows = rows.filter(pl.col("fleets").list.contains(asked["fleet"]))
    if asked["q"]:
        word = asked["q"].upper()
        texts = [
            pl.col(c).cast(pl.String).str.to_uppercase().str.contains(word, literal=True) for c in ("name", "callsign", "imo")
        ]
        number = pl.col("mmsi").cast(pl.String).str.starts_with(word)
        rows = rows.filter(pl.any_horizontal(*texts, number).fill_null(value=False))
    return Answer(rows, notes=source.notes_on(None))


def coverage(source: Source, asked: Asked) -> Answer:
    """Cells in which any hull was heard."""
    if asked["since"] and asked["until"] and asked["until"] < asked["since"]:
        raise BadQuery("The window ends before it begins.", "Exchange since and until.")
    low = UTC_DAY.window(asked["since"])[0] if asked["since"] else None
    high = UTC_DAY.window(asked["until"])[1] - 1 if asked["until"] else None
    return covered(source, source.book.ships.heard_cells(asked["since"], asked["until"]), low, high)


def cell_shapes(source: Source, asked: Asked, answer: Answer) -> list[dict[str, Any]]:
    """Each cell as a square."""
    assert answer.frame is not None
    found = []
    for row in rows_of(answer.frame):
        west, south, side = row["west_deg"], row["south_deg"], row["cell_deg"]
        east, north = round(min(west + side, 180.0), 7), round(min(south + side, 90.0), 7)
        ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
        found.append(feature({"type": "Polygon", "coordinates": [ring]}, row))
    return found


_EVENT_KEY = ("entry_t_utc", "mmsi", "zone_id", "event_id", "originator")
_WHEN = (SINCE_TIME, UNTIL_TIME)
_HULLS_ASKED = Parameter("mmsi", f"ships' numbers, at most {MOST_HULLS}", MMSI.kind, many=True, low=1, high=999_999_999)

TABLES = (
    Table("visits", visits, _EVENT_KEY, (ZONES, FLEET, MMSI, *_WHEN, KNOWN_AT, WITHDRAWN), visit_shapes, open_to_roles=True),
    Table(
        "passages",
        passages,
        ("t_utc", "mmsi", "gate_id", "event_id"),
        (GATES, FLEET, MMSI, *_WHEN, KNOWN_AT, WITHDRAWN),
        places("lon_deg", "lat_deg", "event_id"),
    ),
    Table(
        "now", now, _EVENT_KEY, (ZONES_NEEDED, Parameter("at", "at this instant instead of now", TIME)), visit_shapes, lives_s=1
    ),
    Table("tracks", tracks, TRACK_KEY, (_HULLS_ASKED, ZONES, FLEET, *_WHEN), track_shapes),
    Table(
        "positions",
        positions,
        ("t_utc", "lat_deg", "lon_deg", "msg_type", "file", "row"),
        (Parameter("mmsi", MMSI.about, MMSI.kind, required=True, low=1, high=999_999_999, example=MMSI.example), *_WHEN),
        places("lon_deg", "lat_deg", "file"),
    ),
    Table(
        "vessels",
        vessels,
        ("mmsi",),
        (_HULLS_ASKED, FLEET, Parameter("q", "part of a name, call sign or IMO number, or the first digits of a number")),
    ),
    Table("coverage", coverage, ("south_deg", "west_deg"), (SINCE, UNTIL), cell_shapes),
)
