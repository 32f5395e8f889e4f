/** The two axes of the time bar. */
import type { Span } from "../../state/state";
import { offset_ms } from "../../state/time";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Ticks of an axis: the steps of days, months or years whose labels have room. */
export function ticks(
  { since_ms, until_ms }: Span,
  width_px: number,
  room_px: number,
): { at: number; form: "d" | "hm" | "ym" }[] {
  const off = offset_ms();
  const px = width_px / (until_ms - since_ms);
  const out: { at: number; form: "d" | "hm" | "ym" }[] = [];
  if (px * DAY_MS * 14 >= room_px) {
    const hours = [3, 6, 12].find((h) => h * HOUR_MS * px >= room_px);
    const days = [1, 2, 3, 7, 14].find((d) => d * DAY_MS * px >= room_px) ?? 14;
    const step = hours ? hours * HOUR_MS : days * DAY_MS;
    for (let m = Math.ceil((since_ms + off) / step) * step; m < until_ms + off; m += step)
      out.push({ at: m - off, form: m % DAY_MS === 0 ? "d" : "hm" });
    return out;
  }
  const months = [1, 2, 3, 6, 12, 24, 60].find((n) => n * 30 * DAY_MS * px >= room_px) ?? 120;
  const from = new Date(since_ms + off);
  for (let i = 0; ; i++) {
    const m = from.getUTCFullYear() * 12 + from.getUTCMonth() + i;
    const at = Date.UTC(Math.floor(m / 12), m % 12, 1) - off;
    if (at >= until_ms) return out;
    if (at >= since_ms && m % months === 0) out.push({ at, form: "ym" });
  }
}

/** The span of the lower band: some windows long, the window near its end, cut at whole days. */
export function contextOf({ since_ms, until_ms }: Span): Span {
  const long = until_ms - since_ms;
  const whole = Math.max(Math.min(Math.max(long * 12, 14 * DAY_MS), 3_650 * DAY_MS), long * 1.2);
  const after = (whole - long) * 0.16;
  const end = Math.ceil((until_ms + after) / DAY_MS) * DAY_MS;
  return { since_ms: Math.floor(Math.min(end - whole, since_ms) / DAY_MS) * DAY_MS, until_ms: end };
}
