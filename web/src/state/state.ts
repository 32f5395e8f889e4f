/** What the views share, each a reading of the URL. */
import { computed, signal } from "@preact/signals";
import { type Meta, meta } from "../api/meta";
import { param, params, place } from "./url";

export const CLOCKS = { UTC: 0, JST: 9, "UTC+8": 8 } as const;
export type Clock = keyof typeof CLOCKS;
export const LANGS = ["en", "ja", "zh-Hant"] as const;
export type Lang = (typeof LANGS)[number];
export const GRAINS = ["hour", "day", "month", "year"] as const;
export type Grain = (typeof GRAINS)[number];
export type Theme = "light" | "dark";

const DAY_MS = 86_400_000;

export const clock = computed<Clock>(() => {
  const text = param("clock", "UTC").replace(" ", "+");
  return text in CLOCKS ? (text as Clock) : "UTC";
});
export const lang = computed<Lang>(() => {
  const text = param("lang", "en");
  return text === "zh" ? "zh-Hant" : LANGS.includes(text as Lang) ? (text as Lang) : "en";
});
const night = matchMedia("(prefers-color-scheme: dark)");
const system = signal<Theme>(night.matches ? "dark" : "light");
night.addEventListener("change", () => {
  system.value = night.matches ? "dark" : "light";
});
/** The palette: what the reader chose, else the system's. */
export const theme = computed<Theme>(() => {
  const text = param("theme");
  return text === "dark" || text === "light" ? text : system.value;
});
export const grain = computed<Grain>(() => {
  const text = param("grain", "day") as Grain;
  return GRAINS.includes(text) ? text : "day";
});
export const zones = computed(() => params("zone"));
export const fleet = computed(() => param("fleet") || null);
/** The selection: an event id or an MMSI. */
export const sel = computed(() => param("sel") || null);
export const evidence = computed(() => param("evidence") || null);

/** Width of the screen, as the three layouts of the design. */
const wide = matchMedia("(min-width: 761px)");
export const phone = signal(!wide.matches);
wide.addEventListener("change", () => {
  phone.value = !wide.matches;
});

export interface Span {
  readonly since_ms: number;
  readonly until_ms: number;
}

/** The instant of an ISO text with its zone; null for anything else, a naive time too. */
export function instant(text: string | null | undefined): number | null {
  if (!text || !/(Z|[+-]\d\d:\d\d)$/.test(text)) return null;
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : null;
}

export const iso = (ms: number) => new Date(ms).toISOString().replace(".000Z", "Z");

/** The last seven days with data, cut at UTC midnights: the window where the URL names none. */
export function lastDays(known: Meta | null): Span {
  const end = instant(known?.data_window?.until ?? null) ?? Date.now();
  const until_ms = Math.ceil(end / DAY_MS) * DAY_MS;
  return { since_ms: until_ms - 7 * DAY_MS, until_ms };
}

/** The window that is shown, in UTC milliseconds; the end is not in it. */
export const span = computed<Span>(() => {
  const { params: now } = place.value;
  const fallback = lastDays(meta.value);
  const since_ms = instant(now.since?.[0]) ?? null;
  const until_ms = instant(now.until?.[0]) ?? null;
  if (since_ms !== null && until_ms !== null && until_ms > since_ms) return { since_ms, until_ms };
  if (since_ms !== null && until_ms === null) return { since_ms, until_ms: since_ms + 7 * DAY_MS };
  return fallback;
});
