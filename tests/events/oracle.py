"""Visits again, slowly and obviously: plain Python and shapely, no code shared with the kernels.

Every hop of every track is cut with every zone's polygons; nothing is indexed but bounding boxes, and nothing is folded.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import numpy as np
import shapely

EARTH_RADIUS_M = 6_371_008.8
TURN = 360.0


@dataclass
class Track:
    mmsi: int
    begin_ms: int
    nth: int
    fixes: list[tuple[int, float, float]]  # t_ms, lon (unwrapped the short way), lat

    @property
    def last_ms(self) -> int:
        return self.fixes[-1][0]


@dataclass
class Stay:
    entry_how: str
    entry_ms: int
    entry_place: tuple[float, float]
    first: int  # number of the first fix at or after the entry
    exit_how: str = ""
    exit_ms: int = 0
    exit_place: tuple[float, float] = (0.0, 0.0)
    last: int = 0  # number of the last fix at or before the exit


def nautical_miles(a: tuple[float, float], b: tuple[float, float]) -> float:
    lon_a, lat_a, lon_b, lat_b = map(math.radians, (*a, *b))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h))) / 1852


def tracks_of(rows: list[tuple[int, int, int, int]], max_gap_ms: int, max_speed_kn: float) -> list[Track]:
    """Rows of (mmsi, t_ms, lon_e7, lat_e7) to tracks."""
    done: list[Track] = []
    for mmsi in sorted({r[0] for r in rows}):
        tracks: list[Track] = []
        mine = sorted((t, lat, lon) for m, t, lon, lat in rows if m == mmsi)
        for t, lat_e7, lon_e7 in mine:
            lon, lat = lon_e7 / 1e7, lat_e7 / 1e7
            choices = []
            for track in tracks:
                t0, lon0, lat0 = track.fixes[-1]
                if t - t0 > max_gap_ms:
                    continue
                near = lon0 + math.remainder(lon - lon0, TURN)
                same = math.isclose(near, lon0, abs_tol=1e-9) and lat == lat0
                hours = (t - t0) / 3_600_000
                if same:
                    speed = 0.0
                elif hours == 0:
                    continue
                else:
                    speed = nautical_miles((lon0, lat0), (near, lat)) / hours
                if speed <= max_speed_kn:
                    choices.append((speed, -t0, track.begin_ms, track.nth, near, track))
            if choices:
                *_, near, track = min(choices, key=lambda c: c[:4])
                track.fixes.append((t, near, lat))
            else:
                nth = 1 + sum(track.begin_ms == t for track in tracks)
                tracks.append(Track(mmsi, t, nth, [(t, lon, lat)]))
        done += tracks
    return done


def polygon_of(zone: object) -> shapely.MultiPolygon:
    area = shapely.MultiPolygon([(p[0] / 1e7, [hole / 1e7 for hole in p[1:]]) for p in zone.polygons])
    assert area.is_valid, shapely.is_valid_reason(area)
    return area


def stays_of(track: Track, area: shapely.MultiPolygon) -> list[Stay]:
    """All stays of a track in an area, wherever in the turns of longitude either is written."""
    places = np.array([(lon, lat) for _, lon, lat in track.fixes])
    west, south, east, north = area.bounds
    copies = []
    for turn in range(-3, 4):
        if west + turn * TURN <= places[:, 0].max() and east + turn * TURN >= places[:, 0].min():
            copies.append(shapely.affinity.translate(area, turn * TURN) if turn else area)
    if not copies or south > places[:, 1].max() or north < places[:, 1].min():
        return []
    for copy in copies:
        shapely.prepare(copy)
    inside = np.zeros(len(places), bool)
    for copy in copies:
        inside |= shapely.contains_xy(copy, places[:, 0], places[:, 1])
    crossings: dict[int, list[float]] = {}  # number of the hop -> fractions at which it meets the boundary
    if len(places) > 1:
        hops = shapely.linestrings(np.stack([places[:-1], places[1:]], axis=1))
        for copy in copies:
            for i in np.flatnonzero(shapely.intersects(copy, hops)):
                crossings.setdefault(int(i), []).extend(_boundary_fractions(places[i], places[i + 1], copy))

    stays: list[Stay] = []
    t0, *place0 = track.fixes[0]
    if inside[0]:
        stays.append(Stay("first_seen", t0, tuple(place0), 0))
    for i, (a, b) in enumerate(pairwise(track.fixes)):
        kept: list[tuple[int, float]] = []
        for f in sorted(crossings.get(i, [])):
            t = a[0] + round(f * (b[0] - a[0]))
            if kept and kept[-1][0] == t:  # in and out, or out and in, within one millisecond: as if not
                kept.pop()
            else:
                kept.append((t, f))
        now_inside = bool(inside[i])
        for t, f in kept:
            place = (a[1] + f * (b[1] - a[1]), a[2] + f * (b[2] - a[2]))
            if now_inside:
                stays[-1].exit_how, stays[-1].exit_ms, stays[-1].exit_place, stays[-1].last = "crossed", t, place, i
            else:
                stays.append(Stay("crossed", t, place, i + 1))
            now_inside = not now_inside
        assert now_inside == inside[i + 1], "crossings and point test disagree: the world is not in general position"
    if inside[-1]:
        t, *place = track.fixes[-1]
        stays[-1].exit_how, stays[-1].exit_ms, stays[-1].exit_place = "last_seen", t, tuple(place)
        stays[-1].last = len(places) - 1
    for stay in stays:
        assert inside[stay.first : stay.last + 1].all()
    return stays


def _boundary_fractions(p: np.ndarray, q: np.ndarray, area: shapely.MultiPolygon) -> list[float]:
    """Where on the way from P to Q, 0 to 1, pieces inside the area begin and end, other than at P and Q."""
    axis = int(abs(q[1] - p[1]) > abs(q[0] - p[0]))
    if p[axis] == q[axis]:
        return []
    inside = shapely.intersection(shapely.LineString([p, q]), area)
    found: list[float] = []
    for piece in shapely.get_parts(inside):
        if piece.geom_type == "LineString" and not piece.is_empty:
            ends = [(c[axis] - p[axis]) / (q[axis] - p[axis]) for c in (piece.coords[0], piece.coords[-1])]
            found += [f for f in ends if 1e-12 < f < 1 - 1e-12]
    return found


def visits_of(rows: list[tuple[int, int, int, int]], zones: list, parameters: object) -> list[dict]:
    """The visits as dictionaries, in no particular order."""
    areas = [polygon_of(z) for z in zones]
    found: list[tuple[Track, str, list[Stay]]] = []
    for track in tracks_of(rows, parameters.max_gap_ms, parameters.max_speed_kn):
        for zone, area in zip(zones, areas, strict=True):
            visit: list[Stay] = []
            for stay in stays_of(track, area):
                away_ms = stay.entry_ms - visit[-1].exit_ms if visit else 0
                if visit and not (0 < parameters.rejoin_ms >= away_ms):
                    found.append((track, zone.id, visit))
                    visit = []
                visit.append(stay)
            if visit:
                found.append((track, zone.id, visit))
    found.sort(key=lambda v: (v[0].begin_ms, v[0].nth, v[2][0].entry_ms))
    ordinals: dict[str, int] = {}
    return [_as_row(track, zone_id, visit, ordinals, parameters.max_gap_ms) for track, zone_id, visit in found]


def _as_row(track: Track, zone_id: str, visit: list[Stay], ordinals: dict[str, int], max_gap_ms: int) -> dict:
    first, last = visit[0], visit[-1]
    anchor_ms = track.fixes[first.first][0]
    name = f"visit:{zone_id}:{track.mmsi}:{_stamp(anchor_ms)}"
    ordinals[name] = ordinals.get(name, 0) + 1
    positions = sum(s.last - s.first + 1 for s in visit)
    entered, left = first.entry_how == "crossed", last.exit_how == "crossed"
    return {
        "event_id": _numbered(name, ordinals[name]),
        "kind": "visit",
        "status": "closed" if left else "open",
        "mmsi": track.mmsi,
        "track": _numbered(f"{track.mmsi}@{_stamp(track.begin_ms)}", track.nth),
        "zone_id": zone_id,
        "entry_t_utc": first.entry_ms,
        "entry_how": first.entry_how,
        "exit_t_utc": last.exit_ms,
        "exit_how": last.exit_how,
        "entry_lon_deg": math.remainder(first.entry_place[0], TURN),
        "entry_lat_deg": first.entry_place[1],
        "exit_lon_deg": math.remainder(last.exit_place[0], TURN),
        "exit_lat_deg": last.exit_place[1],
        "duration_s": (last.exit_ms - first.entry_ms) / 1000,
        "inside_s": sum(s.exit_ms - s.entry_ms for s in visit) / 1000,
        "positions_n": positions,
        "support_n": positions + entered + left,
        "single_position": positions == 1 and not entered and not left,
        "closes_at_utc": None if left else track.last_ms + max_gap_ms,
        "entry_before_utc": track.fixes[first.first - 1][0] if entered else None,
        "entry_after_utc": anchor_ms,
        "exit_before_utc": track.fixes[last.last][0],
        "exit_after_utc": track.fixes[last.last + 1][0] if left else None,
        "stays_n": len(visit),
    }


def _numbered(name: str, nth: int) -> str:
    return name if nth == 1 else f"{name}.{nth}"


def _stamp(t_ms: int) -> str:
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=t_ms)
    thousandths = f".{t_ms % 1000:03d}" if t_ms % 1000 else ""
    return at.strftime("%Y%m%dT%H%M%S") + thousandths + "Z"
