/** The furniture of the chart: neatline with its graduated border, degrees, net, compass rose, scale bar. */
import type { ComponentChildren } from "preact";
import { t } from "../i18n/day";

/** Where a longitude and a latitude fall inside the neatline, in pixels; Mercator, north up. */
export interface View {
  readonly width_px: number;
  readonly height_px: number;
  readonly west: number;
  readonly east: number;
  readonly south: number;
  readonly north: number;
  readonly x: (lon_deg: number) => number;
  readonly y: (lat_deg: number) => number;
}

const MERC = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));

/** The view of a window of degrees on so many pixels. */
export function viewOf(
  width_px: number,
  height_px: number,
  [west, south, east, north]: readonly [number, number, number, number],
): View {
  const [low, high] = [MERC(south), MERC(north)];
  return {
    width_px,
    height_px,
    west,
    east,
    south,
    north,
    x: (lon) => ((lon - west) / (east - west)) * width_px,
    y: (lat) => ((high - MERC(lat)) / (high - low)) * height_px,
  };
}

const GRADES: readonly (readonly [label: number, fine: number])[] = [
  [1, 1 / 6],
  [2, 1 / 4],
  [5, 1],
  [10, 2],
  [15, 5],
  [30, 10],
  [60, 10],
  [120, 20],
  [300, 60],
  [600, 60],
  [1800, 300],
];

/** Minutes between labels and between the steps of the border, for so many pixels a minute. */
export function gradeFor(px_per_minute: number, phone: boolean): readonly [number, number] {
  const [label, fine] = GRADES.find(([n]) => n * px_per_minute >= (phone ? 62 : 74)) ?? [1800, 300];
  return label === 60 && phone ? [60, 20] : [label, fine];
}

/** `121°E`, `24°30′N`. */
export function degrees(minutes: number, marks: string): string {
  const wrapped = marks === "EW" ? ((((minutes + 10_800) % 21_600) + 21_600) % 21_600) - 10_800 : minutes;
  const a = Math.abs(wrapped);
  const rest = Math.round(a % 60);
  return `${Math.floor(a / 60)}°${rest ? `${String(rest).padStart(2, "0")}′` : ""}${wrapped === 0 ? "" : (marks[wrapped < 0 ? 1 : 0] ?? "")}`;
}

const BAND = 5;

/** The neatline round a view whose inner top left corner is at (`left`, `top`). */
export function Neatline({ view, left, top, phone }: { view: View; left: number; top: number; phone: boolean }) {
  const { width_px: w, height_px: h } = view;
  const [step, fine] = gradeFor(w / ((view.east - view.west) * 60), phone);
  const out: ComponentChildren[] = [];
  let dark = "";
  let net = "";
  const sides = [
    { low: view.west * 60, high: view.east * 60, at: view.x, long: w, upright: true, marks: "EW" },
    { low: view.south * 60, high: view.north * 60, at: view.y, long: h, upright: false, marks: "NS" },
  ];
  for (const { low, high, at, long, upright, marks } of sides) {
    const place = (minutes: number) => Math.min(Math.max(at(minutes / 60), 0), long);
    for (let n = Math.floor(low / fine); n * fine < high; n++) {
      if (((n % 2) + 2) % 2 === 0) continue;
      const [p = 0, q = 0] = [place(n * fine), place((n + 1) * fine)].sort((a, b) => a - b);
      const [a, b] = [p.toFixed(1), (q - p).toFixed(1)];
      dark += upright
        ? `M${a} ${-BAND}h${b}v${BAND}h-${b}ZM${a} ${h}h${b}v${BAND}h-${b}Z`
        : `M${-BAND} ${a}h${BAND}v${b}h-${BAND}ZM${w} ${a}h${BAND}v${b}h-${BAND}Z`;
    }
    for (let m = Math.ceil(low / step) * step; m <= high; m += step) {
      const p = place(m);
      net += upright ? `M${p.toFixed(1)} 0V${h}` : `M0 ${p.toFixed(1)}H${w}`;
      if (p < 16 || p > long - 16) continue;
      const where = upright ? `translate(${p} ${-BAND - 5})` : `translate(${-BAND - 5} ${p})rotate(-90)`;
      out.push(
        <text key={marks + m} transform={where} text-anchor="middle">
          {degrees(m, marks)}
        </text>,
      );
    }
  }
  return (
    <g transform={`translate(${left} ${top})`}>
      <path d={net} class="grat" />
      <path
        d={`M${-BAND} ${-BAND}h${w + 2 * BAND}v${h + 2 * BAND}h${-(w + 2 * BAND)}ZM0 0v${h}h${w}v${-h}Z`}
        class="zeb-b"
        fill-rule="evenodd"
      />
      <path d={dark} class="zeb-a" />
      <rect x="0" y="0" width={w} height={h} class="neat" />
      <rect x={-BAND} y={-BAND} width={w + 2 * BAND} height={h + 2 * BAND} class="neat" />
      {out}
    </g>
  );
}

/** A compass rose; true north is up, as on every Mercator chart. */
export function Rose({ x, y, r }: { x: number; y: number; r: number }) {
  const rad = (deg: number) => (deg * Math.PI) / 180;
  let rays = "";
  for (let a = 0; a < 360; a += 2) {
    const long = a % 30 === 0 ? 12 : a % 10 === 0 ? 8 : 4;
    const [s, c] = [Math.sin(rad(a)), Math.cos(rad(a))];
    rays += `M${(r * s).toFixed(1)} ${(-r * c).toFixed(1)}L${((r - long) * s).toFixed(1)} ${(-(r - long) * c).toFixed(1)}`;
  }
  const figures = [30, 60, 120, 150, 210, 240, 300, 330];
  return (
    <g class="rose" transform={`translate(${x} ${y})`}>
      <circle r={r} />
      <circle r={r - 12} />
      <path d={rays} />
      <path d={`M0 ${-r - 9}V${r - 14}M${-r + 14} 0H${r - 14}`} />
      <path d={`M0 ${-r - 11}l3.2 8h-6.4Z`} class="f-mag" />
      {figures.map((a) => (
        <text
          key={a}
          x={(r - 21) * Math.sin(rad(a))}
          y={-(r - 21) * Math.cos(rad(a)) + 3}
          text-anchor="middle"
          class="t-mag rose-n"
        >
          {String(a).padStart(3, "0")}
        </text>
      ))}
    </g>
  );
}

/** Nautical miles at the middle latitude. */
export function Scale({ view, x, y, most_px }: { view: View; x: number; y: number; most_px: number }) {
  const { px, whole } = scaleOf(view, most_px);
  const mid = (view.north + view.south) / 2;
  const parts = 6;
  const one = (whole * px) / parts;
  return (
    <g transform={`translate(${x} ${y})`}>
      {Array.from({ length: parts }, (_, i) => (
        <rect
          key={i}
          x={i * one}
          y="0"
          width={one}
          height="4"
          class={i % 2 ? "zeb-b scale-part" : "zeb-a scale-part"}
        />
      ))}
      {[0, whole / 2, whole].map((n) => (
        <text key={n} x={n * px} y="-4" text-anchor="middle" class="t-ink lab">
          {n}
        </text>
      ))}
      <text x={whole * px + 14} y="6" class="lab">
        {t("nm_at", { lat: degrees(Math.round(mid) * 60, "NS") })}
      </text>
    </g>
  );
}

/** Pixels a nautical mile, and how many whole miles a bar of at most so many pixels shows. */
export function scaleOf(view: View, most_px: number): { px: number; whole: number } {
  const mid = (view.north + view.south) / 2;
  const px = view.width_px / ((view.east - view.west) * 60 * Math.cos((mid * Math.PI) / 180));
  const whole = [600, 300, 180, 120, 60, 30, 18, 12, 6, 3, 1.2, 0.6].find((n) => n * px <= most_px) ?? 0.6;
  return { px, whole };
}
