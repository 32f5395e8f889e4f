/** The chart of the Day view: what is drawn, in which words, and the marks of the selection over it. */
import type { FeatureCollection, Position } from "geojson";
import type { Map as Map_ } from "maplibre-gl";
import { useMemo, useRef, useState } from "preact/hooks";
import { meta } from "../../api/meta";
import { Chart, type Data } from "../../chart/Chart";
import { Rose, Scale, scaleOf, type View } from "../../chart/frame";
import { type Box, boxOf, type Land, landOf, limitLines, outer, type ZoneShape } from "../../chart/limits";
import { TOWNS, WATERS } from "../../chart/waters";
import { t } from "../../i18n/day";
import { named } from "../../i18n/words";
import { useKeys } from "../../shell/keys";
import { lang, phone, sel, span } from "../../state/state";
import { lasting, say } from "../../state/time";
import { change, param } from "../../state/url";
import {
  boxToShow,
  type Day,
  dataOf,
  type Entry,
  type FeatureProps,
  fixesAt,
  type GateProps,
  namesOf,
  places,
  type Track,
} from "./data";
import { Limits } from "./Limits";
import { head, hot, play, shift, step } from "./state";
import { titleOf } from "./words";

const collection = (features: FeatureCollection["features"]): FeatureCollection => ({
  type: "FeatureCollection",
  features,
});

/** Small rocks first need room; groups and big islands are named from afar. */
const FROM_ZOOM: Readonly<Record<string, number>> = {
  island_group: 0,
  island: 6,
  islet: 7.5,
  rock: 8,
  reef: 6.5,
  shoal: 6,
  bank: 6,
};

export function Sheet({ day }: { day: Day }) {
  const shapes = dataOf(day.shapes.value)?.features as unknown as ZoneShape[] | undefined;
  const tongue = lang.value;
  const frame = useMemo(() => (shapes ? boxOf(shapes.flatMap((z) => outer(z.geometry))) : null), [shapes]);
  const coastShapes = dataOf(day.coast.value);
  const land = useMemo(() => landOf(coastShapes), [coastShapes]);
  const [close, setClose] = useState(false);
  const coast = useMemo(() => (coastShapes ? coastFor(land, close) : null), [coastShapes, land, close]);
  const drawnKey = day.drawn.map((z) => z.properties.zone_id).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names the zones drawn
  const zones = useMemo(
    () => (frame ? limitLines(day.drawn, frame, land) : collection([])),
    [frame, drawnKey, tongue, land],
  );
  const passed = day.entries.filter((e) => e.kind === "passage" && !e.withdrawn).map((e) => e.where);
  const passedKey = [...new Set(passed)].sort().join();
  const gateShapes = dataOf(day.gates.value);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names the gates passed
  const gates = useMemo(
    () =>
      labelled<GateProps>(gateShapes, (p) => ({
        label: shortGate(named(p.names)),
        kind: p.kind,
        passed: passed.includes(p.gate_id),
      })),
    [gateShapes, passedKey, tongue],
  );
  const featureShapes = dataOf(day.features.value);
  const features = useMemo(() => labelled<FeatureProps>(featureShapes, featureWords), [featureShapes, tongue]);
  const otherShapes = dataOf(day.others.value);
  const lines = useMemo(
    () => labelled<GateProps>(otherShapes, (p) => ({ label: named(p.names) })),
    [otherShapes, tongue],
  );
  const words = useMemo(() => collection(writing()), [tongue]);
  const { pieces, chosen } = day;
  const tracks = useMemo(
    () =>
      collection(
        pieces.map((p) => ({
          ...p,
          properties: { mmsi: p.properties.mmsi, chosen: chosen === null || p.properties.mmsi === chosen },
        })),
      ),
    [pieces, chosen],
  );
  const gapKey = day.entries
    .filter((e) => e.kind === "gap")
    .map((e) => e.id)
    .join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the key names the silences
  const silences = useMemo(() => collection(day.entries.flatMap(silenceLine)), [gapKey, chosen]);
  const data: Data = { zones, gates, features, lines, words, tracks, silences, ...(coast ? { coast } : {}) };

  const visited = useMemo(() => visitedBoxes(day), [drawnKey, gapKey, day.entries.length, chosen]);
  const fit = boxToShow(pieces, visited, chosen) ?? home(day.drawn);
  const fitKey = `${span.value.since_ms},${span.value.until_ms},${chosen ?? ""},${param("zone")}`;
  const [sheet, setSheet] = useState<Map_ | null>(null);
  const zoom = (by: number) => sheet?.zoomTo(sheet.getZoom() + by, { duration: 0 }, { originalEvent: true });
  useKeys({
    " ": (e) => {
      e.preventDefault();
      play();
    },
    ArrowLeft: (e) => (e.shiftKey ? shift(-10) : step(-1)),
    ArrowRight: (e) => (e.shiftKey ? shift(10) : step(1)),
    "+": () => zoom(0.5),
    "=": () => zoom(0.5),
    "-": () => zoom(-0.5),
    "0": () => change({ cam: null }),
  });
  const lit = hot.value ?? sel.value;
  const hotZone = day.entries.find((e) => e.id === lit && e.kind === "visit")?.where ?? "";
  return (
    <Chart
      label={t("chart")}
      data={data}
      fit={fit}
      fitKey={fitKey}
      cam={param("cam")}
      hotZone={hotZone}
      onCam={(cam) => change({ cam })}
      onPick={({ mmsi }) => mmsi && change({ sel: String(mmsi) })}
      onSheet={(map) => {
        setSheet(map);
        const look = () => setClose(map.getZoom() >= NEAR_ZOOM);
        map.on("zoomend", look);
        look();
      }}
      over={(view, map) => <Over view={view} map={map} day={day} />}
    >
      <div class="chart-ctl">
        <button type="button" class="key" aria-label={t("zoom_in")} onClick={() => zoom(0.5)}>
          +
        </button>
        <button type="button" class="key" aria-label={t("zoom_out")} onClick={() => zoom(-0.5)}>
          −
        </button>
        <button type="button" class="key" aria-label={t("whole")} onClick={() => change({ cam: null })}>
          ▢
        </button>
        <Limits day={day} />
      </div>
    </Chart>
  );
}

/** From this zoom on the pack's coast is drawn whole. */
const NEAR_ZOOM = 7;
const SMALL_DEG = 0.2;
const CELL_DEG = 0.05;
const FINE_DEG = 0.003;

/** The pack's coast. From afar only its islands, thinned, that the world's coast lacks or blurs; the whole from near. */
function coastFor(land: Land, close: boolean): FeatureCollection {
  const pieces = close ? land : islands(land);
  return collection(
    pieces.map(({ ring }) => ({
      type: "Feature",
      geometry: { type: "Polygon", coordinates: [close ? [...ring] : thinned(ring)] },
      properties: {},
    })),
  );
}

/** Small islands, the largest of each cell: a rock beside an island adds nothing that an eye could tell from afar. */
function islands(land: Land): Land {
  const size = ({ box: [w, s, e, n] }: Land[number]) => Math.max(e - w, n - s);
  const taken = new Set<string>();
  return [...land]
    .filter((piece) => size(piece) < SMALL_DEG)
    .sort((a, b) => size(b) - size(a))
    .filter(({ box: [w, s] }) => {
      const cell = `${Math.floor(w / CELL_DEG)},${Math.floor(s / CELL_DEG)}`;
      const free = !taken.has(cell);
      taken.add(cell);
      return free;
    });
}

function thinned(ring: readonly Position[]): Position[] {
  const out: Position[] = [];
  for (const at of ring) {
    const last = out.at(-1);
    if (!last || Math.hypot((at[0] ?? 0) - (last[0] ?? 0), (at[1] ?? 0) - (last[1] ?? 0)) > FINE_DEG) out.push(at);
  }
  const [first] = out;
  return out.length < 3 || !first ? [...ring] : [...out, first];
}

const shortGate = (name: string) => name.replace(/\s*[（(].*?[)）]\s*/g, " ").trim();

function labelled<P>(
  from: FeatureCollection | undefined,
  make: (properties: P) => Record<string, unknown>,
): FeatureCollection {
  return collection(
    (from?.features ?? []).filter((f) => f.geometry).map((f) => ({ ...f, properties: make(f.properties as P) })),
  );
}

/** A contested feature carries all its names, the reader's language first. */
function featureWords(p: FeatureProps): Record<string, unknown> {
  const own = named(p.names);
  const label = p.claimants.length > 1 && lang.value !== "en" && p.names.en ? `${own}\n${p.names.en}` : own;
  const from_zoom = FROM_ZOOM[p.kind] ?? 8;
  return { label, from_zoom, rank: from_zoom };
}

function writing(): FeatureCollection["features"] {
  const at = (is: string) => (w: (typeof WATERS)[number]) => ({
    type: "Feature" as const,
    geometry: { type: "Point" as const, coordinates: [w.lon_deg, w.lat_deg] },
    properties: { is, label: named(w.names), size: w.size_px },
  });
  return [...WATERS.map(at("water")), ...TOWNS.map(at("town"))];
}

function silenceLine(e: Entry): FeatureCollection["features"] {
  if (e.kind !== "gap" || !e.from || !e.to) return [];
  return [
    { type: "Feature", geometry: { type: "LineString", coordinates: [e.from, e.to] }, properties: { mmsi: e.mmsi } },
  ];
}

/** Boxes of the zones that were visited (by the chosen hull, if there is one); very large ones do not widen the sheet. */
function visitedBoxes(day: Day): Box[] {
  const ids = new Set(
    day.entries.filter((e) => e.kind === "visit" && (day.chosen === null || e.mmsi === day.chosen)).map((e) => e.where),
  );
  return day.drawn
    .filter((z) => ids.has(z.properties.zone_id))
    .map((z) => boxOf(outer(z.geometry)))
    .filter(([w, s, e, n]) => e - w < 20 && n - s < 20);
}

/** Where there is nothing to show: the zones asked for, else the middle of the pack's waters. */
function home(drawn: readonly ZoneShape[]): Box | null {
  if (param("zone") && drawn.length) return boxOf(drawn.flatMap((z) => outer(z.geometry)));
  return meta.value ? [117.4, 20.7, 128.75, 26.5] : null;
}

const near = (x: number, y: number, view: View) =>
  x > -20 && y > -20 && x < view.width_px + 20 && y < view.height_px + 20;

/** Everything that is drawn upon the map: furniture, then marks of events, plotted times, hulls. */
function Over({ view, map, day }: { view: View; map: Map_; day: Day }) {
  const at = ([lon = 0, lat = 0]: Position) => {
    let x = lon;
    while (x < view.west - 180) x += 360;
    while (x > view.east + 180) x -= 360;
    return [view.x(x), view.y(lat)] as const;
  };
  return (
    <>
      <Furniture view={view} map={map} day={day} />
      <Times day={day} at={at} view={view} />
      {day.entries.map((e) => (
        <Mark key={e.id} entry={e} at={at} view={view} faint={day.chosen !== null && e.mmsi !== day.chosen} />
      ))}
      <Hulls day={day} at={at} view={view} />
    </>
  );
}

type At = (p: Position) => readonly [number, number];

function Mark({ entry: e, at, view, faint }: { entry: Entry; at: At; view: View; faint: boolean }) {
  if (e.withdrawn || !e.from) return null;
  const [x, y] = at(e.from);
  const is = hot.value === e.id || sel.value === e.id;
  const props = {
    class: `spot${is ? " is-hot" : ""}${faint ? " faint" : ""}`,
    "data-id": e.id,
    onClick: () => change({ sel: e.id }),
    onMouseEnter: () => {
      hot.value = e.id;
    },
    onMouseLeave: () => {
      hot.value = null;
    },
  };
  if (e.kind === "gap") {
    if (!e.to) return null;
    const [x2, y2] = at(e.to);
    if (!near(x, y, view) && !near(x2, y2, view)) return null;
    const words = t("silent_short", { length: lasting((e.to_ms - e.from_ms) / 1000) });
    const left = Math.min(x, x2) === x ? [x, y] : [x2, y2];
    return (
      <g {...props}>
        <title>{titleOf(e)}</title>
        <circle cx={x} cy={y} r="4" class="cross" />
        <circle cx={x2} cy={y2} r="4" class="cross" />
        {faint ? null : (
          <text x={(left[0] ?? 0) - 8} y={(left[1] ?? 0) - 4} text-anchor="end" class="lab t-i t-ink">
            {words}
          </text>
        )}
      </g>
    );
  }
  if (!near(x, y, view)) return null;
  return (
    <g {...props} transform={`translate(${x} ${y})`}>
      <title>{titleOf(e)}</title>
      <circle r="12" class="touch" />
      {e.kind === "passage" ? (
        <path d="M0-5.500l5.500 5.500-5.500 5.500-5.500-5.500Z" class="cross" />
      ) : e.fromHow === "crossed" ? (
        <path d="M-5-4.500h10l-5 9Z" class="entry" />
      ) : (
        <circle r="4" class="cross" />
      )}
    </g>
  );
}

const STEPS_H = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720];
const APART_PX = 52;

/** Plotted times along the tracks of the selection: at round hours of the clock, no nearer to each other than a label. */
function Times({ day, at, view }: { day: Day; at: At; view: View }) {
  const shown =
    day.chosen !== null
      ? day.pieces.filter((p) => p.properties.mmsi === day.chosen)
      : day.hulls.length <= 3
        ? day.pieces
        : [];
  const { since_ms, until_ms } = span.value;
  const hours = (until_ms - since_ms) / 3_600_000;
  const step_h = STEPS_H.find((h) => hours / h <= 16) ?? 720;
  const put: [number, number][] = [];
  const out = [];
  for (const piece of shown) {
    for (const { t_ms, place } of plotted(piece, step_h * 3_600_000)) {
      const [x, y] = at(place);
      if (x < 12 || y < 12 || x > view.width_px - 12 || y > view.height_px - 12) continue;
      if (put.some(([a, b]) => Math.hypot(a - x, b - y) < APART_PX)) continue;
      put.push([x, y]);
      const flip = x > view.width_px - 70;
      out.push(
        <g key={`${piece.properties.track}${t_ms}`}>
          <circle cx={x} cy={y} r="3.4" class="cross" />
          <text x={flip ? x - 8 : x + 8} y={y + 4} text-anchor={flip ? "end" : "start"} class="lab t-ink">
            {say(t_ms, "plot")}
          </text>
        </g>,
      );
    }
  }
  return <>{out}</>;
}

/** Places at round instants between two positions of a piece, straight in longitude and latitude as the fold moves a hull. */
export function plotted(piece: Track, every_ms: number, offset_ms = 0): { t_ms: number; place: Position }[] {
  const { t_ms } = piece.properties;
  const line = places(piece);
  const out: { t_ms: number; place: Position }[] = [];
  for (let i = 1; i < t_ms.length; i++) {
    const [a = 0, b = 0] = [t_ms[i - 1], t_ms[i]];
    const [p, q] = [line[i - 1], line[i]];
    if (!p || !q) continue;
    for (let m = Math.ceil((a + offset_ms) / every_ms) * every_ms - offset_ms; m < b; m += every_ms) {
      const f = b > a ? (m - a) / (b - a) : 0;
      out.push({ t_ms: m, place: [0, 1].map((k) => (p[k] ?? 0) + ((q[k] ?? 0) - (p[k] ?? 0)) * f) });
    }
  }
  return out;
}

/** Hulls at the head: their last position, an outline along the course; filled: moving. */
function Hulls({ day, at, view }: { day: Day; at: At; view: View }) {
  const fixes = fixesAt(day.pieces, head.value);
  const names = namesOf(day.pieces);
  return (
    <>
      {[...fixes].map(([mmsi, fix]) => {
        const [x, y] = at(fix.at);
        if (!near(x, y, view)) return null;
        const faint = day.chosen !== null && mmsi !== day.chosen;
        return (
          // the list reaches the same hull by keyboard
          // biome-ignore lint/a11y/noStaticElementInteractions: a mark on the chart has its row in the list
          <g
            key={mmsi}
            class={`hull${faint ? " faint" : ""}${fix.moving ? " moving" : ""}`}
            transform={`translate(${x} ${y})`}
            onClick={() => change({ sel: String(mmsi) })}
          >
            <title>{`${names.get(mmsi) ?? mmsi} ${say(fix.t_ms, "dhm")}`}</title>
            {fix.course_deg === null ? (
              <circle r="4.500" />
            ) : (
              <path d="M0-8l4.600 14h-9.200Z" transform={`rotate(${fix.course_deg})`} />
            )}
          </g>
        );
      })}
    </>
  );
}

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Title block, rose and scale, each in the emptiest sea that the sheet has. */
function Furniture({ view, map, day }: { view: View; map: Map_; day: Day }) {
  const placed = useRef<{ key: string; title: Spot | null; rose: Spot | null; bar: Spot | null }>({
    key: "",
    title: null,
    rose: null,
    bar: null,
  });
  const narrow = phone.value;
  const key =
    [view.west, view.south, view.east, view.north].map((v) => v.toFixed(3)).join() +
    view.width_px +
    day.pieces.length +
    day.drawn.length +
    map.loaded();
  if (placed.current.key !== key && !map.isMoving() && map.loaded()) {
    const taken: [Spot, number, number][] = [];
    const title = narrow ? null : free(view, map, 200, 176, taken, ["sw", "nw", "se", "ne"]);
    const rose = narrow ? null : free(view, map, 150, 156, taken, ["se", "ne", "e", "s", "sw", "nw"]);
    const bar = free(view, map, narrow ? 130 : 180, 26, taken, ["s", "se", "sw", "n", "ne", "nw"]);
    placed.current = { key, title, rose, bar };
  }
  const { title, rose, bar } = placed.current;
  const most = narrow ? 80 : 110;
  const keys: [string, string, string][] = [
    ["z12", "", t("k_ts")],
    ["z24", "", t("k_cz")],
    ["zr", "M6 0v4M14 0v4M22 0v4", t("k_rw")],
    ["median", "", t("k_ml")],
    ["gate", "M0-4v8M28-4v8", t("k_gate")],
  ];
  return (
    <g class="furniture">
      {title ? (
        <g transform={`translate(${title.x} ${title.y})`}>
          <text y="18" class="sheet-title t-ink t-serif lab">
            {titleLines(packName()).map((line, i) => (
              <tspan key={line} x="0" dy={i ? 22 : 0}>
                {line}
              </tspan>
            ))}
          </text>
          <text y={titleLines(packName()).length * 22 + 12} class="lab">
            {t("mercator")}
          </text>
          <text y={titleLines(packName()).length * 22 + 27} class="lab">
            {t("tint")}
          </text>
          {keys.map(([cls, more, text], i) => (
            <g key={cls} transform={`translate(0 ${titleLines(packName()).length * 22 + 46 + i * 16})`}>
              <path d={`M0 0h28${more}`} class={cls} />
              <text x="40" y="4" class="lab">
                {text}
              </text>
            </g>
          ))}
        </g>
      ) : null}
      {rose ? <Rose x={rose.x + 75} y={rose.y + 84} r={64} /> : null}
      {bar ? (
        <Scale
          view={view}
          x={bar.x + (narrow ? 6 : 10)}
          y={bar.y + 16}
          most_px={Math.min(most, scaleOf(view, most).px * 600)}
        />
      ) : null}
    </g>
  );
}

const packName = () =>
  named((meta.value?.pack as { names?: Record<string, string> } | null)?.names, meta.value?.pack?.id ?? "");

/** A title in two lines where it is long. */
function titleLines(text: string): string[] {
  if (text.length < 18 || !text.includes(" ")) return [text];
  const middle = text.length / 2;
  const cuts = [...text.matchAll(/ /g)].map((m) => m.index);
  const cut = cuts.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? 0;
  return [text.slice(0, cut), text.slice(cut + 1)];
}

/** The corner or side, of those named and in that order, where a block covers least; null where all are crowded. */
function free(
  view: View,
  map: Map_,
  w: number,
  h: number,
  taken: [Spot, number, number][],
  where: readonly string[],
): Spot | null {
  const edge = 16;
  let best: { spot: Spot; cost: number } | null = null;
  for (const [rank, side] of where.entries()) {
    const x = side.includes("w") ? edge : side.includes("e") ? view.width_px - w - edge : (view.width_px - w) / 2;
    const y = side.includes("n")
      ? edge + 22
      : side.includes("s")
        ? view.height_px - h - edge
        : (view.height_px - h) / 2;
    for (const inward of side === "s" || side === "n" ? [-160, -80, 0, 80, 160] : [0]) {
      const spot = { x: x + inward, y };
      if (spot.x < 4 || spot.y < 4 || spot.x + w > view.width_px) continue;
      if (taken.some(([s, tw, th]) => s.x < spot.x + w && spot.x < s.x + tw && s.y < spot.y + h && spot.y < s.y + th))
        continue;
      const cost = crowding(map, spot, w, h) + rank * 0.4;
      if (!best || cost < best.cost) best = { spot, cost };
    }
  }
  if (!best || best.cost > 14) return null;
  taken.push([best.spot, w, h]);
  return best.spot;
}

/** How much lies under a block: land weighs most, then tracks, then limits. */
function crowding(map: Map_, { x, y }: Spot, w: number, h: number): number {
  const under = (ids: string[], px: number, py: number, pw: number, ph: number) =>
    map.queryRenderedFeatures([[px, py], [px + pw, py + ph]], { layers: ids.filter((id) => map.getLayer(id)) }).length; // biome-ignore format: a box
  let cost = under(["track", "silence"], x, y, w, h) ? 12 : 0;
  const [nx, ny] = [4, 3];
  for (let i = 0; i < nx; i++)
    for (let j = 0; j < ny; j++) {
      const cell = [x + (w * i) / nx, y + (h * j) / ny, w / nx, h / ny] as const;
      if (under(["land-world", "land-pack"], ...cell)) cost += 1.2;
      if (under(["zone-z12", "zone-z24", "zone-zr", "zone-zx", "gate", "gate-passed", "median", "water"], ...cell))
        cost += 0.7;
    }
  return cost;
}
