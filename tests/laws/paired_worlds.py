"""Pairs of worlds that differ only in what one recipient may not see; for law 9.

A world is what a node holds: files of its own sources, texts, received rows, zones, fleets, rules and agreements, and a clock.
`world(seed)` makes one; `hidden(seed, world)` makes another that holds more, none of it for `US`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl

from offing.figures.coverage import coverage_of_day
from offing.model import schemas
from offing.model.bulletin import SIGHTINGS
from offing.model.fleet import Fleet, Membership
from offing.model.incident import INCIDENTS
from offing.model.sharing import Agreement, ReleaseRule
from offing.model.times import HOUR_MS
from offing.model.zone import Zone
from offing.pipeline.merged import Received
from offing.pipeline.release import Release
from offing.pipeline.release_rows import Inputs
from offing.pipeline.views import Held, OwnFile, View, fold_view
from offing.pipeline.waters import Waters, of_region
from offing.store import received as received_rows
from offing.testing import shapes
from offing.testing.worlds import EPOCH_MS, FIRST_MMSI, Sightings, sailing

HERE, US, TW, AU = "jp", "us", "tw", "au"
BOX, FAR, MINE = "box@me", "far@me", "mine@me"
ZONES = {
    z.id: z
    for z in (
        shapes.zone(BOX, [shapes.rectangle(10.0, 0.0, 11.0, 1.0)]),
        shapes.zone(FAR, [shapes.rectangle(15.0, 0.0, 16.0, 1.0)]),
    )
}
OWN = Fleet("own", members=tuple(Membership(FIRST_MMSI + i) for i in (0, 1)))
PURPOSE = "maritime_safety"
OPEN, SECRET = ("ais", "radar"), "secret"
SECRET_OFFICE = "quiet-office"
KINDS = ("visit", "watch_day", "streak", "sighting", "incident")
LATE_MS = 2**45
TIME = pl.Datetime("ms", "UTC")


@dataclass(frozen=True)
class World:
    """What a node holds, at an instant."""

    rows: dict[str, pl.DataFrame]  # per own source: mmsi, t_utc, lon_e7, lat_e7
    now_ms: int
    rules: tuple[ReleaseRule, ...]
    agreements: tuple[Agreement, ...]
    zones: dict[str, Zone] = field(default_factory=lambda: dict(ZONES))
    fleets: dict[str, Fleet] = field(default_factory=lambda: {"own": OWN})
    sightings: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SIGHTINGS))
    incidents: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=INCIDENTS))
    received: Received | None = None

    @property
    def waters(self) -> Waters:
        return Waters(of_region("east_asia").pack, self.zones, self.fleets)

    @property
    def inputs(self) -> Inputs:
        files = [own_file(source, rows) for source, rows in self.rows.items() if rows.height]
        restricted = frozenset({SECRET, SECRET_OFFICE})
        return Inputs(files, restricted, sightings=self.sightings, incidents=self.incidents, received=self.received)

    @property
    def release(self) -> Release:
        return Release(self.inputs, self.waters, self.rules, self.agreements, HERE, self.now_ms, b"the node's secret")

    @property
    def own_view(self) -> View:
        """What the owner sees: every source, all there is."""
        inputs = self.inputs
        return fold_view(Held.of(inputs.files, inputs.own_sources, LATE_MS), self.waters.zone_list, inputs.method)

    @property
    def own_coverage(self) -> pl.DataFrame:
        """Who was heard where and when, for the owner's eyes: a part of `own_view` that is quickly worked out."""
        rows = pl.concat(list(self.rows.values())).sort("mmsi", "t_utc")
        parts = []
        for (day,), one in rows.with_columns(day=pl.col("t_utc").dt.date()).partition_by("day", as_dict=True).items():
            columns = (one["mmsi"].to_numpy(), t_ms_of(one), one["lon_e7"].to_numpy(), one["lat_e7"].to_numpy())
            parts.append(coverage_of_day(day, *columns, np.ones(one.height, np.bool_)))
        return pl.concat(parts).sort("day", "cell", "mmsi")


def released(world: World, recipient: str = US) -> list[tuple[object, ...]]:
    """All that leaves for a recipient, as it would stand on the wire."""
    return [(r.kind, r.id, r.values, tuple(map(str, x.wire().items()))) for r, x in world.release.to(recipient).records]


def own_file(source: str, rows: pl.DataFrame) -> OwnFile:
    """Rows as one held file of a source; equal rows have equal names."""
    whole = rows.with_columns(msg_type=pl.lit(1, pl.Int16), time_basis=pl.lit("file"), _day=pl.col("t_utc").dt.date())
    days = {day: piece for (day,), piece in whole.partition_by("_day", as_dict=True, include_key=False).items()}
    name = f"{source}-{rows.hash_rows().sort().hash().sum()}"
    last = rows["t_utc"].dt.epoch("ms").max()
    return OwnFile(name, frozenset({source}), days, last)  # type: ignore[arg-type]


def frame(seen: Sightings) -> pl.DataFrame:
    columns = {"mmsi": seen.mmsi, "t_utc": seen.t_ms, "lon_e7": seen.lon_e7, "lat_e7": seen.lat_e7}
    return pl.DataFrame(columns).with_columns(pl.col("t_utc").cast(TIME))


def lying(mmsi: int, t_ms: np.ndarray, lon_deg: float, lat_deg: float) -> pl.DataFrame:
    """A hull that does not move."""
    at = [np.full(len(t_ms), round(x * schemas.E7), np.int32) for x in (lon_deg, lat_deg)]
    columns = {"mmsi": np.full(len(t_ms), mmsi, np.int32), "t_utc": t_ms.astype(np.int64), "lon_e7": at[0], "lat_e7": at[1]}
    return pl.DataFrame(columns).with_columns(pl.col("t_utc").cast(TIME))


def t_ms_of(rows: pl.DataFrame) -> np.ndarray:
    return rows["t_utc"].dt.epoch("ms").to_numpy()


# -- one world


def world(seed: int) -> World:
    """Ships about a zone for two or three days, heard by two open sources; what they miss is not there at all."""
    rng = np.random.default_rng([seed, 1])
    days = int(rng.integers(2, 4))
    near = sailing(seed, 5, days * 18, 24 * 3600 / 18, (9.3, -0.2, 11.7, 1.2), speed_kn=(1.0, 9.0), leg_fixes=6)
    chance = rng.random(5 * days)  # each hull's day is heard by one of the sources, or by none
    block = near.hull * days + np.clip((near.t_ms - EPOCH_MS) // (24 * HOUR_MS), 0, days - 1).astype(np.int64)
    which = np.digitize(chance[block], [0.5, 0.8])
    light = lying(431_000_009, EPOCH_MS + np.arange(0, days * 24) * HOUR_MS, 9.8, 0.5)
    light = light.filter(pl.Series(rng.random(light.height) < rng.choice([0.4, 0.97])))
    rows = {"ais": pl.concat([frame(near[which == 0]), light]), "radar": frame(near[which == 1])}
    now_ms = EPOCH_MS + int(rng.integers(40, days * 24 + 8)) * HOUR_MS
    rules = rules_of(rng)
    cutoff = now_ms - min(int(r.delay_h * HOUR_MS) for r in rules)
    rows = {source: r.filter(pl.col("t_utc").dt.epoch("ms") <= cutoff) for source, r in rows.items()}
    with_us = Agreement("jp-us", (HERE, US), KINDS, (PURPOSE,), date(2020, 1, 1), date(2030, 1, 1), onward=1)
    return World(
        rows, now_ms, rules, (with_us,),
        sightings=sightings(rng, "jp-joint-staff", now_ms), incidents=incidents(rng, now_ms, "open"),
    )  # fmt: skip


def rules_of(rng: np.random.Generator) -> tuple[ReleaseRule, ...]:
    """A few rules for the recipient."""
    found: list[ReleaseRule] = []
    delays, used = rng.choice([0.0, 5.0, 30.0], 2), [(), ("ais",), ("radar",), ("ais", "radar"), ("ais", AU)]
    mixed = rng.random() < 0.25  # rules of different sources and delays
    first = rng.integers(0, len(used))
    wanted = [k for k, p in zip(KINDS, (0.8, 0.35, 0.3, 0.2, 0.2), strict=True) if rng.random() < p] or ["visit"]
    for kind in wanted:
        figure = kind in ("watch_day", "streak")
        text = kind in ("sighting", "incident")
        sources = used[rng.integers(0, len(used)) if mixed else first]
        found.append(
            ReleaseRule(
                len(found) * 3 + 2,
                kind,
                (US,) if rng.random() < 0.6 else (US, TW),
                (BOX,),
                ("own",) if figure or (not text and rng.random() < 0.4) else (),
                () if text else sources,
                PURPOSE,
                onward=int(rng.integers(0, 2)),
                expires=None if rng.random() < 0.7 else date(2027, 1, 1),
                delay_h=float(delays[len(found) % 2 if mixed else 0]),
                round_deg=0.1 if rng.random() < 0.2 else None,
                masked=("mmsi",) if kind == "visit" and rng.random() < 0.2 else (),
            )
        )
    return tuple(found)


def sightings(rng: np.random.Generator, office: str, now_ms: int) -> pl.DataFrame:
    rows = []
    for n in range(int(rng.integers(1, 4))):
        day = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms)).date() - timedelta(
            days=int(rng.integers(0, 4))
        )
        name = f"sighting:{office}:{n}"
        rows.append(
            {"sighting_id": name, "office": office, "start_day": day, "hulls": [f"{n}"], "zone_id": BOX, "lat_deg": 0.55}
        )
    return pl.DataFrame(rows, schema=SIGHTINGS)


def incidents(rng: np.random.Generator, now_ms: int, word: str) -> pl.DataFrame:
    start = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=now_ms) - timedelta(hours=float(rng.integers(1, 60)))
    row = {"incident_id": f"{word}-{rng.integers(0, 99)}", "kind": "other", "start_utc": start, "zone_id": BOX, "text": word}
    return pl.DataFrame([row], schema=INCIDENTS)


# -- what is hidden


def hidden(seed: int, a: World) -> tuple[World, list[str]]:
    """A world with more in it, at least one thing of which is data; and what it was."""
    rng = np.random.default_rng([seed, 2])
    data = [m for m in DATA if rng.random() < 0.4] or [DATA[rng.integers(0, len(DATA))]]
    papers = [m for m in PAPERS if rng.random() < 0.25]
    b = a
    for more in (*data, *papers):
        b = more(rng, b)
    return b, [m.__name__ for m in (*data, *papers)]


def same_hull(rng: np.random.Generator, w: World) -> World:
    """The same hulls, heard at other times by a restricted source."""
    seen = frame(sailing(int(rng.integers(0, 2**31)), 3, 30, 2 * 3600, (9.5, 0.0, 11.5, 1.0), leg_fixes=5))
    return _more(w, SECRET, seen)


def same_number(rng: np.random.Generator, w: World) -> World:
    """Another ship under the number of a hull that was heard, lying in the zone, from a restricted source."""
    hours = EPOCH_MS + np.arange(0, 60, 2) * HOUR_MS + int(rng.integers(0, HOUR_MS))
    return _more(w, SECRET, lying(FIRST_MMSI, hours, 10.2 + 0.6 * rng.random(), 0.5))


def coverage(rng: np.random.Generator, w: World) -> World:
    """A hull outside the fleet near the zone, every hour, from a restricted source: receivers were listening."""
    return _more(w, SECRET, lying(431_000_077, EPOCH_MS + np.arange(0, 96) * HOUR_MS, 9.9, 0.2 + 0.5 * rng.random()))


def later(rng: np.random.Generator, w: World) -> World:
    """What the open sources heard after all that any rule may tell yet."""
    after = w.now_ms - min(int(r.delay_h * HOUR_MS) for r in w.rules) + 1
    hours = after + np.arange(0, int(rng.integers(2, 40))) * HOUR_MS // 2
    seen = lying(FIRST_MMSI + int(rng.integers(0, 2)), hours, 10.1 + 0.8 * rng.random(), 0.5)
    return _more(_more(w, "ais", seen), "radar", seen)


def other_zone(rng: np.random.Generator, w: World) -> World:
    """Ships in a zone of which no rule speaks, heard by an open source at instants at which it heard others too."""
    source = max(OPEN, key=lambda name: w.rows[name].height)
    t_ms = np.unique(t_ms_of(w.rows[source]))
    return _more(w, source, lying(412_000_500 + int(rng.integers(0, 9)), t_ms[:: int(rng.integers(1, 4))], 15.5, 0.5))


def other_rules(rng: np.random.Generator, w: World) -> World:
    """Rules for others, rules that no agreement bears, and rules that were taken back."""
    more = [
        ReleaseRule(1, "visit", (TW,), purpose=PURPOSE, sources=(SECRET, "ais")),
        ReleaseRule(3, "visit", (US,), purpose="advertising", sources=(SECRET,)),
        ReleaseRule(4, "watch_day", (US,), (BOX,), ("own",), (SECRET,), PURPOSE, removed_ms=w.now_ms - 5),
        ReleaseRule(99, "visit", (), purpose=PURPOSE, sources=(SECRET,)),
        ReleaseRule(98, "visit", (US,), purpose=PURPOSE, sources=(SECRET,), expires=date(2025, 12, 31)),
    ]
    return replace(w, rules=(*w.rules, *(r for r in more if rng.random() < 0.6)))


def other_agreements(rng: np.random.Generator, w: World) -> World:
    """Agreements with partners through whom nothing can go on."""
    with_tw = Agreement("jp-tw", (HERE, TW), KINDS, (PURPOSE,), date(2020, 1, 1), date(2030, 1, 1), history=False)
    with_au = Agreement("au-us", (AU, US), KINDS, (PURPOSE, "advertising"), date(2020, 1, 1), date(2030, 1, 1), onward=3)
    return replace(w, agreements=(with_au, *w.agreements, with_tw))


def own_places(rng: np.random.Generator, w: World) -> World:
    """A zone of the user's own across the other one, and another fleet."""
    mine = shapes.zone(MINE, [shapes.rectangle(10.3, 0.2, 10.3 + 0.5 * rng.random() + 0.1, 2.0)])
    fleet = Fleet("other", members=(Membership(FIRST_MMSI + 3),))
    return replace(w, zones={**w.zones, MINE: mine}, fleets={**w.fleets, "other": fleet})


def restricted_office(rng: np.random.Generator, w: World) -> World:
    """Sightings of an office that is restricted."""
    return replace(w, sightings=pl.concat([sightings(rng, SECRET_OFFICE, w.now_ms), w.sightings]))


def incident_elsewhere(rng: np.random.Generator, w: World) -> World:
    """An incident in a zone of which no rule speaks, and one that is yet to come."""
    there = incidents(rng, w.now_ms, "elsewhere").with_columns(zone_id=pl.lit(FAR))
    to_come = incidents(rng, w.now_ms + 200 * HOUR_MS, "to-come")
    return replace(w, incidents=pl.concat([w.incidents, there, to_come]))


def not_to_be_passed_on(rng: np.random.Generator, w: World) -> World:
    """Visits and watch days that a partner sent, whose labels let nothing of them go further here."""
    labels = [(0, PURPOSE, None), (2, "advertising", None), (2, PURPOSE, w.now_ms - 1)]
    rows = []
    for n, (onward, purpose, expires_ms) in enumerate(labels):
        entry_ms = EPOCH_MS + int(rng.integers(0, 40)) * HOUR_MS
        left_ms = entry_ms + 9 * HOUR_MS
        times = dict.fromkeys(("entry_t_utc", "entry_after_utc"), entry_ms)
        times |= dict.fromkeys(("exit_t_utc", "exit_before_utc", "exit_after_utc"), left_ms)
        told = {"id": f"visit:au:{n}", "originator": AU, "mmsi": FIRST_MMSI, "zone_id": BOX, "zone_hash": ZONES[BOX].hash}
        more = {"status": "closed", "support_n": 9, "positions_n": 9, "onward": onward, "purpose": purpose}
        rows.append({**told, **times, **more, "expires_utc": expires_ms})
    schema = received_rows.schema("visit")
    visits = pl.DataFrame(
        [{**dict.fromkeys(schema), **r} for r in rows], schema={n: pl.Int64() if t == TIME else t for n, t in schema.items()}
    ).cast({n: t for n, t in schema.items() if t == TIME})  # type: ignore[arg-type]
    nothing = Received.nothing()
    return replace(w, received=Received(visits, nothing.days, nothing.streaks))


More = Callable[[np.random.Generator, World], World]
DATA: list[More] = [same_hull, same_number, coverage, later, other_zone]
PAPERS: list[More] = [
    other_rules, other_agreements, own_places, restricted_office, incident_elsewhere, not_to_be_passed_on,
]  # fmt: skip


def _more(w: World, source: str, rows: pl.DataFrame) -> World:
    before = w.rows.get(source)
    return replace(w, rows={**w.rows, source: rows if before is None else pl.concat([before, rows])})
