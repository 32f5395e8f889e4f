/** Streaks, years, trends and statements as a chart of one time axis needs them: pure reckoning on rows of the API. */

import { fullest, type SeriesRow } from "../calendar/choose";
import { dayOf, daysBetween, msOf, plusDays, yearOf } from "../calendar/days";

/** A row of the table `streaks`. */
export interface StreakRow {
  readonly figure_id: string;
  readonly start_day: string | null;
  readonly end_day: string | null;
  readonly days_observed: number;
  readonly days_span: number;
  readonly is_running: boolean | null;
  readonly is_record: boolean | null;
  readonly ended_by: string;
  readonly ended_because: string;
  readonly broke: string | null;
  readonly broke_days: number | null;
  readonly broke_on_day: string | null;
  readonly not_before: string | null;
  readonly not_after: string | null;
}

/** A row of the table `trends`. */
export interface TrendRow {
  readonly period: string;
  readonly total: number | null;
  readonly mean: number | null;
  readonly days_reported: number | null;
  readonly days_with: number | null;
  readonly warnings: readonly string[];
}

/** A row of the table `statements`. */
export interface StatementRow {
  readonly statement_id: string;
  readonly day: string;
  readonly title: string;
  readonly parties: readonly string[];
  readonly forum: string;
  readonly names_taiwan_strait: boolean;
  readonly quote: string;
  readonly source: string;
}

/** A streak with its place on the axis. */
export interface Streak {
  readonly row: StreakRow;
  readonly start: string;
  readonly end: string;
  readonly n: number;
  /** The source gives its length but not its days; the place is the middle of what it leaves open. */
  readonly undated: boolean;
  /** It held the record of its time. */
  readonly held: boolean;
  readonly running: boolean;
}

/** Streaks oldest first. One without dates or bounds has no place on an axis and is left to the table. */
export function placed(rows: readonly StreakRow[]): Streak[] {
  const out: Streak[] = [];
  for (const row of rows) {
    const at = placeOf(row);
    if (!at) continue;
    const running = row.is_running === true || (row.ended_by === "data_end" && row.is_running !== false);
    out.push({ row, ...at, n: row.days_observed, undated: row.start_day === null, held: false, running });
  }
  out.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return out.map((s, i) => ({ ...s, held: i === 0 || s.row.broke !== null }));
}

function placeOf(row: StreakRow): { start: string; end: string } | null {
  if (row.start_day && row.end_day) return { start: row.start_day, end: row.end_day };
  const [low, high] = [row.not_before ?? row.not_after, row.not_after ?? row.not_before];
  if (!low || !high) return null;
  const middle = plusDays(low, Math.floor(daysBetween(low, high) / 2));
  const start = plusDays(middle, -Math.floor(row.days_observed / 2));
  return { start, end: plusDays(start, row.days_observed - 1) };
}

export interface Point {
  readonly day: string;
  readonly n: number;
}

/** The high-water mark: level while a record stands, up along the streak that breaks it; and the days it was broken. */
export function highWater(streaks: readonly Streak[], until: string): { line: Point[]; broken: Point[] } {
  const held = streaks.filter((s) => s.held);
  const first = held[0];
  if (!first) return { line: [], broken: [] };
  const line: Point[] = [{ day: first.end, n: first.n }];
  const broken: Point[] = [];
  let record = first.n;
  for (const s of held.slice(1)) {
    if (s.n <= record) continue;
    const day = s.row.broke_on_day ?? s.end;
    const was = s.row.broke_days ?? record;
    line.push({ day, n: was }, { day: s.end, n: s.n });
    broken.push({ day, n: was });
    record = s.n;
  }
  const last = line.at(-1);
  if (last && last.day < until) line.push({ day: until, n: record });
  return { line, broken };
}

/** The level stretch on which there is most room for words. */
export function longestLevel(line: readonly Point[]): { from: Point; to: Point } | null {
  let best: { from: Point; to: Point } | null = null;
  for (let i = 1; i < line.length; i++) {
    const [from, to] = [line[i - 1], line[i]];
    if (!from || !to || from.n !== to.n) continue;
    if (!best || daysBetween(from.day, to.day) > daysBetween(best.from.day, best.to.day)) best = { from, to };
  }
  return best;
}

/** The first day on which a running streak would be longer than the record; null where it is the record or does not run. */
export function wouldBreak(streaks: readonly Streak[]): { n: number; day: string; record: number } | null {
  const now = streaks.findLast((s) => s.running && !s.undated);
  const record = Math.max(0, ...streaks.filter((s) => s !== now).map((s) => s.n));
  if (!now || now.n > record) return null;
  const bridged = now.row.days_span - now.n;
  return { n: record + 1, day: plusDays(now.start, record + bridged), record };
}

/** A step of 1, 2 or 5 that cuts a scale into a few parts. */
export function stepOf(most: number, parts = 4): number {
  if (!(most > 0)) return 1;
  const raw = most / parts;
  const ten = 10 ** Math.floor(Math.log10(raw));
  return [1, 2, 5, 10].map((n) => n * ten).find((n) => n >= raw) ?? 10 * ten;
}

export const ticks = (most: number, parts = 4): number[] => {
  const step = stepOf(most, parts);
  return Array.from({ length: Math.floor(most / step) }, (_, i) => (i + 1) * step);
};

export interface Axis {
  readonly first: string;
  readonly last: string;
  readonly x: (day: string) => number;
  readonly years: readonly number[];
}

/** From the start of the year of the first day to the end of the month after the last. */
export function axisOf(days: readonly string[], left: number, right: number): Axis | null {
  const sorted = [...days].sort();
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (!low || !high) return null;
  const first = `${low.slice(0, 4)}-01-01`;
  const end = new Date(msOf(high));
  const last = dayOf(Date.UTC(end.getUTCFullYear(), end.getUTCMonth() + 1, 1));
  const [a, b] = [msOf(first), msOf(last)];
  const x = (day: string) => left + ((right - left) * (msOf(day) - a)) / (b - a);
  const years: number[] = [];
  for (let y = yearOf(first); y <= yearOf(last); y++) if (`${y}-01-01` < last) years.push(y);
  return { first, last, x, years };
}

/** Series of whole years on the same waters as this one, counting days: the wide one first, then those within it. */
export function yearly(of: SeriesRow, rows: readonly SeriesRow[]): SeriesRow[] {
  const same = rows.filter(
    (r) =>
      r.window === "longer" &&
      r.unit === "calendar_days" &&
      r.office === of.office &&
      r.fleet === of.fleet &&
      r.fleet !== "" &&
      r.counts_in.some((z) => of.counts_in.includes(z)),
  );
  return same.sort(
    (a, b) => Number(b.area === of.area) - Number(a.area === of.area) || b.counts_in.length - a.counts_in.length,
  );
}

/** Values by year, of the windows that are whole years. */
export function byYear(rows: readonly TrendRow[], value: (row: TrendRow) => number | null): Map<number, number> {
  const out = new Map<number, number>();
  for (const row of rows) {
    const n = value(row);
    if (/^\d{4}$/.test(row.period) && n !== null) out.set(Number(row.period), n);
  }
  return out;
}

/** The daily series that stand under the streaks, a unit each: those named, else the fullest of two units. */
export function besides(named: readonly string[], rows: readonly SeriesRow[], most = 2): SeriesRow[] {
  const daily = rows.filter((r) => r.window === "day");
  const chosen = named.flatMap((id) => daily.filter((r) => r.series === id));
  if (named.length) return chosen.slice(0, most);
  const out: SeriesRow[] = [];
  while (out.length < most) {
    const next = fullest(daily.filter((r) => out.every((o) => o.unit !== r.unit)));
    if (!next) break;
    out.push(next);
  }
  return out;
}

/** `2022-11-15: what changed` as its day and its words. */
export function breakOf(text: string): { day: string; why: string } | null {
  const found = /^(\d{4}-\d{2}-\d{2}): (.*)$/s.exec(text);
  return found ? { day: found[1] ?? "", why: found[2] ?? "" } : null;
}

export type LaneId = "g7" | "pair" | "three" | "others";

/** Statements in four lanes: the G7, the two parties that meet most, three parties, all others. */
export function lanesOf(rows: readonly StatementRow[]): {
  pair: readonly string[];
  lanes: Record<LaneId, StatementRow[]>;
} {
  const pairs = new Map<string, number>();
  const key = (r: StatementRow) => [...r.parties].sort().join(",");
  for (const r of rows) if (r.parties.length === 2) pairs.set(key(r), (pairs.get(key(r)) ?? 0) + 1);
  const most = [...pairs].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? "";
  const lanes: Record<LaneId, StatementRow[]> = { g7: [], pair: [], three: [], others: [] };
  for (const r of rows) {
    const lane = r.forum.startsWith("g7")
      ? "g7"
      : key(r) === most
        ? "pair"
        : r.parties.length === 3
          ? "three"
          : "others";
    lanes[lane].push(r);
  }
  return { pair: most ? most.split(",") : [], lanes };
}
