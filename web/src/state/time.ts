/** Instants as the chosen clock prints them. Inside, all times are UTC milliseconds. */
import { CLOCKS, type Clock, clock, instant, type Lang, lang } from "./state";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const LONG = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
]; // biome-ignore format: one line reads better

/** d: 13 Aug · dhm: 13 Aug 07:27 · hm: 07:27 · ymd: 13 Aug 2026 · ymdhm · ym: Aug 2026 · plot: 13/0727 */
export type Form = "d" | "dhm" | "hm" | "ymd" | "ymdhm" | "ym" | "plot";

const two = (n: number) => String(n).padStart(2, "0");
export const offset_ms = (which: Clock = clock.value) => CLOCKS[which] * 3_600_000;

/** A UTC instant in a clock and a language. */
export function say(ms: number, form: Form, which: Clock = clock.value, tongue: Lang = lang.value): string {
  const at = new Date(ms + offset_ms(which));
  const [y, m, d] = [at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()];
  const hm = `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
  const month = MONTHS[m] ?? "";
  const cjk = tongue !== "en";
  if (form === "plot") return `${two(d)}/${hm.replace(":", "")}`;
  if (form === "hm") return hm;
  if (form === "ym") return cjk ? `${y}年${m + 1}月` : `${month} ${y}`;
  const day = cjk ? `${m + 1}月${d}日` : `${d} ${month}`;
  if (form === "d") return day;
  if (form === "dhm") return `${day} ${hm}`;
  const whole = cjk ? `${y}年${day}` : `${day} ${y}`;
  return form === "ymd" ? whole : `${whole} ${hm}`;
}

/** The days of a window as a title: `13 – 19 August 2026`, its end not in it. */
export function sayDays(
  since_ms: number,
  until_ms: number,
  which: Clock = clock.value,
  tongue: Lang = lang.value,
): string {
  const a = new Date(since_ms + offset_ms(which));
  const b = new Date(until_ms - 1 + offset_ms(which));
  const parts = (x: Date) => [x.getUTCFullYear(), x.getUTCMonth(), x.getUTCDate()] as const;
  const [ya, ma, da] = parts(a);
  const [yb, mb, db] = parts(b);
  if (tongue !== "en") {
    const to = tongue === "ja" ? "–" : "至";
    const end = ya !== yb ? `${yb}年${mb + 1}月${db}日` : ma !== mb ? `${mb + 1}月${db}日` : `${db}日`;
    return `${ya}年${ma + 1}月${da}日${ya === yb && ma === mb && da === db ? "" : to + end}`;
  }
  const end = `${db} ${LONG[mb]} ${yb}`;
  if (ya !== yb) return `${da} ${LONG[ma]} ${ya} – ${end}`;
  if (ma !== mb) return `${da} ${LONG[ma]} – ${end}`;
  return da === db ? end : `${da} – ${end}`;
}

/** A length of time in words: `15 h 58 min`. */
export function lasting(seconds: number, tongue: Lang = lang.value): string {
  const units =
    tongue === "en"
      ? [" d", " h", " min", " s"]
      : tongue === "ja"
        ? ["日", "時間", "分", "秒"]
        : ["日", "小時", "分", "秒"];
  const s = Math.round(seconds);
  const [d, h, m, rest] = [Math.floor(s / 86400), Math.floor(s / 3600) % 24, Math.floor(s / 60) % 60, s % 60];
  const pair = s >= 172_800 ? [d, h, 0] : s >= 3600 ? [h + d * 24, m, 1] : s >= 60 ? [m, rest, 2] : [rest, 0, 3];
  const [big = 0, small = 0, at = 0] = pair;
  const gap = tongue === "en" ? " " : "";
  return `${big}${units[at]}${small ? `${gap}${small}${units[at + 1]}` : ""}`;
}

/** UTC instant of a text; NaN where it is none. */
export const ms = (text: string | null | undefined) => instant(text) ?? Number.NaN;
