/** A chart: MapLibre draws ground, limits and tracks; an SVG over it draws what a chart prints round and upon them. */
import type { FeatureCollection } from "geojson";
import { type GeoJSONSource, Map as Sheet } from "maplibre-gl";
import "maplibre-gl/dist/maplibre-gl.css";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { printing } from "../shell/print";
import { lang, phone, theme } from "../state/state";
import { LAND, prepare } from "./basemap";
import { colours } from "./colours";
import { Neatline, type View, viewOf } from "./frame";
import type { Box } from "./limits";
import { images, SOURCES, type SourceName, styleOf } from "./style";

export type Data = Partial<Record<SourceName, FeatureCollection>>;

/** Room for degrees and border, in pixels: left, top, right, bottom. */
const ROOM = { wide: [20, 20, 6, 6], narrow: [19, 19, 6, 6] } as const;

export interface ChartProps {
  readonly data: Data;
  /** Shown at first and again when `fitKey` changes, unless `cam` says otherwise. */
  readonly fit: Box | null;
  readonly fitKey: string;
  readonly cam: string;
  readonly onCam: (cam: string) => void;
  readonly onPick: (picked: { mmsi: number | null; zones: string[] }) => void;
  readonly hotZone: string;
  /** What is drawn over the map, in pixels inside the neatline. */
  readonly over: (view: View, sheet: Sheet) => ComponentChildren;
  readonly label: string;
  readonly onSheet?: (sheet: Sheet) => void;
  readonly children?: ComponentChildren;
}

export function Chart(props: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const at = useRef<HTMLDivElement>(null);
  const sheet = useRef<Sheet | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const ready = useRef(false);
  const moved = useRef(false);
  const [view, setView] = useState<View | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  const [left, top, right, bottom] = phone.value ? ROOM.narrow : ROOM.wide;

  useEffect(() => {
    if (!at.current) return;
    prepare();
    let map: Sheet;
    try {
      map = new Sheet({
        container: at.current,
        style: styleOf(colours(), LAND),
        center: [122.5, 24],
        zoom: 5.5,
        attributionControl: false,
        dragRotate: false,
        pitchWithRotate: false,
        rollEnabled: false,
        maxPitch: 0,
        keyboard: false,
        renderWorldCopies: true,
        fadeDuration: 0,
        localIdeographFontFamily: false,
        maxZoom: 15,
        minZoom: 1,
      });
    } catch (error) {
      setFailed(String(error));
      return;
    }
    sheet.current = map;
    map.touchZoomRotate.disableRotation();
    const look = () => {
      const canvas = map.getContainer();
      const b = map.getBounds();
      setView(viewOf(canvas.clientWidth, canvas.clientHeight, [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]));
    };
    const dress = () => {
      for (const [name, image] of Object.entries(images(colours())))
        if (!map.hasImage(name)) map.addImage(name, image, { pixelRatio: 2 });
    };
    map.on("styleimagemissing", dress);
    map.on("load", () => {
      dress();
      ready.current = true;
      pour(map, latest.current.data);
      aim(map, latest.current, moved);
      look();
      latest.current.onSheet?.(map);
    });
    map.on("move", look);
    map.on("resize", look);
    map.on("idle", look);
    let size = "";
    map.on("moveend", () => {
      const { clientWidth, clientHeight } = map.getContainer();
      const before = size;
      size = `${clientWidth} ${clientHeight}`;
      // the reader moved it: neither this page, nor a window that changed its size
      if (aiming || (before && before !== size) || !ready.current) return;
      moved.current = true;
      const c = map.getCenter();
      latest.current.onCam(`${c.lng.toFixed(4)},${c.lat.toFixed(4)},${map.getZoom().toFixed(2)}`);
    });
    map.on("click", (event) => {
      const { x, y } = event.point;
      const near = map.queryRenderedFeatures(
        [
          [x - 6, y - 6],
          [x + 6, y + 6],
        ],
        { layers: ["track", "fix", "zone-z12", "zone-z24", "zone-zr", "zone-zx"] },
      );
      const track = near.find((f) => f.layer.id === "track" || f.layer.id === "fix");
      const zones = near
        .filter((f) => f.layer.id.startsWith("zone"))
        .flatMap((f) => String(f.properties.ids).split(" "));
      latest.current.onPick({ mmsi: track ? Number(track.properties.mmsi) : null, zones });
    });
    // for tests of the built page: what is drawn can be asked of the sheet
    (at.current as unknown as { sheet: Sheet }).sheet = map;
    return () => {
      ready.current = false;
      sheet.current = null;
      map.remove();
    };
  }, []);

  const poured = useRef<Data>({});
  const { data, fit, fitKey, cam, hotZone } = props;
  useEffect(() => {
    const map = sheet.current;
    if (!map || !ready.current) return;
    pour(map, data, poured.current);
    poured.current = data;
  });

  const aimed = useRef("");
  useEffect(() => {
    const map = sheet.current;
    const key = `${fitKey}|${cam === "" ? "" : "cam"}|${fit?.join() ?? ""}`;
    if (!map || !ready.current || aimed.current === key) return;
    aimed.current = key;
    if (!moved.current || cam === "") aim(map, latest.current, moved);
  }, [fit?.join(), fitKey, cam]);

  // another palette is put on at once: a printer does not wait for tiles
  const palette = theme.value;
  useEffect(() => {
    document.documentElement.dataset.theme = palette;
    if (sheet.current && ready.current) repaint(sheet.current);
  }, [palette]);
  useEffect(() => printing.subscribe(() => sheet.current && ready.current && repaint(sheet.current)), []);

  useEffect(() => {
    const map = sheet.current;
    if (map && ready.current) map.setFilter("zone-hot", hotFilter(hotZone));
  }, [hotZone]);

  const width = view ? view.width_px + left + right : 0;
  const height = view ? view.height_px + top + bottom : 0;
  return (
    <div class="chart" ref={box} role="region" aria-label={props.label} lang={lang.value}>
      <div
        class="chart-map"
        ref={at}
        style={{ left: `${left}px`, top: `${top}px`, right: `${right}px`, bottom: `${bottom}px` }}
      />
      {view && sheet.current ? (
        <svg class="chart-over" width={width} height={height} role="img" aria-label={props.label}>
          <clipPath id="inside">
            <rect width={view.width_px} height={view.height_px} />
          </clipPath>
          <g transform={`translate(${left} ${top})`} clip-path="url(#inside)">
            {props.over(view, sheet.current)}
          </g>
          <Neatline view={view} left={left} top={top} phone={phone.value} />
        </svg>
      ) : null}
      {failed ? <p class="chart-failed">{failed}</p> : null}
      {props.children}
    </div>
  );
}

type Filter = Parameters<Sheet["setFilter"]>[1];
const hotFilter = (zone: string): Filter => (zone ? ["in", zone, ["get", "ids"]] : ["==", ["get", "ids"], ""]);

/** Hands data to the sheet; what is the same object as before is left alone. */
function pour(map: Sheet, data: Data, before: Data = {}): void {
  for (const name of SOURCES) {
    const now = data[name];
    if (now && now !== before[name]) (map.getSource(name) as GeoJSONSource | undefined)?.setData(now);
  }
}

/** Puts the colours of the palette in use on every layer, and draws. */
function repaint(map: Sheet): void {
  const c = colours();
  for (const layer of styleOf(c, LAND).layers)
    for (const [name, value] of Object.entries(layer.paint ?? {}))
      map.setPaintProperty(layer.id, name as Parameters<Sheet["setPaintProperty"]>[1], value);
  for (const [name, image] of Object.entries(images(c))) if (map.hasImage(name)) map.updateImage(name, image);
  map.redraw();
}

/** While the page itself moves the sheet, which it does at once. */
let aiming = false;

/** Turns the sheet to what the URL says, else to what fits. */
function aim(map: Sheet, { cam, fit }: ChartProps, moved: { current: boolean }): void {
  aiming = true;
  const [lng, lat, zoom] = cam.split(",").map(Number);
  if (cam && [lng, lat, zoom].every(Number.isFinite)) {
    moved.current = true;
    map.jumpTo({ center: [lng ?? 0, lat ?? 0], zoom: zoom ?? 5 });
    aiming = false;
    return;
  }
  moved.current = false;
  if (fit) map.fitBounds([fit[0], fit[1], fit[2], fit[3]], { padding: phone.value ? 14 : 26, animate: false });
  aiming = false;
}
