/** What the logbook knows of one number, and what the view reads out of it. Times inside are UTC milliseconds. */
import type { Feature, LineString, Point } from "geojson";

const DAY_MS = 86_400_000;

export interface Claim {
  readonly field: string;
  readonly value: string;
  readonly first_utc: string;
  readonly last_utc: string;
  readonly messages_n: number;
  readonly path: string;
  readonly row: number;
}

export interface Membership {
  readonly fleet_id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly from_day: string | null;
  readonly to_day: string | null;
  readonly undated: boolean;
  readonly by: string;
  readonly sources: readonly string[];
}

export interface Visit {
  readonly event_id: string;
  readonly status: string;
  readonly version: number | null;
  readonly mmsi: number | null;
  readonly zone_id: string;
  readonly zone_hash: string | null;
  readonly entry_t_utc: string | null;
  readonly entry_how: string | null;
  readonly exit_t_utc: string | null;
  readonly exit_how: string | null;
  readonly entry_lon_deg: number | null;
  readonly entry_lat_deg: number | null;
  readonly exit_lon_deg: number | null;
  readonly exit_lat_deg: number | null;
  readonly entry_before_utc: string | null;
  readonly entry_after_utc: string | null;
  readonly duration_s: number | null;
  readonly positions_n: number | null;
  readonly still_inside: boolean;
  readonly reason: string | null;
  readonly superseded_by: string | null;
  readonly originator: string | null;
  readonly received_from: string | null;
}

export interface Passage {
  readonly event_id: string;
  readonly status: string;
  readonly version: number | null;
  readonly mmsi: number;
  readonly gate_id: string;
  readonly t_utc: string;
  readonly lon_deg: number;
  readonly lat_deg: number;
  readonly direction: string;
  readonly speed_kn: number;
  readonly course_deg: number;
  readonly before_utc: string | null;
  readonly after_utc: string | null;
}

export interface Gap {
  readonly from_utc: string;
  readonly to_utc: string;
  readonly duration_s: number;
  readonly from_lon_deg: number;
  readonly from_lat_deg: number;
  readonly to_lon_deg: number;
  readonly to_lat_deg: number;
}

export interface Vessel {
  readonly mmsi: number;
  readonly name: string | null;
  readonly callsign: string | null;
  readonly imo: string | null;
  readonly ship_type: string | null;
  readonly flag: string | null;
  readonly fleets: readonly string[];
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly first_utc: string | null;
  readonly last_utc: string | null;
  readonly claims: readonly Claim[];
  readonly memberships: readonly Membership[];
  readonly visits: readonly Visit[];
  readonly passages: readonly Passage[];
  readonly gaps: readonly Gap[];
}

export interface TrackProps {
  readonly mmsi: number;
  readonly track: string;
  readonly name: string | null;
  readonly gap_before_s: number | null;
  readonly t_ms: readonly number[];
  readonly speed_kn: readonly (number | null)[];
}
export type Track = Feature<LineString | Point, TrackProps>;

export interface Fix {
  readonly t_ms: number;
  readonly lon: number;
  readonly lat: number;
  readonly speed_kn: number | null;
}

/** The positions of a track, in time order. */
export function fixes(track: Track): Fix[] {
  const places = track.geometry.type === "Point" ? [track.geometry.coordinates] : track.geometry.coordinates;
  const { t_ms, speed_kn } = track.properties;
  return places.map(([lon = 0, lat = 0], i) => ({ t_ms: t_ms[i] ?? 0, lon, lat, speed_kn: speed_kn[i] ?? null }));
}

/** The number that a selection names: itself, or that of an event (`visit:ZONE:MMSI:TIME`); null where it names none. */
export function mmsiOf(sel: string | null): number | null {
  const word = sel?.includes(":") ? (sel.split(":")[2] ?? "") : (sel ?? "");
  return /^\d{1,9}$/.test(word) && Number(word) > 0 ? Number(word) : null;
}

/** The first three digits of a ship's number, which name a state; null for stations, aircraft and what is no ship's number. */
export function midOf(mmsi: number): string | null {
  const text = String(mmsi).padStart(9, "0");
  return /^[2-7]/.test(text) ? text.slice(0, 3) : null;
}

export interface Window {
  readonly since_ms: number;
  readonly until_ms: number;
}

export const MOST_DAYS = 31;

/** The days on which the number was heard, the last 31 at most, cut at midnights of the clock shown. */
export function ownWindow(vessel: Vessel, offset_ms: number): Window | null {
  const first = at(vessel.first_utc);
  const last = at(vessel.last_utc);
  if (!Number.isFinite(first) || !Number.isFinite(last)) return null;
  const floor = (ms: number) => Math.floor((ms + offset_ms) / DAY_MS) * DAY_MS - offset_ms;
  const until_ms = floor(last) + DAY_MS;
  return { since_ms: Math.max(floor(first), until_ms - MOST_DAYS * DAY_MS), until_ms };
}

/** UTC milliseconds of a time of the API; NaN for none. */
export const at = (text: string | null | undefined) => (text ? Date.parse(text) : Number.NaN);

/** Whether an interval meets a window; an end that is not known does not end it. */
export function meets(from_ms: number, to_ms: number, { since_ms, until_ms }: Window): boolean {
  return !(from_ms >= until_ms) && !(to_ms < since_ms);
}

const RANK = ["territorial_sea", "contiguous_zone", "internal_waters", "restricted_water", "prohibited_water", "exercise_area", "cable_corridor", "fisheries_area", "development_area", "custom", "adiz", "eez"]; // biome-ignore format: a list

export interface Lane {
  readonly zone_id: string;
  readonly visits: readonly Visit[];
}

/** One lane for each zone visited: zones that the reader asked for first, then by kind, then by the first entry. */
export function lanesOf(visits: readonly Visit[], kindOf: (zone: string) => string, wanted: readonly string[]): Lane[] {
  const found = new Map<string, Visit[]>();
  for (const v of [...visits].sort((a, b) => at(a.entry_t_utc) - at(b.entry_t_utc)))
    found.set(v.zone_id, [...(found.get(v.zone_id) ?? []), v]);
  const rank = (zone: string) => {
    const n = RANK.indexOf(kindOf(zone));
    return (wanted.includes(zone) ? 0 : 100) + (n < 0 ? RANK.length : n);
  };
  return [...found]
    .map(([zone_id, list]) => ({ zone_id, visits: list }))
    .sort((a, b) => rank(a.zone_id) - rank(b.zone_id));
}

export interface Cluster {
  readonly gate_id: string;
  readonly first_ms: number;
  readonly last_ms: number;
  readonly n: number;
}

/** Passages of one gate that follow each other within `apart_ms` as one, so that one word stands for them. */
export function clusters(passages: readonly Passage[], apart_ms: number): Cluster[] {
  const out: Cluster[] = [];
  for (const p of [...passages].sort((a, b) => at(a.t_utc) - at(b.t_utc))) {
    const last = out.at(-1);
    const t = at(p.t_utc);
    if (last && last.gate_id === p.gate_id && t - last.last_ms <= apart_ms)
      out[out.length - 1] = { ...last, last_ms: t, n: last.n + 1 };
    else out.push({ gate_id: p.gate_id, first_ms: t, last_ms: t, n: 1 });
  }
  return out;
}

export interface Spell {
  readonly value: string;
  readonly from_ms: number;
  readonly to_ms: number;
  readonly n: number;
  readonly source: string;
}

export interface ClaimLane {
  readonly field: string;
  readonly spells: readonly Spell[];
}

/** Lanes of what the number said of itself. A claim is drawn until another takes its place, the last until it was last heard. */
export function claimLanes(vessel: Vessel): ClaimLane[] {
  const order = ["name", "callsign", "imo", "ship_type", "size_m"];
  const end = Math.max(at(vessel.last_utc), ...vessel.claims.map((c) => at(c.last_utc)).filter(Number.isFinite));
  const lanes = order.map((field) => {
    const list = vessel.claims.filter((c) => c.field === field);
    const spells = list.map((c, i) => {
      const next = list[i + 1];
      const to_ms = next ? at(next.first_utc) : Math.max(at(c.last_utc), Number.isFinite(end) ? end : at(c.last_utc));
      return {
        value: c.value,
        from_ms: at(c.first_utc),
        to_ms,
        n: c.messages_n,
        source: `${fileName(c.path)}:${c.row}`,
      };
    });
    return { field, spells };
  });
  return lanes.filter((lane) => lane.spells.length > 0);
}

/** Instants at which a claim took the place of another. */
export function changes(lanes: readonly ClaimLane[]): number[] {
  const found = lanes.flatMap((lane) => lane.spells.slice(1).map((s) => s.from_ms));
  return [...new Set(found)].sort((a, b) => a - b);
}

/** The answer of a question that was looked into and found nothing. */
export const NONE = { state: "none", data: null, notes: [], dataVersion: "" } as const;

export const fileName = (path: string) => path.split(/[\\/]/).pop() ?? path;

/** Midnights of a clock in a window, every so many days that their labels stay `apart_px` apart. */
export function midnights(
  window: Window,
  width_px: number,
  offset_ms: number,
  apart_px: number,
): { ms: number; labelled: boolean }[] {
  const days = (window.until_ms - window.since_ms) / DAY_MS;
  const px = width_px / days;
  const every = [1, 2, 3, 5, 7, 14, 28].find((n) => n * px >= apart_px) ?? Math.ceil(apart_px / px);
  const line = px >= 8 ? 1 : every;
  const first = Math.ceil((window.since_ms + offset_ms) / DAY_MS);
  const out = [];
  for (let n = first; n * DAY_MS - offset_ms <= window.until_ms; n++)
    if ((n - first) % line === 0) out.push({ ms: n * DAY_MS - offset_ms, labelled: (n - first) % every === 0 });
  return out;
}

/** A round figure at or above the fastest, and the steps up to it, for an axis of knots. */
export function knots(most_kn: number): { top: number; steps: number[] } {
  const step = [1, 2, 4, 5, 10, 20, 50].find((s) => s * 4 >= most_kn) ?? Math.ceil(most_kn / 4);
  const top = Math.max(step, Math.ceil(most_kn / step) * step);
  return { top, steps: Array.from({ length: Math.round(top / step) }, (_, i) => (i + 1) * step) };
}

/** The class of a type number of AIS (ITU-R M.1371-5, table 53); null where it names none. */
export function typeClass(ship_type: string | null): TypeClass | null {
  const n = Number(ship_type ?? Number.NaN);
  if (!Number.isInteger(n)) return null;
  if (SINGLE[n]) return SINGLE[n];
  const tens = Math.floor(n / 10);
  return ({ 2: "wig", 4: "highspeed", 6: "passenger", 7: "cargo", 8: "tanker", 9: "other" } as const)[tens] ?? null;
}
export type TypeClass = "wig" | "fishing" | "towing" | "dredger" | "diving" | "military" | "sailing" | "pleasure" | "highspeed" | "pilot" | "rescue" | "tug" | "tender" | "law" | "passenger" | "cargo" | "tanker" | "other"; // biome-ignore format: a list
const SINGLE: Readonly<Record<number, TypeClass>> = { 30: "fishing", 31: "towing", 32: "towing", 33: "dredger", 34: "diving", 35: "military", 36: "sailing", 37: "pleasure", 50: "pilot", 51: "rescue", 52: "tug", 53: "tender", 55: "law" }; // biome-ignore format: a list
