/** What the Day view shows: the questions it asks, and their answers as one list of entries in time order. */
import type { Feature, FeatureCollection, LineString, Point, Position } from "geojson";
import { type Answer, useOne, useRows } from "../../api/client";
import { meta, zoneOf } from "../../api/meta";
import { type Box, inForce, KINDS_DRAWN, type ZoneShape } from "../../chart/limits";
import type { Names } from "../../i18n/words";
import { fleet, iso, sel, span, zones } from "../../state/state";
import { ms } from "../../state/time";
import { param, params } from "../../state/url";

export interface Visit {
  readonly event_id: string;
  readonly status: string;
  readonly mmsi: number;
  readonly zone_id: string;
  readonly entry_t_utc: string;
  readonly entry_how: string;
  readonly exit_t_utc: string;
  readonly exit_how: string;
  readonly entry_lon_deg: number | null;
  readonly entry_lat_deg: number | null;
  readonly exit_lon_deg: number | null;
  readonly exit_lat_deg: number | null;
  readonly single_position: boolean | null;
  readonly still_inside: boolean;
  readonly reason: string | null;
  readonly superseded_by: string | null;
}

export interface Passage {
  readonly event_id: string;
  readonly status: string;
  readonly mmsi: number;
  readonly gate_id: string;
  readonly t_utc: string;
  readonly lon_deg: number;
  readonly lat_deg: number;
  readonly direction: string;
  readonly reason: string | null;
  readonly superseded_by: string | null;
}

export interface TrackProps {
  readonly mmsi: number;
  readonly track: string;
  readonly name: string | null;
  readonly t_ms: readonly number[];
  readonly speed_kn: readonly (number | null)[];
  readonly course_deg?: readonly (number | null)[];
  readonly heading_deg?: readonly (number | null)[];
  readonly gap_before_s: number | null;
}
export type Track = Feature<LineString | Point, TrackProps>;

/** One row of the list, one mark on the chart, one bar in the time bar. */
export interface Entry {
  readonly id: string;
  readonly kind: "visit" | "passage" | "gap";
  readonly mmsi: number;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly fromHow: string;
  readonly toHow: string;
  readonly open: boolean;
  readonly withdrawn: boolean;
  /** Zone or gate; empty for a silence. */
  readonly where: string;
  readonly whereKind: string;
  readonly direction: string;
  readonly single: boolean;
  readonly from: Position | null;
  readonly to: Position | null;
  readonly reason: string | null;
  readonly supersededBy: string | null;
}

export interface GateProps {
  readonly gate_id: string;
  readonly kind: string;
  readonly names: Names;
}
export interface FeatureProps {
  readonly feature_id: string;
  readonly kind: string;
  readonly names: Names;
  readonly claimants: readonly string[];
  readonly group: string;
}

export const MOST_TRACKS = 60;
const SIMPLIFY_M = 120;
/** One and the same empty list, so that what is drawn from it stays the same object. */
const NO_TRACKS: readonly Track[] = [];

/** Kinds of limits that are drawn and listed: what the reader chose, else those of the sheet. */
export const kindsDrawn = (): readonly string[] => {
  const chosen = params("draw");
  return chosen.length ? chosen : KINDS_DRAWN;
};

/** Ids of the zones that are drawn and listed. Named zones come before kinds and claimants. */
export function zonesDrawn(shapes: readonly ZoneShape[]): ZoneShape[] {
  const named = zones.value;
  if (named.length) return shapes.filter((z) => named.includes(z.properties.zone_id));
  const kinds = kindsDrawn();
  const whose = params("claimant");
  const { since_ms, until_ms } = span.value;
  return shapes.filter(
    ({ properties: z }) =>
      kinds.includes(z.kind) &&
      (whose.length === 0 || z.claimants.some((c) => whose.includes(c))) &&
      inForce(z, since_ms, until_ms),
  );
}

const asked = (one: string | null) => (meta.value ? one : null);

/** The window as the API takes it: both ends within. */
export function windowQuery() {
  const { since_ms, until_ms } = span.value;
  return { since: iso(since_ms), until: new Date(until_ms - 1).toISOString() };
}

export function useDay() {
  const when = windowQuery();
  const withdrawn = param("withdrawn") === "true" ? true : null;
  const shapes = useOne<FeatureCollection>(asked("zones"), { simplify_m: SIMPLIFY_M }, "geojson");
  const gates = useOne<FeatureCollection>(asked("gates"), {}, "geojson");
  const features = useOne<FeatureCollection>(asked("features"), {}, "geojson");
  const others = useOne<FeatureCollection>(kindsDrawn().includes("lines") ? asked("lines") : null, {}, "geojson");
  const visits = useRows<Visit>(asked("visits"), { ...when, fleet: fleet.value, zone: zones.value, withdrawn });
  const passages = useRows<Passage>(asked("passages"), {
    ...when,
    fleet: fleet.value,
    gate: params("gate"),
    withdrawn,
  });

  const drawn = zonesDrawn((dataOf(shapes.value)?.features ?? []) as unknown as ZoneShape[]);
  const listed = new Set(drawn.map((z) => z.properties.zone_id));
  const stays = (dataOf(visits.value) ?? []).filter((v) => listed.has(v.zone_id));
  const crossings = dataOf(passages.value) ?? [];
  const chosen = hullOf(sel.value);
  const all = [...new Set([...(chosen ? [chosen] : []), ...stays.map((v) => v.mmsi), ...crossings.map((p) => p.mmsi)])];
  const hulls = all.slice(0, MOST_TRACKS);
  const ready = visits.value.state !== "loading" && passages.value.state !== "loading";
  const tracks = useOne<FeatureCollection>(
    ready && hulls.length ? "tracks" : null,
    { mmsi: hulls.map(String), ...when },
    "geojson",
  );
  // the list and the tracks come first: the coast is large, and the chart stands without it
  const coast = useOne<FeatureCollection>(
    ready && (hulls.length === 0 || tracks.value.state !== "loading") ? "coast" : null,
    {},
    "geojson",
  );
  const pieces =
    (hulls.length && (dataOf(tracks.value)?.features as unknown as readonly Track[] | undefined)) || NO_TRACKS;
  const entries = merge(stays, crossings, pieces);
  return {
    shapes,
    gates,
    features,
    others,
    coast,
    visits,
    passages,
    tracks,
    drawn,
    entries,
    pieces,
    hulls: all,
    chosen,
  };
}
export type Day = ReturnType<typeof useDay>;

/** The rows of an answer; while it is asked again, those it had. */
export function dataOf<T>(answer: Answer<T>): T | undefined {
  if (answer.state === "ok" || answer.state === "none") return answer.data;
  return answer.state === "loading" ? answer.had : undefined;
}

/** The hull that a selection names: an MMSI, or that of an event's id. */
export function hullOf(selection: string | null): number | null {
  if (!selection) return null;
  const parts = selection.split(":");
  const text = parts.length === 1 ? parts[0] : parts[0] === "gap" ? parts[1] : parts[2];
  return text && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function merge(visits: readonly Visit[], passages: readonly Passage[], pieces: readonly Track[]): Entry[] {
  const out: Entry[] = [];
  for (const v of visits) {
    out.push({
      id: v.event_id,
      kind: "visit",
      mmsi: v.mmsi,
      from_ms: ms(v.entry_t_utc),
      to_ms: ms(v.exit_t_utc),
      fromHow: v.entry_how,
      toHow: v.still_inside ? "still_inside" : v.exit_how,
      open: v.still_inside,
      withdrawn: v.status === "withdrawn",
      where: v.zone_id,
      whereKind: zoneOf(v.zone_id)?.kind ?? "",
      direction: "",
      single: Boolean(v.single_position),
      from: at(v.entry_lon_deg, v.entry_lat_deg),
      to: at(v.exit_lon_deg, v.exit_lat_deg),
      reason: v.reason,
      supersededBy: v.superseded_by,
    });
  }
  for (const p of passages) {
    out.push({
      id: p.event_id,
      kind: "passage",
      mmsi: p.mmsi,
      from_ms: ms(p.t_utc),
      to_ms: ms(p.t_utc),
      fromHow: "crossed",
      toHow: "crossed",
      open: false,
      withdrawn: p.status === "withdrawn",
      where: p.gate_id,
      whereKind: "gate",
      direction: p.direction,
      single: false,
      from: at(p.lon_deg, p.lat_deg),
      to: null,
      reason: p.reason,
      supersededBy: p.superseded_by,
    });
  }
  out.push(...silences(pieces));
  return out.sort((a, b) => a.from_ms - b.from_ms || a.mmsi - b.mmsi || (a.id < b.id ? -1 : 1));
}

const at = (lon: number | null, lat: number | null): Position | null =>
  lon === null || lat === null ? null : [lon, lat];

/** The silences between the pieces of tracks, each from the last position before it to the first after it. */
export function silences(pieces: readonly Track[]): Entry[] {
  const last = new Map<number, Track>();
  const out: Entry[] = [];
  for (const piece of [...pieces].sort((a, b) => (a.properties.t_ms[0] ?? 0) - (b.properties.t_ms[0] ?? 0))) {
    const { mmsi, t_ms, gap_before_s } = piece.properties;
    const before = last.get(mmsi);
    const begins = t_ms[0] ?? Number.NaN;
    if (gap_before_s !== null && gap_before_s > 0) {
      const ended = before?.properties.t_ms.at(-1);
      const met = ended !== undefined && Math.abs(begins - gap_before_s * 1000 - ended) < 1000;
      out.push({
        id: `gap:${mmsi}:${iso(begins)}`,
        kind: "gap",
        mmsi,
        from_ms: begins - gap_before_s * 1000,
        to_ms: begins,
        fromHow: "last_seen",
        toHow: "first_seen",
        open: false,
        withdrawn: false,
        where: "",
        whereKind: "",
        direction: "",
        single: false,
        from: met && before ? (places(before).at(-1) ?? null) : null,
        to: places(piece)[0] ?? null,
        reason: null,
        supersededBy: null,
      });
    }
    const known = before?.properties.t_ms.at(-1) ?? -Infinity;
    if ((t_ms.at(-1) ?? 0) >= known) last.set(mmsi, piece);
  }
  return out;
}

export const places = (track: Track): readonly Position[] =>
  track.geometry.type === "Point" ? [track.geometry.coordinates] : track.geometry.coordinates;

/** Great-circle distance on the mean sphere, in nautical miles: for words beside a silence, not for figures. */
export function apart_nm(a: Position, b: Position): number {
  const rad = (deg = 0) => (deg * Math.PI) / 180;
  const [la, lb] = [rad(a[1]), rad(b[1])];
  const h =
    Math.sin((lb - la) / 2) ** 2 + Math.cos(la) * Math.cos(lb) * Math.sin(rad((b[0] ?? 0) - (a[0] ?? 0)) / 2) ** 2;
  return (2 * 6_371_008.8 * Math.asin(Math.min(1, Math.sqrt(h)))) / 1852;
}

export interface Fix {
  readonly at: Position;
  readonly t_ms: number;
  readonly speed_kn: number | null;
  readonly course_deg: number | null;
  readonly moving: boolean;
}

/** The last position of each hull at or before an instant. */
export function fixesAt(pieces: readonly Track[], t_ms: number): Map<number, Fix> {
  const out = new Map<number, Fix>();
  for (const piece of pieces) {
    const { mmsi, t_ms: times, speed_kn, course_deg, heading_deg } = piece.properties;
    let low = 0;
    let high = times.length;
    while (low < high) {
      const mid = (low + high) >> 1;
      if ((times[mid] ?? 0) <= t_ms) low = mid + 1;
      else high = mid;
    }
    const i = low - 1;
    if (i < 0) continue;
    const when = times[i] ?? 0;
    const place = places(piece)[i];
    if (!place || (out.get(mmsi)?.t_ms ?? -Infinity) > when) continue;
    const speed = speed_kn[i] ?? null;
    const course = course_deg?.[i] ?? heading_deg?.[i] ?? courseBetween(places(piece), i);
    out.set(mmsi, { at: place, t_ms: when, speed_kn: speed, course_deg: course, moving: (speed ?? 0) >= 0.5 });
  }
  return out;
}

function courseBetween(track: readonly Position[], i: number): number | null {
  const [a, b] = i > 0 ? [track[i - 1], track[i]] : [track[0], track[1]];
  if (!a || !b) return null;
  const dx = ((b[0] ?? 0) - (a[0] ?? 0)) * Math.cos(((a[1] ?? 0) * Math.PI) / 180);
  const dy = (b[1] ?? 0) - (a[1] ?? 0);
  return dx === 0 && dy === 0 ? null : ((Math.atan2(dx, dy) * 180) / Math.PI + 360) % 360;
}

/** Name as broadcast, by the tracks that are held. */
export function namesOf(pieces: readonly Track[]): Map<number, string> {
  const out = new Map<number, string>();
  for (const { properties: p } of pieces) if (p.name) out.set(p.mmsi, p.name);
  return out;
}

const LEAST_DEG = 1.2;
const GROWN = 0.12;
const REACH = 0.22;

/** The box to show at first: the tracks with some sea round them, and what of the zones visited lies near. */
export function boxToShow(pieces: readonly Track[], visited: readonly Box[], chosen: number | null): Box | null {
  const lons: number[] = [];
  const lats: number[] = [];
  for (const piece of pieces) {
    if (chosen !== null && piece.properties.mmsi !== chosen) continue;
    for (const [x = 0, y = 0] of places(piece)) {
      lons.push(x);
      lats.push(y);
    }
  }
  if (lons.length === 0) return visited[0] ?? null;
  const least = (list: readonly number[]) => list.reduce((a, b) => Math.min(a, b), Infinity);
  const most = (list: readonly number[]) => list.reduce((a, b) => Math.max(a, b), -Infinity);
  const [w, s, e, n] = [least(lons), least(lats), most(lons), most(lats)];
  const wide = Math.max(e - w, LEAST_DEG);
  const high = Math.max(n - s, LEAST_DEG);
  const side = Math.max(wide, high);
  let box: Box = [w - wide * GROWN, s - high * GROWN, e + wide * GROWN, n + high * GROWN];
  const reach: Box = [w - side * REACH, s - side * REACH, e + side * REACH, n + side * REACH];
  for (const z of visited)
    box = [
      Math.min(box[0], Math.max(z[0], reach[0])),
      Math.min(box[1], Math.max(z[1], reach[1])),
      Math.max(box[2], Math.min(z[2], reach[2])),
      Math.max(box[3], Math.min(z[3], reach[3])),
    ];
  return box;
}
