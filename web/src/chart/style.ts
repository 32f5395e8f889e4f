/** The style of the map: ground, limits, tracks, names. Colours come from the tokens of the palette in use. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Colours } from "./colours";

const EMPTY = { type: "FeatureCollection" as const, features: [] };
export const SOURCES = ["coast", "zones", "gates", "lines", "features", "words", "tracks", "silences"] as const;
export type SourceName = (typeof SOURCES)[number];

const SANS = ["Offing Sans", "Noto Sans CJK JP", "Hiragino Sans", "PingFang TC", "sans-serif"];
const WATER = ["Offing Water", "Noto Serif CJK JP", "Hiragino Mincho ProN", "Songti TC", "serif"];

const growing = (from: number, to: number): ExpressionSpecification => [
  "interpolate",
  ["exponential", 1.6],
  ["zoom"],
  4,
  from,
  8,
  to,
];

/** Shore tint, land, coast: Natural Earth beyond the pack's waters, the pack's own coast where there is one. */
function ground(c: Colours): LayerSpecification[] {
  const round = { "line-join": "round" as const, "line-cap": "round" as const };
  const shore = (id: string, color: string, width: ExpressionSpecification): LayerSpecification[] => [
    {
      id: `${id}-world`,
      type: "line",
      source: "world",
      "source-layer": "coast",
      layout: round,
      paint: { "line-color": color, "line-width": width },
    },
    {
      id: `${id}-pack`,
      type: "line",
      source: "coast",
      layout: round,
      paint: { "line-color": color, "line-width": width },
    },
  ];
  return [
    { id: "sea", type: "background", paint: { "background-color": c.sea } },
    ...shore("tint-far", c["shoal-1"], growing(9, 52)),
    ...shore("tint-near", c["shoal-2"], growing(4, 26)),
    {
      id: "land-world",
      type: "fill",
      source: "world",
      "source-layer": "land",
      paint: { "fill-color": c.land, "fill-antialias": false },
    },
    { id: "land-pack", type: "fill", source: "coast", paint: { "fill-color": c.land, "fill-antialias": false } },
    {
      id: "coast-world",
      type: "line",
      source: "world",
      "source-layer": "coast",
      layout: round,
      paint: { "line-color": c.coast, "line-width": 0.8 },
    },
    {
      id: "coast-pack",
      type: "line",
      source: "coast",
      layout: round,
      paint: { "line-color": c.coast, "line-width": 0.8 },
    },
  ];
}

function limits(c: Colours): LayerSpecification[] {
  const of = (...names: string[]): ExpressionSpecification => ["in", ["get", "class"], ["literal", names]];
  const line = (id: string, names: string[], width: number, dash?: number[]): LayerSpecification => ({
    id: `zone-${id}`,
    type: "line",
    source: "zones",
    filter: of(...names),
    layout: { "line-join": "round" },
    paint: { "line-color": c.magenta, "line-width": width, ...(dash ? { "line-dasharray": dash } : {}) },
  });
  return [
    {
      id: "zone-band",
      type: "line",
      source: "zones",
      filter: of("z12", "z24"),
      layout: { "line-join": "round" },
      paint: { "line-color": c["magenta-2"], "line-width": 6, "line-opacity": 0.2 },
    },
    line("z12", ["z12"], 1.3),
    line("z24", ["z24"], 1.1, [8, 3.6]),
    line("zr", ["zr", "zp"], 1.1),
    line("zx", ["zx"], 1.1, [4, 3]),
    line("zx2", ["zx2", "zo"], 1, [6, 3, 1.5, 3, 1.5, 3]),
    line("zc", ["zc"], 1.1, [1, 2]),
    {
      id: "zone-hot",
      type: "line",
      source: "zones",
      filter: ["==", ["get", "ids"], ""],
      paint: { "line-color": c.magenta, "line-width": 2.6 },
    },
    { id: "zone-ticks", type: "symbol", source: "zones", filter: of("zr", "zp"), layout: ticks(of("zp")), paint: {} },
    {
      id: "other-lines",
      type: "line",
      source: "lines",
      paint: { "line-color": c["ink-2"], "line-width": 0.9, "line-dasharray": [12, 3, 2, 3] },
    },
    {
      id: "median",
      type: "line",
      source: "gates",
      filter: ["==", ["get", "kind"], "median_line"],
      paint: { "line-color": c.magenta, "line-width": 1.1, "line-dasharray": [11, 3, 2, 3] },
    },
    {
      id: "gate",
      type: "line",
      source: "gates",
      filter: ["all", ["!=", ["get", "kind"], "median_line"], ["!", ["get", "passed"]]],
      paint: { "line-color": c["ink-2"], "line-width": 0.9, "line-dasharray": [2.6, 2.6] },
    },
    {
      id: "gate-halo",
      type: "line",
      source: "gates",
      filter: ["get", "passed"],
      paint: { "line-color": c.sea, "line-width": 4, "line-opacity": 0.85 },
    },
    {
      id: "gate-passed",
      type: "line",
      source: "gates",
      filter: ["get", "passed"],
      paint: { "line-color": c.ink, "line-width": 1.2 },
    },
  ];
}

/** T marks that point inward, to the right of a limit's direction; a double T where water is prohibited. */
function ticks(prohibited: ExpressionSpecification): Record<string, unknown> {
  return {
    "symbol-placement": "line",
    "symbol-spacing": 14,
    "icon-image": ["case", prohibited, "tick-2", "tick-1"],
    "icon-rotation-alignment": "map",
    "icon-allow-overlap": true,
    "icon-ignore-placement": true,
    "icon-padding": 0,
  };
}

function names(c: Colours): LayerSpecification[] {
  const halo = { "text-halo-color": c.sea, "text-halo-width": 1.8, "text-halo-blur": 0.4 };
  const along = (
    id: string,
    source: SourceName,
    color: string,
    offset: number,
    minzoom = 0,
    filter?: ExpressionSpecification,
  ): LayerSpecification => ({
    id,
    type: "symbol",
    source,
    minzoom,
    ...(filter ? { filter } : {}),
    layout: {
      "symbol-placement": "line",
      "symbol-spacing": 420,
      "text-field": ["get", "label"],
      "text-font": SANS,
      "text-size": 11,
      "text-offset": [0, offset],
      "text-max-angle": 30,
      "text-padding": 6,
    },
    paint: { "text-color": color, ...halo },
  });
  return [
    along("zone-label", "zones", c.magenta, 0.9),
    along("line-label", "lines", c["ink-2"], -0.8),
    along("median-label", "gates", c.magenta, -0.8, 0, ["==", ["get", "kind"], "median_line"]),
    along("gate-label", "gates", c.ink, -0.8, 5.6, ["!=", ["get", "kind"], "median_line"]),
    {
      id: "town",
      type: "symbol",
      source: "words",
      filter: ["==", ["get", "is"], "town"],
      layout: {
        "icon-image": "town",
        "icon-allow-overlap": true,
        "text-field": ["get", "label"],
        "text-font": SANS,
        "text-size": 11,
        "text-variable-anchor": ["left", "right", "top", "bottom"],
        "text-radial-offset": 0.5,
        "text-optional": true,
      },
      paint: { "text-color": c["land-ink"], "text-halo-color": c.land, "text-halo-width": 1.2 },
    },
    {
      id: "feature",
      type: "symbol",
      source: "features",
      layout: {
        "text-field": ["get", "label"],
        "text-font": SANS,
        "text-size": 11,
        "text-variable-anchor": ["top", "left", "right", "bottom"],
        "text-radial-offset": 0.7,
        "text-max-width": 12,
        "symbol-sort-key": ["get", "rank"],
        "text-padding": 5,
      },
      filter: [">=", ["zoom"], ["get", "from_zoom"]],
      paint: { "text-color": c["land-ink"], ...halo },
    },
    {
      id: "water",
      type: "symbol",
      source: "words",
      filter: ["==", ["get", "is"], "water"],
      layout: {
        "text-field": ["get", "label"],
        "text-font": WATER,
        "text-size": ["get", "size"],
        "text-letter-spacing": 0.14,
        "text-max-width": 14,
        "text-padding": 4,
      },
      paint: { "text-color": c["water-ink"], "text-halo-color": c.sea, "text-halo-width": 1.6 },
    },
  ];
}

function tracks(c: Colours): LayerSpecification[] {
  const round = { "line-join": "round" as const, "line-cap": "round" as const };
  const chosen: ExpressionSpecification = ["get", "chosen"];
  return [
    {
      id: "track-halo",
      type: "line",
      source: "tracks",
      layout: round,
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": c.sea, "line-width": 5, "line-opacity": 0.85 },
    },
    {
      id: "silence",
      type: "line",
      source: "silences",
      layout: round,
      paint: { "line-color": c.ink, "line-width": 1.5, "line-dasharray": [0.1, 3] },
    },
    {
      id: "track",
      type: "line",
      source: "tracks",
      layout: round,
      filter: ["==", ["geometry-type"], "LineString"],
      paint: { "line-color": ["case", chosen, c.ink, c["ink-3"]], "line-width": ["case", chosen, 1.7, 1.1] },
    },
    {
      id: "fix",
      type: "circle",
      source: "tracks",
      filter: chosen,
      paint: { "circle-color": c.ink, "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 1, 7, 1.8, 10, 2.6] },
    },
  ];
}

/** A whole style with empty sources, to be filled. `land`: the address of the basemap. */
export function styleOf(c: Colours, land: string): StyleSpecification {
  return {
    version: 8,
    sources: {
      world: { type: "vector", url: `pmtiles://${land}`, attribution: "" },
      ...Object.fromEntries(
        SOURCES.map((name) => [name, { type: "geojson", data: EMPTY, tolerance: name === "tracks" ? 0.2 : 0.3 }]),
      ),
    },
    layers: [...ground(c), ...limits(c), ...tracks(c), ...names(c)],
  };
}

/** Small pictures that the style names, drawn in the colours of the palette at twice their size. */
export function images(c: Colours): Record<string, ImageData> {
  const draw = (size: number, paint: (g: CanvasRenderingContext2D) => void) => {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = size * 2;
    const g = canvas.getContext("2d");
    if (!g) throw new Error("no canvas");
    g.scale(2, 2);
    paint(g);
    return g.getImageData(0, 0, size * 2, size * 2);
  };
  const tick = (twice: boolean) => (g: CanvasRenderingContext2D) => {
    g.strokeStyle = c.magenta;
    g.lineWidth = 1.1;
    g.beginPath();
    for (const x of twice ? [4.5, 7.5] : [6]) {
      g.moveTo(x, 6);
      g.lineTo(x, 10);
    }
    g.stroke();
  };
  return {
    town: draw(6, (g) => {
      g.fillStyle = c.land;
      g.strokeStyle = c["land-ink"];
      g.arc(3, 3, 1.9, 0, 7);
      g.fill();
      g.stroke();
    }),
    "tick-1": draw(12, tick(false)),
    "tick-2": draw(12, tick(true)),
  };
}
