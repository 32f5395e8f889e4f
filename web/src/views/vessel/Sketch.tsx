/** A small chart of one hull: shore, limits with their claimants, gates passed, the track with plotted times and silences. */
import type { Feature, FeatureCollection, MultiLineString, MultiPolygon, Point, Position } from "geojson";
import { useMemo } from "preact/hooks";
import { useOne } from "../../api/client";
import { Neatline, Scale, type View, viewOf } from "../../chart/frame";
import { type Box, boxOf, type Land, landOf, limitLines, type ZoneShape } from "../../chart/limits";
import { t } from "../../i18n/vessel";
import { type Names, named } from "../../i18n/words";
import { lang } from "../../state/state";
import { lasting, say } from "../../state/time";
import { sayGate } from "../day/words";
import { at, type Fix, fixes, type Gap, type Passage, type Track, type Visit } from "./data";
import "./sketch.css";
import { cut, meeting, path, placed, thinned, type Word, windowOf } from "./frame";

type Shapes<G extends MultiPolygon | MultiLineString | Point, P> = FeatureCollection<G, P>;
interface GateProps {
  readonly gate_id: string;
  readonly names: Names;
}
interface FeatureProps {
  readonly feature_id: string;
  readonly kind: string;
  readonly names: Names;
}

const NOTHING: Feature<MultiPolygon, { coast: string }>[] = [];
const SIMPLIFY_M = 400;
const EDGE_PX = 26;
/** The frame in which the waters of the pack were cut: an edge of a zone that lies on it is no limit. */
const frameOf = (boxes: readonly Box[]): Box =>
  boxes.reduce((a, b) => [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])] as Box, [180, 90, -180, -90]); // biome-ignore format: one thought

export interface SketchProps {
  readonly tracks: readonly Track[];
  readonly visits: readonly Visit[];
  readonly passages: readonly Passage[];
  readonly gaps: readonly Gap[];
  readonly width_px: number;
  readonly height_px: number;
  readonly label: string;
}

/** What the sketch asks of the API beside the track; answers are kept, so that a second sketch asks nothing. */
function useGround() {
  const coast = useOne<Shapes<MultiPolygon, { coast: string }>>("coast", {}, "geojson").value;
  const sea = useOne<{ features: ZoneShape[] }>(
    "zones",
    { kind: "territorial_sea", simplify_m: SIMPLIFY_M },
    "geojson",
  ).value;
  const next = useOne<{ features: ZoneShape[] }>(
    "zones",
    { kind: "contiguous_zone", simplify_m: SIMPLIFY_M },
    "geojson",
  ).value;
  const gates = useOne<Shapes<MultiLineString, GateProps>>("gates", {}, "geojson").value;
  const places = useOne<Shapes<Point, FeatureProps>>("features", {}, "geojson").value;
  return {
    coast: coast.state === "ok" ? coast.data.features : NOTHING,
    zones: [...(sea.state === "ok" ? sea.data.features : []), ...(next.state === "ok" ? next.data.features : [])],
    gates: gates.state === "ok" ? gates.data.features : [],
    places: places.state === "ok" ? places.data.features : [],
  };
}

export function Sketch({ tracks, visits, passages, gaps, width_px, height_px, label }: SketchProps) {
  const ground = useGround();
  const [w, h] = [width_px - 2 * EDGE_PX, height_px - 2 * EDGE_PX];
  const lines = tracks.map(fixes);
  const box = windowOf(
    lines.flat().map((f): Position => [f.lon, f.lat]),
    w,
    h,
  );
  const key = box?.map((v) => v.toFixed(4)).join() ?? "";
  const view = useMemo(() => (box ? viewOf(w, h, box) : null), [key, w, h]);
  const tongue = lang.value;
  const land = useMemo(() => landOf({ type: "FeatureCollection", features: ground.coast }), [ground.coast]);
  const limits = useMemo(() => limitsIn(ground.zones, box, land), [ground.zones.length, key, tongue, land]);
  const shore = useMemo(() => (view ? shoreOf(ground.coast, view) : ""), [ground.coast, view]);
  if (!view || !box) return null;
  const xy = (p: Position): [number, number] => [view.x(p[0] ?? 0), view.y(p[1] ?? 0)];
  const nm_px = w / ((view.east - view.west) * 60 * Math.cos((((view.north + view.south) / 2) * Math.PI) / 180));
  const passed = new Set(passages.filter((p) => p.status !== "withdrawn").map((p) => p.gate_id));
  const onSheet = ground.gates.filter((g) => passed.has(g.properties.gate_id));
  const plots = plotted(lines);
  const entries = visits.filter(
    (v) => v.entry_how === "crossed" && v.entry_lon_deg !== null && v.status !== "withdrawn",
  );
  const sketched: readonly (readonly Word[])[] = [
    ...plots.map((f) => around(xy([f.lon, f.lat]), say(f.t_ms, "plot"), "lab t-ink")),
    ...gaps.map((g) => around(mid(xy([g.from_lon_deg, g.from_lat_deg]), xy([g.to_lon_deg, g.to_lat_deg])), t("silent", { length: lasting(g.duration_s) }), "lab t-ink t-i")), // biome-ignore format: one thought
    ...onSheet.map((g) =>
      around(xy(g.geometry.coordinates[0]?.at(-1) ?? [0, 0]), sayGate(g.properties.gate_id), "lab t-ink"),
    ),
    ...limits.map((l) =>
      alongside(
        l.lines.map((line) => line.map(xy)),
        l.label,
        w,
        h,
      ),
    ),
    ...ground.places.filter((f) => f.geometry && ["island", "island_group", "islands"].includes(f.properties.kind)).map((f) => around(xy(f.geometry.coordinates), named(f.properties.names), "placename lab")), // biome-ignore format: one thought
  ];
  const marksTaken: Box[] = [...lines.flat(), ...plots].map((f) => {
    const [x, y] = xy([f.lon, f.lat]);
    return [x - 3, y - 3, x + 3, y + 3];
  });
  const words = placed(sketched, w, h, [...marksTaken, [0, h - 34, 150, h]]);
  return (
    <svg
      class="sketch"
      width={width_px}
      height={height_px}
      viewBox={`0 0 ${width_px} ${height_px}`}
      role="img"
      aria-label={label}
    >
      <clipPath id={`clip-${width_px}x${height_px}`}>
        <rect x="0" y="0" width={w} height={h} />
      </clipPath>
      <g transform={`translate(${EDGE_PX} ${EDGE_PX})`}>
        <g clip-path={`url(#clip-${width_px}x${height_px})`}>
          <rect x="0" y="0" width={w} height={h} class="sea" />
          <path d={shore} class="tint1" stroke-width={Math.min(Math.max(22, nm_px * 24), 90)} />
          <path d={shore} class="tint2" stroke-width={Math.min(Math.max(9, nm_px * 11), 44)} />
          <path d={shore} class="land" fill-rule="evenodd" />
          {limits.map((l) => {
            const d = l.lines.map((line) => path(thinned(line.map(xy), 0.8))).join("");
            return (
              <g key={l.label + l.class}>
                <path d={d} class="band" stroke-width="6" />
                <path d={d} class={l.class} />
              </g>
            );
          })}
          {onSheet.map((g) => (
            <path
              key={g.properties.gate_id}
              d={g.geometry.coordinates.map((c) => path(c.map(xy))).join("")}
              class="gate on"
            />
          ))}
          <TrackLines lines={lines} gaps={gaps} xy={xy} />
          {plots.map((f) => (
            <circle key={f.t_ms} cx={xy([f.lon, f.lat])[0]} cy={xy([f.lon, f.lat])[1]} r="3.4" class="cross" />
          ))}
          {passages.map((p) => {
            const [x, y] = xy([p.lon_deg, p.lat_deg]);
            return <path key={p.event_id} d={`M${x} ${y - 5.5}l5.500 5.500-5.500 5.500-5.500-5.500Z`} class="cross" />;
          })}
          {entries.map((v) => {
            const [x, y] = xy([v.entry_lon_deg ?? 0, v.entry_lat_deg ?? 0]);
            return <path key={v.event_id} d={`M${x - 5} ${y - 4.5}h10l-5 9Z`} class="f-mag sketch-in" />;
          })}
        </g>
        {words.map((word) => (
          <text
            key={`${word.x} ${word.y} ${word.text}`}
            x={word.x}
            y={word.y}
            text-anchor={word.anchor}
            class={word.class}
          >
            {word.text}
          </text>
        ))}
        <Scale view={view} x={14} y={h - 14} most_px={Math.min(110, w / 3)} />
      </g>
      <Neatline view={view} left={EDGE_PX} top={EDGE_PX} phone />
    </svg>
  );
}

function TrackLines({
  lines,
  gaps,
  xy,
}: {
  lines: readonly Fix[][];
  gaps: readonly Gap[];
  xy: (p: Position) => [number, number];
}) {
  const paths = lines.map((line) => path(line.map((f) => xy([f.lon, f.lat]))));
  const many = lines.reduce((sum, l) => sum + l.length, 0) > 1500;
  return (
    <g>
      {paths.map((d) => (
        <path key={d.slice(0, 40)} d={d} class="halo" />
      ))}
      {gaps.map((g) => {
        const a = xy([g.from_lon_deg, g.from_lat_deg]);
        const b = xy([g.to_lon_deg, g.to_lat_deg]);
        return (
          <g key={g.from_utc}>
            <path d={path([a, b])} class="silent" />
            <circle cx={a[0]} cy={a[1]} r="4" class="cross" />
            <circle cx={b[0]} cy={b[1]} r="4" class="cross" />
          </g>
        );
      })}
      {paths.map((d) => (
        <path key={d.slice(0, 40)} d={d} class="track" />
      ))}
      {many
        ? null
        : lines.flat().map((f) => {
            const [x, y] = xy([f.lon, f.lat]);
            return <circle key={`${f.t_ms} ${x}`} cx={x} cy={y} r="1.4" class="fix" />;
          })}
    </g>
  );
}

interface Limit {
  readonly class: string;
  readonly label: string;
  readonly lines: readonly Position[][];
}

function limitsIn(zones: readonly ZoneShape[], box: Box | null, land: Land): Limit[] {
  if (!box || zones.length === 0) return [];
  const rings = (z: ZoneShape) =>
    (z.geometry.type === "Polygon" ? [z.geometry.coordinates] : z.geometry.coordinates).map((r) => r[0] ?? []);
  const frame = frameOf(zones.map((z) => boxOf(rings(z))));
  const near = zones.filter((z) => meeting(boxOf(rings(z)), box));
  return limitLines(near, frame, land).features.map((f) => ({
    class: f.properties.class,
    label: f.properties.label,
    lines: f.geometry.coordinates.filter((line) => meeting(boxOf([line]), box)),
  })); // biome-ignore format: one thought
}

function shoreOf(coast: readonly Feature<MultiPolygon, { coast: string }>[], view: View): string {
  const box: Box = [view.west - 0.4, view.south - 0.4, view.east + 0.4, view.north + 0.4];
  const page: Box = [-60, -60, view.width_px + 60, view.height_px + 60];
  let d = "";
  for (const f of coast)
    for (const polygon of f.geometry.coordinates) {
      if (!meeting(boxOf([polygon[0] ?? []]), box)) continue;
      for (const ring of polygon) {
        const seen = cut(
          ring.map((p): [number, number] => [view.x(p[0] ?? 0), view.y(p[1] ?? 0)]),
          page,
        );
        d += path(thinned(seen, 0.6), true);
      }
    }
  return d;
}

const HALF_DAY_MS = 43_200_000;

/** Places at noon and midnight UTC on the way from one position to the next, at most six. */
function plotted(lines: readonly Fix[][]): Fix[] {
  const out: Fix[] = [];
  for (const line of lines)
    for (let i = 1; i < line.length; i++) {
      const [a, b] = [line[i - 1], line[i]];
      if (!a || !b) continue;
      const when = Math.ceil((a.t_ms + 1) / HALF_DAY_MS) * HALF_DAY_MS;
      if (when > b.t_ms) continue;
      const f = (when - a.t_ms) / (b.t_ms - a.t_ms);
      out.push({ t_ms: when, lon: a.lon + f * (b.lon - a.lon), lat: a.lat + f * (b.lat - a.lat), speed_kn: null });
    }
  const every = Math.ceil(out.length / 6);
  return out.filter((_, i) => i % every === 0);
}

const mid = (a: readonly [number, number], b: readonly [number, number]): [number, number] => [
  (a[0] + b[0]) / 2,
  (a[1] + b[1]) / 2,
];

/** Right, left, above and below a place. */
const around = ([x, y]: readonly [number, number], text: string, kind: string): Word[] => [
  { text, x: x + 9, y: y + 4, anchor: "start", class: kind },
  { text, x: x - 9, y: y + 4, anchor: "end", class: kind },
  { text, x, y: y + 17, anchor: "middle", class: kind },
  { text, x, y: y - 9, anchor: "middle", class: kind },
];

/** Places beside a limit: at points of its line that lie well inside the frame. */
function alongside(lines: readonly (readonly [number, number][])[], text: string, w: number, h: number): Word[] {
  const seen = lines.flat().filter(([x, y]) => x > 12 && y > 12 && x < w - 12 && y < h - 12);
  const every = Math.max(1, Math.floor(seen.length / 14));
  return seen
    .filter((_, i) => i % every === 0)
    .flatMap(([x, y]): Word[] => [
      { text, x: x + 5, y: y + 4, anchor: "start", class: "lab t-mag" },
      { text, x: x - 5, y: y + 4, anchor: "end", class: "lab t-mag" },
    ]);
}

/** The positions of all tracks in a window, and the silences and passages that meet it. */
export const inWindow = <T extends { readonly t_utc?: string; readonly from_utc?: string; readonly to_utc?: string }>(rows: readonly T[], since_ms: number, until_ms: number) =>
  rows.filter((r) => at(r.t_utc ?? r.to_utc) >= since_ms && at(r.t_utc ?? r.from_utc) < until_ms); // biome-ignore format: one thought
