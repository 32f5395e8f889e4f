/** Days, months and years of a calendar: pure reckoning on dates as `YYYY-MM-DD`; a day belongs to a day rule, not to a clock. */

/** What is known of one day. */
export type DayState = "value" | "zero" | "blank" | "unobservable";

export interface Day {
  readonly day: string;
  readonly state: DayState;
  readonly value: number | null;
  /** UTC; null where the source gives no hours. */
  readonly since: string | null;
  readonly until: string | null;
  readonly because: string;
}

/** A row of `series/ID`, or of `days`. */
export interface DayRow {
  readonly day: string;
  readonly state: string;
  readonly value?: number | null;
  readonly hulls_n?: number | null;
  readonly window_start_utc: string | null;
  readonly window_end_utc: string | null;
  readonly because?: string | null;
  readonly contradiction?: string | null;
}

const DAY_MS = 86_400_000;

export const msOf = (day: string) => Date.parse(`${day}T00:00:00Z`);
export const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
export const plusDays = (day: string, n: number) => dayOf(msOf(day) + n * DAY_MS);
export const daysBetween = (a: string, b: string) => Math.round((msOf(b) - msOf(a)) / DAY_MS);
/** Monday is 0. */
export const weekday = (day: string) => (new Date(msOf(day)).getUTCDay() + 6) % 7;
export const monthOf = (day: string) => day.slice(0, 7);
export const yearOf = (day: string) => Number(day.slice(0, 4));

/** `2026-05` and some months more. */
export function plusMonths(month: string, n: number): string {
  const at = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + n;
  return `${String(Math.floor(at / 12)).padStart(4, "0")}-${String((at % 12) + 1).padStart(2, "0")}`;
}

export const isMonth = (text: string) => /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
export const daysIn = (month: string) => daysBetween(`${month}-01`, `${plusMonths(month, 1)}-01`);
/** The column of a day in the strip of its year: weeks from Monday. */
export const weekOf = (day: string) =>
  Math.floor((weekday(`${day.slice(0, 4)}-01-01`) + daysBetween(`${day.slice(0, 4)}-01-01`, day)) / 7);

/** One row as a day. Absent is not unobserved, and neither is zero. */
export function dayFrom(row: DayRow): Day {
  const said = row.value !== undefined ? row.value : (row.hulls_n ?? null);
  const value =
    row.state === "observed" || row.state === "not_observed"
      ? (said ?? (row.state === "not_observed" ? 0 : null))
      : said;
  const known = row.state !== "unobservable" && row.state !== "not_reported" && value !== null;
  const state: DayState =
    row.state === "unobservable" ? "unobservable" : !known ? "blank" : value === 0 ? "zero" : "value";
  return {
    day: row.day,
    state,
    value: known ? value : null,
    since: row.window_start_utc,
    until: row.window_end_utc,
    because: row.contradiction ?? row.because ?? "",
  };
}

export const byDay = (rows: readonly DayRow[]) => new Map(rows.map((r) => [r.day, dayFrom(r)] as const));

/** First and last day of a table in order; null of an empty one. */
export function reach(days: ReadonlyMap<string, Day>): { first: string; last: string } | null {
  const all = [...days.keys()].sort();
  const [first, last] = [all[0], all.at(-1)];
  return first && last ? { first, last } : null;
}

export interface Bin {
  readonly low: number;
  /** Null: and more. */
  readonly high: number | null;
}

/** Where the steps are cut, as shares of the days: the deepest is kept for the few highest. */
const CUTS = [0.15, 0.4, 0.7, 0.93];

/** At most five steps of how much, cut by the days of the series itself; whole numbers stay whole. */
export function binsOf(values: readonly number[]): Bin[] {
  const sorted = values.filter((v) => v > 0).sort((a, b) => a - b);
  if (!sorted.length) return [];
  const lows = new Set<number>([sorted[0] ?? 1]);
  for (const share of CUTS) {
    const cut = sorted[Math.floor(share * sorted.length)];
    if (cut !== undefined) lows.add(cut);
  }
  const cuts = [...lows].sort((a, b) => a - b);
  return cuts.map((low, i) => {
    const next = cuts[i + 1];
    return { low, high: next === undefined ? null : Number.isInteger(next) && Number.isInteger(low) ? next - 1 : next };
  });
}

/** The step of a value, 1 to 5 of which the deepest is the last; 0: none. */
export function stepOf(value: number | null, bins: readonly Bin[]): number {
  if (value === null || value <= 0) return 0;
  let at = 0;
  bins.forEach((bin, i) => {
    if (value >= bin.low) at = i;
  });
  return bins.length === 1 ? 3 : Math.round(((at + 1) / bins.length) * 5);
}

/** The years that strips show: five at most, with the one at hand in them. */
export function yearsShown(first: number, last: number, at: number, most = 5): number[] {
  const end = at > last - most ? last : Math.max(at + most - 1, first);
  const start = Math.max(first, end - most + 1);
  return Array.from({ length: Math.min(end, last) - start + 1 }, (_, i) => start + i);
}

/** The instants of a day by a day rule such as `Asia/Taipei 06:00`, where the source gives none. */
export function windowOf(day: string, rule: string): { since_ms: number; until_ms: number } {
  const [zone = "UTC", hour = "00:00"] = rule.split(" ");
  const [h = 0, m = 0] = hour.split(":").map(Number);
  const at = (d: string) => {
    const local = msOf(d) + (h * 60 + m) * 60_000;
    return local - offsetOf(zone, local);
  };
  return { since_ms: at(day), until_ms: at(plusDays(day, 1)) };
}

/** How far a time zone is ahead of UTC at a local instant, in milliseconds; 0 for one that is not known here. */
function offsetOf(zone: string, local: number): number {
  try {
    const form = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
    const guess = (ms: number) => {
      const p = Object.fromEntries(form.formatToParts(ms).map((x) => [x.type, Number(x.value)]));
      return Date.UTC(p.year ?? 1970, (p.month ?? 1) - 1, p.day, p.hour, p.minute) - ms;
    };
    return guess(local - guess(local));
  } catch {
    return 0;
  }
}

/** Days, sum and days with at least one of a month, of what is known. */
export function monthTotals(
  month: string,
  days: ReadonlyMap<string, Day>,
): { reported: number; sum: number; with: number } {
  const out = { reported: 0, sum: 0, with: 0 };
  for (let i = 0; i < daysIn(month); i++) {
    const value = days.get(plusDays(`${month}-01`, i))?.value ?? null;
    if (value === null) continue;
    out.reported++;
    out.sum += value;
    out.with += value > 0 ? 1 : 0;
  }
  return out;
}

/** About how wide a text of 11 px is, in px: Chinese and Japanese characters are as wide as high. */
export const widthOf = (text: string) => [...text].reduce((w, c) => w + (c > "\u2e80" ? 11 : 5.9), 0);
