/** The window of degrees of a sketch, and lines cut to it. */
import type { Position } from "geojson";
import type { Box } from "../../chart/limits";

const MERC = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));
const LAT = (m: number) => (Math.atan(Math.exp(m)) * 360) / Math.PI - 90;
const LEAST_DEG = 0.5;
const MARGIN = 0.14;
const TOP_DEG = 84;

/** The smallest window with a margin that holds all places and has the shape of `width_px` by `height_px`; null without places. */
export function windowOf(places: readonly Position[], width_px: number, height_px: number): Box | null {
  if (places.length === 0) return null;
  const lons = places.map((p) => p[0] ?? 0);
  const lats = places.map((p) => Math.min(Math.max(p[1] ?? 0, -TOP_DEG), TOP_DEG));
  const [w, e] = [Math.min(...lons), Math.max(...lons)];
  const [s, n] = [MERC(Math.min(...lats)), MERC(Math.max(...lats))];
  const rad = Math.PI / 180;
  let wide = Math.max((e - w) * (1 + 2 * MARGIN), LEAST_DEG) * rad;
  let high = Math.max((n - s) * (1 + 2 * MARGIN), LEAST_DEG * rad);
  if (wide / high < width_px / height_px) wide = (high * width_px) / height_px;
  else high = (wide * height_px) / width_px;
  const [x, y] = [(w + e) / 2, (s + n) / 2];
  return [x - wide / rad / 2, LAT(y - high / 2), x + wide / rad / 2, LAT(y + high / 2)];
}

/** Whether two boxes of degrees meet. */
export const meeting = (a: Box, b: Box) => a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

/** A ring cut to a rectangle of pixels (Sutherland and Hodgman), so that far points cost nothing. */
export function cut(ring: readonly (readonly [number, number])[], box: Box): [number, number][] {
  let out: [number, number][] = ring.map(([x, y]) => [x, y]);
  for (const [axis, edge, keep] of [
    [0, box[0], 1],
    [0, box[2], -1],
    [1, box[1], 1],
    [1, box[3], -1],
  ] as const) {
    // biome-ignore format: the four sides
    const from = out;
    out = [];
    for (let i = 0; i < from.length; i++) {
      const a = from[(i + from.length - 1) % from.length] ?? [0, 0];
      const b = from[i] ?? [0, 0];
      const inside = (p: [number, number]) => (p[axis] - edge) * keep >= 0;
      const f = (edge - a[axis]) / (b[axis] - a[axis]);
      if (inside(a) !== inside(b)) out.push([a[0] + f * (b[0] - a[0]), a[1] + f * (b[1] - a[1])]);
      if (inside(b)) out.push(b);
    }
  }
  return out;
}

/** Points of a line in pixels that lie at least `apart_px` from the one before; the first and the last stay. */
export function thinned(points: readonly [number, number][], apart_px: number): [number, number][] {
  const out: [number, number][] = [];
  points.forEach((p, i) => {
    const last = out.at(-1);
    if (!last || i === points.length - 1 || Math.hypot(p[0] - last[0], p[1] - last[1]) >= apart_px) out.push(p);
  });
  return out;
}

export const path = (points: readonly (readonly [number, number])[], close = false) =>
  points.length < 2 ? "" : `M${points.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}${close ? "Z" : ""}`;

export interface Word {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: "start" | "middle" | "end";
  readonly class: string;
}

/** Words that fit: each takes the first of its places where it stays in the frame and covers no word set before it. */
export function placed(
  wanted: readonly (readonly Word[])[],
  width_px: number,
  height_px: number,
  taken: readonly Box[] = [],
): Word[] {
  const boxes: Box[] = [...taken];
  const out: Word[] = [];
  for (const choices of wanted) {
    for (const word of choices) {
      const box = boxOfWord(word);
      if (box[0] < 2 || box[1] < 2 || box[2] > width_px - 2 || box[3] > height_px - 2) continue;
      if (boxes.some((b) => meeting(b, box))) continue;
      boxes.push(box);
      out.push(word);
      break;
    }
  }
  return out;
}

const WIDE = /[\u1100-\u11ff\u2e80-\uffef]/;
/** Width in pixels of a text of 11 px, near enough to keep words apart. */
export const widthOf = (text: string, size_px = 11) =>
  [...text].reduce((sum, c) => sum + (WIDE.test(c) ? size_px : size_px * 0.53), 0);

function boxOfWord({ text, x, y, anchor }: Word): Box {
  const w = widthOf(text);
  const left = anchor === "start" ? x : anchor === "end" ? x - w : x - w / 2;
  return [left - 2, y - 10, left + w + 2, y + 3];
}
