import { describe, expect, it } from "vitest";
import {
  binsOf,
  byDay,
  dayFrom,
  dayOf,
  daysIn,
  monthTotals,
  plusDays,
  plusMonths,
  reach,
  stepOf,
  weekday,
  weekOf,
  windowOf,
  yearsShown,
} from "./days";

const row = (day: string, state: string, value?: number | null) => ({
  day,
  state,
  ...(value === undefined ? {} : { value }),
  window_start_utc: null,
  window_end_utc: null,
});

describe("dates", () => {
  it("agree with the platform's calendar on every day of forty years", () => {
    for (let ms = Date.UTC(2000, 0, 1); ms < Date.UTC(2040, 0, 1); ms += 86_400_000) {
      const day = dayOf(ms);
      expect(plusDays(day, 1)).toBe(new Date(ms + 86_400_000).toISOString().slice(0, 10));
      expect(weekday(day)).toBe([6, 0, 1, 2, 3, 4, 5][new Date(ms).getUTCDay()]);
    }
  });
  it("give each day of a year its own cell, weeks from Monday", () => {
    for (const year of [2020, 2022, 2023, 2024, 2028]) {
      const cells = new Set<string>();
      for (let day = `${year}-01-01`; day <= `${year}-12-31`; day = plusDays(day, 1)) {
        expect(weekOf(day)).toBeLessThan(54);
        cells.add(`${weekOf(day)}/${weekday(day)}`);
      }
      expect(cells.size).toBe(daysIn(`${year}-02`) + 337);
    }
  });
  it("step months over years", () => {
    expect(plusMonths("2026-08", -3)).toBe("2026-05");
    expect(plusMonths("2026-11", 3)).toBe("2027-02");
    expect(plusMonths("2024-01", -1)).toBe("2023-12");
    expect(daysIn("2024-02")).toBe(29);
  });
});

describe("a day", () => {
  it("keeps zero, blank and unobservable apart", () => {
    expect(dayFrom(row("2026-01-01", "observed", 7))).toMatchObject({ state: "value", value: 7 });
    expect(dayFrom(row("2026-01-01", "not_observed", 0))).toMatchObject({ state: "zero", value: 0 });
    expect(dayFrom(row("2026-01-01", "not_reported", null))).toMatchObject({ state: "blank", value: null });
    expect(dayFrom(row("2026-01-01", "unobservable", null))).toMatchObject({ state: "unobservable", value: null });
  });
  it("of watch days takes the hulls, and none of a day that could not be observed", () => {
    const watch = { day: "2026-01-01", window_start_utc: null, window_end_utc: null, hulls_n: 0 };
    expect(dayFrom({ ...watch, state: "unobservable" }).value).toBeNull();
    expect(dayFrom({ ...watch, state: "not_observed" }).value).toBe(0);
    expect(dayFrom({ ...watch, state: "observed", hulls_n: 3 }).value).toBe(3);
  });
  it("that an office says was without a ship is zero even where hulls are null", () => {
    const office = { day: "2026-01-01", window_start_utc: null, window_end_utc: null, hulls_n: null };
    expect(dayFrom({ ...office, state: "not_observed" }).state).toBe("zero");
    expect(dayFrom({ ...office, state: "observed" }).state).toBe("blank");
  });
});

describe("steps", () => {
  it("are bins without holes or overlaps that hold every value", () => {
    let seed = 7;
    const next = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648;
      return seed / 2147483648;
    };
    for (let round = 0; round < 200; round++) {
      const values = Array.from({ length: 1 + Math.floor(next() * 60) }, () => Math.floor(next() * 30));
      const bins = binsOf(values);
      expect(bins.length).toBeLessThanOrEqual(5);
      bins.slice(1).forEach((bin, i) => {
        expect(bins[i]?.high).toBe(bin.low - 1);
      });
      for (const v of values.filter((x) => x > 0)) {
        expect(bins.filter((b) => v >= b.low && (b.high === null || v <= b.high))).toHaveLength(1);
        expect(stepOf(v, bins)).toBeGreaterThan(0);
      }
      const ordered = [...values].sort((a, b) => a - b).map((v) => stepOf(v, bins));
      expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
    }
  });
  it("draw nothing for zero and for nothing known", () => {
    const bins = binsOf([1, 2, 3, 9]);
    expect(stepOf(0, bins)).toBe(0);
    expect(stepOf(null, bins)).toBe(0);
    expect(stepOf(9, bins)).toBe(5);
    expect(stepOf(1, binsOf([1, 1, 1]))).toBe(3);
  });
});

describe("strips", () => {
  it("show five years at most, with the one at hand among them", () => {
    expect(yearsShown(2022, 2026, 2026)).toEqual([2022, 2023, 2024, 2025, 2026]);
    expect(yearsShown(2012, 2026, 2026)).toEqual([2022, 2023, 2024, 2025, 2026]);
    expect(yearsShown(2012, 2026, 2014)).toEqual([2014, 2015, 2016, 2017, 2018]);
    expect(yearsShown(2026, 2026, 2026)).toEqual([2026]);
    for (let at = 2012; at <= 2026; at++) expect(yearsShown(2012, 2026, at)).toContain(at);
  });
});

describe("a day rule", () => {
  it("gives the instants of its days", () => {
    const iso = (rule: string, day: string) =>
      Object.values(windowOf(day, rule)).map((ms) => new Date(ms).toISOString());
    expect(iso("Asia/Taipei 06:00", "2026-05-03")).toEqual(["2026-05-02T22:00:00.000Z", "2026-05-03T22:00:00.000Z"]);
    expect(iso("Asia/Tokyo 00:00", "2024-01-01")).toEqual(["2023-12-31T15:00:00.000Z", "2024-01-01T15:00:00.000Z"]);
    expect(iso("UTC 00:00", "2024-02-29")).toEqual(["2024-02-29T00:00:00.000Z", "2024-03-01T00:00:00.000Z"]);
    // the clocks of New York went forward in the night to 10 March 2024: a day of 23 hours
    expect(iso("America/New_York 00:00", "2024-03-10")).toEqual([
      "2024-03-10T05:00:00.000Z",
      "2024-03-11T04:00:00.000Z",
    ]);
  });
});

describe("a month", () => {
  it("sums what is known and says of how many days", () => {
    const days = byDay([
      row("2026-05-01", "observed", 5),
      row("2026-05-02", "not_observed", 0),
      row("2026-05-03", "not_reported", null),
      row("2026-06-01", "observed", 9),
    ]);
    expect(monthTotals("2026-05", days)).toEqual({ reported: 2, sum: 5, with: 1 });
    expect(monthTotals("2026-04", days)).toEqual({ reported: 0, sum: 0, with: 0 });
    expect(reach(days)).toEqual({ first: "2026-05-01", last: "2026-06-01" });
    expect(reach(new Map())).toBeNull();
  });
});
