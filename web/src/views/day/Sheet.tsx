/** The chart of the Day view: what is drawn, and in which words. */
import type { FeatureCollection } from "geojson";
import type { Map as Map_ } from "maplibre-gl";
import { useMemo, useState } from "preact/hooks";
import { meta } from "../../api/meta";
import { Chart, type Data } from "../../chart/Chart";
import { coastFor, NEAR_ZOOM } from "../../chart/coast";
import { type Box, boxOf, landOf, limitLines, outer, type ZoneShape } from "../../chart/limits";
import { TOWNS, WATERS } from "../../chart/waters";
import { t } from "../../i18n/day";
import { named } from "../../i18n/words";
import { useKeys } from "../../shell/keys";
import { lang, sel, span } from "../../state/state";
import { change, param } from "../../state/url";
import { boxToShow, type Day, dataOf, type Entry, type FeatureProps, type GateProps } from "./data";
import { Limits } from "./Limits";
import { Over } from "./Over";
import { hot, play, shift, step } from "./state";

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
  const zones = useMemo(
    () => (frame ? limitLines(day.drawn, frame, land) : collection([])),
    [frame, drawnKey, tongue, land],
  );
  const passed = day.entries.filter((e) => e.kind === "passage" && !e.withdrawn).map((e) => e.where);
  const passedKey = [...new Set(passed)].sort().join();
  const gateShapes = dataOf(day.gates.value);
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
