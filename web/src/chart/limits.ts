/** Zones, gates and lines as the chart draws them: which, in which class, with which words. */
import type { Feature, FeatureCollection, MultiLineString, MultiPolygon, Polygon, Position } from "geojson";
import { sayClaimant, sayKind, sayZone } from "../i18n/shell";
import { type Names, named } from "../i18n/words";

export interface ZoneProps {
  readonly zone_id: string;
  readonly kind: string;
  readonly claimants: readonly string[];
  readonly names: Names;
  readonly valid_from: string | null;
  readonly valid_to: string | null;
}
export type ZoneShape = Feature<Polygon | MultiPolygon, ZoneProps>;

export const KINDS_DRAWN = [
  "territorial_sea",
  "contiguous_zone",
  "restricted_water",
  "prohibited_water",
  "exercise_area",
];
/** In the order in which one line stands for several zones that share it. */
export const KINDS = [
  "territorial_sea",
  "contiguous_zone",
  "exercise_area",
  "prohibited_water",
  "restricted_water",
  "adiz",
  "eez",
  "internal_waters",
  "fisheries_area",
  "development_area",
  "cable_corridor",
  "custom",
];
const ON_EDGE_DEG = 2e-6;
const SAME_DEG = 2e-3;

export type Box = readonly [west: number, south: number, east: number, north: number];

export function boxOf(rings: readonly (readonly Position[])[]): Box {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings)
    for (const [x = 0, y = 0] of ring) {
      w = Math.min(w, x);
      e = Math.max(e, x);
      s = Math.min(s, y);
      n = Math.max(n, y);
    }
  return [w, s, e, n];
}

export const outer = (shape: Polygon | MultiPolygon): Position[][] =>
  (shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates).map((rings) => rings[0] ?? []);

/** Whether a zone's dates meet a window of UTC milliseconds. */
export function inForce(zone: Pick<ZoneProps, "valid_from" | "valid_to">, since_ms: number, until_ms: number): boolean {
  const from = zone.valid_from ? Date.parse(zone.valid_from) : -Infinity;
  const to = zone.valid_to ? Date.parse(zone.valid_to) : Infinity;
  return from < until_ms && to > since_ms;
}

/** The runs of a ring that do not lie along an edge of the pack's frame, where waters were cut and no limit is. */
export function offFrame(ring: readonly Position[], frame: Box): Position[][] {
  const on = (a: Position, b: Position) =>
    ([0, 0, 1, 1] as const).some((axis, i) => {
      const edge = frame[i === 0 ? 0 : i === 1 ? 2 : i === 2 ? 1 : 3];
      return Math.abs((a[axis] ?? 0) - edge) < ON_EDGE_DEG && Math.abs((b[axis] ?? 0) - edge) < ON_EDGE_DEG;
    });
  const runs: Position[][] = [];
  let run: Position[] = [];
  let before: Position | null = null;
  for (const at of ring) {
    if (before && on(before, at)) {
      if (run.length > 1) runs.push(run);
      run = [];
    }
    run.push(at);
    before = at;
  }
  if (run.length > 1) runs.push(run);
  const [first, last] = [runs[0], runs.at(-1)];
  if (runs.length > 1 && first && last && first !== last && same(first[0], last.at(-1))) {
    runs[0] = [...last, ...first.slice(1)];
    runs.pop();
  }
  return runs;
}

const same = (a: Position | undefined, b: Position | undefined) => Boolean(a && b && a[0] === b[0] && a[1] === b[1]);

const CLASS: Readonly<Record<string, string>> = {
  territorial_sea: "z12",
  contiguous_zone: "z24",
  restricted_water: "zr",
  prohibited_water: "zp",
  exercise_area: "zx",
  adiz: "zx2",
  cable_corridor: "zc",
};

/** Whether a place lies within a ring. */
export function within(ring: readonly Position[], [x = 0, y = 0]: Position): boolean {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [ax = 0, ay = 0] = ring[i] ?? [];
    const [bx = 0, by = 0] = ring[j] ?? [];
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  }
  return inside;
}

/** Land as rings with their boxes: to tell what of a zone's outline is no limit, but closes it across land. */
export type Land = readonly { readonly box: Box; readonly ring: readonly Position[] }[];
const LONG_DEG = 0.12;

export function landOf(shapes: FeatureCollection | undefined): Land {
  return (shapes?.features ?? []).flatMap(({ geometry: g }) =>
    g.type === "Polygon" || g.type === "MultiPolygon" ? outer(g).map((ring) => ({ box: boxOf([ring]), ring })) : [],
  );
}

/** A line without its long steps whose middle lies on land. */
export function offLand(line: readonly Position[], land: Land): Position[][] {
  const on = (at: Position) =>
    land.some(
      ({ box: [w, s, e, n], ring }) =>
        (at[0] ?? 0) > w && (at[0] ?? 0) < e && (at[1] ?? 0) > s && (at[1] ?? 0) < n && within(ring, at),
    );
  const runs: Position[][] = [[]];
  for (const [i, at] of line.entries()) {
    const before = line[i - 1];
    if (before) {
      const [dx, dy] = [(at[0] ?? 0) - (before[0] ?? 0), (at[1] ?? 0) - (before[1] ?? 0)];
      if (Math.hypot(dx, dy) > LONG_DEG && on([(before[0] ?? 0) + dx / 2, (before[1] ?? 0) + dy / 2])) runs.push([]);
    }
    runs.at(-1)?.push(at);
  }
  return runs.filter((run) => run.length > 1);
}

export interface LimitProps {
  readonly ids: string;
  readonly class: string;
  readonly label: string;
  readonly box: Box;
}

/** The lines of some zones: one line for zones of one claimant that share it, its label naming all their kinds. */
export function limitLines(
  zones: readonly ZoneShape[],
  frame: Box,
  land: Land = [],
): FeatureCollection<MultiLineString, LimitProps> {
  const groups: { box: Box; zones: ZoneShape[] }[] = [];
  const ordered = [...zones].sort((a, b) => KINDS.indexOf(a.properties.kind) - KINDS.indexOf(b.properties.kind));
  for (const zone of ordered) {
    const box = boxOf(outer(zone.geometry));
    const whose = zone.properties.claimants.join();
    const known = groups.find(
      (g) =>
        g.zones[0]?.properties.claimants.join() === whose &&
        g.box.every((v, i) => Math.abs(v - (box[i] ?? 0)) < SAME_DEG),
    );
    if (known) known.zones.push(zone);
    else groups.push({ box, zones: [zone] });
  }
  return {
    type: "FeatureCollection",
    features: groups.flatMap(({ box, zones: [first, ...rest] }) => {
      if (!first) return [];
      const lines = outer(first.geometry)
        .flatMap((ring) => offFrame(ring, frame))
        .flatMap((line) => offLand(line, land));
      const { kind, claimants, names } = first.properties;
      const label = lineLabel(
        kind,
        claimants,
        names,
        rest.map((z) => z.properties.kind),
      );
      const ids = [first, ...rest].map((z) => z.properties.zone_id).join(" ");
      return [
        {
          type: "Feature" as const,
          geometry: { type: "MultiLineString" as const, coordinates: lines },
          properties: { ids, class: CLASS[kind] ?? "zo", label, box },
        },
      ];
    }),
  };
}

const DISTANCE: Readonly<Record<string, string>> = { territorial_sea: "12", contiguous_zone: "24", eez: "200" };

/** A kind in few words: `24 nm`, `restricted water`. */
export function shortKind(kind: string): string {
  const distance = DISTANCE[kind];
  return distance ? sayKind("eez").replace("200", distance) : sayKind(kind);
}

/** `12 nm · Taiwan`: distance and claimant, in few words, to stand along a line. */
function lineLabel(kind: string, claimants: readonly string[], names: Names, more: readonly string[]): string {
  const distance = DISTANCE[kind];
  if (!distance) return kind === "custom" ? named(names) : sayZone(kind, claimants);
  const others = more.filter((k) => !DISTANCE[k]).map(sayKind);
  return [shortKind(kind), ...others, claimants.map(sayClaimant).join(", ")].join(" · ");
}
