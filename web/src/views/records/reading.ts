/** What the records ask for and what came back. */
import { useMemo } from "preact/hooks";
import { type Answer, useRows } from "../../api/client";
import { meta } from "../../api/meta";
import { fleet, zones } from "../../state/state";
import { param, params } from "../../state/url";
import { type Counted, choose, daily, fullest, idOf, type SeriesRow } from "../calendar/choose";
import type { RecordRow } from "../calendar/rings";
import {
  besides,
  byYear,
  placed,
  type StatementRow,
  type Streak,
  type StreakRow,
  type TrendRow,
  yearly,
} from "./model";

export interface YearLane {
  readonly name: SeriesRow | null;
  readonly values: ReadonlyMap<number, number>;
}

export interface TrendLane {
  readonly series: SeriesRow;
  readonly months: readonly TrendRow[];
  readonly answer: Answer<readonly TrendRow[]>;
}

export interface Reading {
  readonly listed: Answer<readonly SeriesRow[]>;
  readonly series: readonly SeriesRow[];
  readonly of: Counted | null;
  readonly answer: Answer<readonly StreakRow[]>;
  readonly rows: readonly StreakRow[];
  readonly streaks: readonly Streak[];
  readonly records: readonly RecordRow[];
  readonly since: string | null;
  /** Days in the year: the wide series, then the one within it. */
  readonly outer: YearLane | null;
  readonly inner: YearLane | null;
  readonly trends: readonly TrendLane[];
  readonly statements: readonly StatementRow[];
}

const EMPTY: readonly never[] = [];
const listOf = <T>(answer: Answer<readonly T[]>): readonly T[] => (answer.state === "ok" ? answer.data : EMPTY);

/** The series of streaks: the one named, that of the zones named, else what an office publishes as streaks. */
export function seriesFor(rows: readonly SeriesRow[]): Counted | null {
  const wish = { series: param("series") || null, zones: zones.value, fleet: fleet.value, beside: null };
  if (wish.series || wish.zones.length) return choose(wish, rows, meta.value)?.large ?? null;
  const row = fullest(rows.filter((r) => r.window === "span")) ?? fullest(daily(rows));
  return row ? { by: "office", row } : null;
}

export function useReading(): Reading {
  const listed = useRows<SeriesRow>("series").value;
  const series = listOf(listed);
  const of = listed.state === "loading" ? null : seriesFor(series);
  const id = of ? idOf(of) : "";
  const answer = useRows<StreakRow>(of ? "streaks" : null, { series: id }).value;
  const rows = listOf(answer);
  const streaks = useMemo(() => placed(rows), [rows]);
  const records = listOf(useRows<RecordRow>(of ? "records" : null, recordsOf(of)).value);
  const years = useYears(of, series);
  const trends = useTrends(series);
  const statements = listOf(useRows<StatementRow>("statements").value);
  const own = of?.by === "office" ? of.row.first_day : (rows.find((r) => r.start_day)?.start_day ?? null);
  const since = records.find((r) => r.series_start)?.series_start ?? own;
  return { listed, series, of, answer, rows, streaks, records, since, ...years, trends, statements };
}

/** Records of what is published as streaks are asked by zone, which also tells since when the series runs. */
function recordsOf(of: Counted | null) {
  if (of?.by === "office" && of.row.window === "span")
    return { zone: of.row.area, fleet: of.row.fleet, source: of.row.office };
  return { series: of ? idOf(of) : "" };
}

function useYears(
  of: Counted | null,
  series: readonly SeriesRow[],
): { outer: YearLane | null; inner: YearLane | null } {
  const lanes = of?.by === "office" ? yearly(of.row, series) : [];
  const [wide = null, within = null] = lanes;
  const id = wide?.series ?? (of ? idOf(of) : null);
  const outer = listOf(useRows<TrendRow>(id ? "trends" : null, { series: id, by: "year" }).value);
  const inner = listOf(useRows<TrendRow>(within ? "trends" : null, { series: within?.series ?? "", by: "year" }).value);
  return useMemo(
    () => ({
      outer: outer.length ? { name: wide, values: byYear(outer, (r) => (wide ? r.total : r.days_with)) } : null,
      inner: within && inner.length ? { name: within, values: byYear(inner, (r) => r.total) } : null,
    }),
    [outer, inner, wide, within],
  );
}

function useTrends(series: readonly SeriesRow[]): TrendLane[] {
  const [a = null, b = null] = besides(params("beside"), series);
  const one = useRows<TrendRow>(a ? "trends" : null, { series: a?.series ?? "", by: "month" }).value;
  const two = useRows<TrendRow>(b ? "trends" : null, { series: b?.series ?? "", by: "month" }).value;
  const out: TrendLane[] = [];
  if (a) out.push({ series: a, months: listOf(one), answer: one });
  if (b) out.push({ series: b, months: listOf(two), answer: two });
  return out;
}
