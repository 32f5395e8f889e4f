import { describe, expect, it } from "vitest";
import type { SeriesRow } from "../calendar/choose";
import { daysBetween, plusDays } from "../calendar/days";
import {
  axisOf,
  besides,
  breakOf,
  byYear,
  highWater,
  lanesOf,
  longestLevel,
  placed,
  type StatementRow,
  type StreakRow,
  stepOf,
  ticks,
  wouldBreak,
  yearly,
} from "./model";

const BASE: StreakRow = {
  figure_id: "",
  start_day: null,
  end_day: null,
  days_observed: 0,
  days_span: 0,
  is_running: false,
  is_record: false,
  ended_by: "not_observed",
  ended_because: "",
  broke: null,
  broke_days: null,
  broke_on_day: null,
  not_before: null,
  not_after: null,
};
const streak = (
  start: string,
  n: number,
  broke: [number, string] | null = null,
  more: Partial<StreakRow> = {},
): StreakRow => ({
  ...BASE,
  figure_id: `streak:${start}`,
  start_day: start,
  end_day: plusDays(start, n - 1),
  days_observed: n,
  days_span: n,
  ...(broke ? { broke: "it", broke_days: broke[0], broke_on_day: broke[1] } : {}),
  ...more,
});
/** The Japan Coast Guard's streaks round the Senkaku Islands, as published. */
const UNDATED = {
  ...BASE,
  figure_id: "u",
  days_observed: 64,
  days_span: 64,
  not_before: "2019-04-01",
  not_after: "2019-06-30",
};
const JCG = [
  UNDATED,
  streak("2020-04-14", 111, [64, "2020-06-17"]),
  streak("2021-02-13", 157, [111, "2021-06-04"]),
  streak("2023-12-22", 215, [157, "2024-05-27"]),
  streak("2024-11-19", 335, [215, "2025-06-22"]),
  streak("2025-11-15", 82, null, { is_running: true, ended_by: "data_end" }),
];

describe("streaks on an axis", () => {
  it("end on the days that were published", () => {
    expect(
      placed(JCG)
        .map((s) => s.end)
        .slice(1),
    ).toEqual(["2020-08-02", "2021-07-19", "2024-07-23", "2025-10-19", "2026-02-04"]);
  });
  it("without dates stand in the middle of their bounds, as long as they are", () => {
    const s = placed([UNDATED])[0];
    expect(s?.undated).toBe(true);
    expect(daysBetween(s?.start ?? "", s?.end ?? "")).toBe(63);
    expect((s?.start ?? "") >= "2019-04-01" && (s?.end ?? "") <= "2019-06-30").toBe(true);
    expect(placed([{ ...UNDATED, not_before: null, not_after: null }])).toEqual([]);
  });
  it("hold the record if they are the first or broke one", () => {
    expect(placed(JCG).map((s) => s.held)).toEqual([true, true, true, true, true, false]);
  });
});

describe("the high-water mark", () => {
  const mark = highWater(placed(JCG), "2026-09-01");
  it("is broken on the day after as many days as the record", () => {
    expect(mark.broken.map((p) => [p.day, p.n])).toEqual([
      ["2020-06-17", 64],
      ["2021-06-04", 111],
      ["2024-05-27", 157],
      ["2025-06-22", 215],
    ]);
    for (const [i, s] of placed(JCG).slice(1, 5).entries())
      expect(mark.broken[i]?.day).toBe(plusDays(s.start, mark.broken[i]?.n ?? 0));
  });
  it("never falls, and reaches the end of the axis", () => {
    const ns = mark.line.map((p) => p.n);
    expect(ns).toEqual([...ns].sort((a, b) => a - b));
    expect(mark.line.at(-1)).toEqual({ day: "2026-09-01", n: 335 });
    expect(longestLevel(mark.line)?.from.n).toBe(157);
    expect(highWater([], "2026-09-01")).toEqual({ line: [], broken: [] });
  });
});

describe("a running streak", () => {
  it("would break the record on its next day beyond it", () => {
    expect(wouldBreak(placed(JCG))).toEqual({ n: 336, record: 335, day: "2026-10-16" });
  });
  it("that is the record breaks nothing, and neither does one that ended", () => {
    const longest = streak("2025-01-01", 400, [335, "2025-12-02"], { is_running: true, ended_by: "data_end" });
    expect(wouldBreak(placed([...JCG.slice(0, 5), longest]))).toBeNull();
    expect(wouldBreak(placed(JCG.slice(0, 5)))).toBeNull();
  });
});

describe("scales", () => {
  it("step by 1, 2 or 5 and stay below the top", () => {
    expect(ticks(365)).toEqual([100, 200, 300]);
    expect(stepOf(8, 3)).toBe(5);
    for (let most = 1; most < 3000; most += 7) {
      const found = ticks(most);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(4);
      expect(found.at(-1)).toBeLessThanOrEqual(most);
    }
  });
  it("of time begin with a year and hold every day", () => {
    const axis = axisOf(["2019-05-15", "2026-08-07"], 100, 900);
    expect([axis?.first, axis?.last]).toEqual(["2019-01-01", "2026-09-01"]);
    expect(axis?.x("2019-01-01")).toBe(100);
    expect(axis?.x("2026-09-01")).toBe(900);
    expect(axis?.years).toEqual([2019, 2020, 2021, 2022, 2023, 2024, 2025, 2026]);
    expect(axisOf([], 0, 1)).toBeNull();
  });
});

const SERIES = {
  office: "jcg",
  metric: "days",
  unit: "calendar_days",
  window: "longer",
  fleet: "cn-government",
} as SeriesRow;
describe("series under the streaks", () => {
  const wide = { ...SERIES, series: "wide", area: "contiguous@jp", counts_in: ["contiguous@jp", "sea@jp"] };
  const within = { ...SERIES, series: "within", area: "sea@jp", counts_in: ["sea@jp"] };
  const other = { ...SERIES, series: "ships", area: "contiguous@jp", unit: "ship_days", counts_in: ["contiguous@jp"] };
  it("of years are those of the same waters in the same unit, the wide one first", () => {
    const of = {
      ...SERIES,
      window: "span",
      area: "contiguous@jp",
      counts_in: ["contiguous@jp", "sea@jp"],
    } as SeriesRow;
    expect(yearly(of, [within, other, wide]).map((r) => r.series)).toEqual(["wide", "within"]);
  });
  it("take whole years only", () => {
    const rows = [
      { period: "2020-01-01/2020-06-17", total: 159 },
      { period: "2020", total: 333 },
      { period: "2021", total: null },
    ].map((r) => ({ mean: null, days_reported: null, days_with: null, warnings: [], ...r }));
    expect([...byYear(rows, (r) => r.total)]).toEqual([[2020, 333]]);
  });
  it("that are counted daily are two of two units, unless named", () => {
    const day = (series: string, unit: string, days: number) =>
      ({ ...SERIES, series, unit, days, window: "day" }) as SeriesRow;
    const rows = [day("a", "vessels", 10), day("b", "vessels", 9), day("c", "sorties", 8), { ...wide, days: 99 }];
    expect(besides([], rows).map((r) => r.series)).toEqual(["a", "c"]);
    expect(besides(["b", "none"], rows).map((r) => r.series)).toEqual(["b"]);
  });
  it("tell when their form changed", () => {
    expect(breakOf("2022-11-15: until then: 17:00")).toEqual({ day: "2022-11-15", why: "until then: 17:00" });
    expect(breakOf("no day")).toBeNull();
  });
});

describe("statements", () => {
  const text = (forum: string, ...parties: string[]) =>
    ({ forum, parties, statement_id: forum }) as unknown as StatementRow;
  it("stand in one lane each", () => {
    const rows = [
      text("g7-leaders", "ca", "us"),
      text("jp-us-leaders", "jp", "us"),
      text("jp-us-2plus2", "us", "jp"),
      text("kr-us-leaders", "kr", "us"),
      text("jp-kr-us-leaders", "jp", "kr", "us"),
    ];
    const { pair, lanes } = lanesOf(rows);
    expect(pair).toEqual(["jp", "us"]);
    expect([lanes.g7.length, lanes.pair.length, lanes.three.length, lanes.others.length]).toEqual([1, 2, 1, 1]);
  });
});
