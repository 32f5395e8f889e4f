import { describe, expect, it } from "vitest";
import { contextOf, ticks } from "./axis";
import { differing } from "./Context";
import { apart_nm, boxToShow, fixesAt, hullOf, silences, type Track } from "./data";

const H = 3_600_000;
const piece = (mmsi: number, start_h: number, lons: number[], gap_before_s: number | null): Track => ({
  type: "Feature",
  geometry: { type: "LineString", coordinates: lons.map((lon) => [lon, 20]) },
  properties: {
    mmsi,
    track: `${mmsi}@${start_h}`,
    name: null,
    t_ms: lons.map((_, i) => (start_h + i) * H),
    speed_kn: lons.map(() => 10),
    gap_before_s,
  },
});

describe("silences", () => {
  it("lie between the end of one piece and the start of the next of the same hull", () => {
    const found = silences([
      piece(2, 0, [1, 2], null),
      piece(1, 0, [120, 121], null),
      piece(1, 9, [123, 124], 8 * 3600),
    ]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ mmsi: 1, from_ms: H, to_ms: 9 * H, from: [121, 20], to: [123, 20] });
  });
  it("have no known beginning where the piece before is not in the window", () => {
    const [gap] = silences([piece(1, 9, [123, 124], 8 * 3600)]);
    expect(gap).toMatchObject({ from_ms: H, from: null, to: [123, 20] });
  });
  it("do not join two ships that share a number", () => {
    const [gap] = silences([
      piece(1, 0, [120, 121], null),
      piece(1, 0.5, [10, 11], null),
      piece(1, 9, [123, 124], 7.5 * 3600),
    ]);
    expect(gap?.from).toEqual([11, 20]);
    const [other] = silences([piece(1, 0, [120, 121], null), piece(1, 9, [123, 124], 3 * 3600)]);
    expect(other?.from).toBeNull();
  });
});

describe("the last position of a hull", () => {
  const pieces = [piece(1, 0, [120, 121, 122], null), piece(1, 9, [130], 7 * 3600)];
  it("is never one of the future, and none before the first", () => {
    expect(fixesAt(pieces, -1).size).toBe(0);
    expect(fixesAt(pieces, 0).get(1)?.at).toEqual([120, 20]);
    expect(fixesAt(pieces, 1.9 * H).get(1)?.at).toEqual([121, 20]);
    expect(fixesAt(pieces, 8.9 * H).get(1)?.at).toEqual([122, 20]);
    expect(fixesAt(pieces, 99 * H).get(1)?.at).toEqual([130, 20]);
  });
  it("points where it came from to, where no course was sent", () => {
    expect(fixesAt(pieces, H).get(1)?.course_deg).toBeCloseTo(90, 6);
  });
});

describe("selections", () => {
  it("name a hull by number or by the id of an event", () => {
    expect(hullOf("620999315")).toBe(620999315);
    expect(hullOf("visit:taiwan-contiguous-zone@tw:620999315:20260817T133234Z")).toBe(620999315);
    expect(hullOf("gap:620999315:2026-08-15T15:11:30Z")).toBe(620999315);
    expect(hullOf("streak:x")).toBeNull();
    expect(hullOf(null)).toBeNull();
  });
});

describe("distances", () => {
  it("make a degree of a meridian sixty miles, within the flattening of the Earth", () => {
    expect(apart_nm([120, 20], [120, 21])).toBeCloseTo(60.04, 1);
  });
});

describe("the box to show", () => {
  it("holds all of the tracks, and of far zones only what lies near", () => {
    const box = boxToShow([piece(1, 0, [120, 122], null)], [[100, 10, 140, 30]], null);
    expect(box?.[0]).toBeLessThan(120);
    expect(box?.[0]).toBeGreaterThan(118);
    expect(box?.[2]).toBeGreaterThan(122);
  });
  it("is that of the chosen hull alone", () => {
    const all = [piece(1, 0, [120, 122], null), piece(2, 0, [10, 11], null)];
    expect(boxToShow(all, [], 2)?.[2]).toBeLessThan(13);
  });
});

describe("the time bar", () => {
  const day = 24 * H;
  it("puts ticks within the window, at midnights of the clock, with room for their labels", () => {
    for (const days of [1, 3, 7, 30, 200, 900, 4000]) {
      const span = { since_ms: Date.UTC(2026, 0, 5, 7), until_ms: Date.UTC(2026, 0, 5, 7) + days * day };
      const found = ticks(span, 900, 76);
      expect(found.length).toBeGreaterThan(0);
      expect(found.length).toBeLessThanOrEqual(13);
      for (const { at, form } of found) {
        expect(at).toBeGreaterThanOrEqual(span.since_ms);
        expect(at).toBeLessThan(span.until_ms);
        if (form !== "hm") expect(at % day).toBe(0);
      }
    }
  });
  it("shows round a window more than the window, at whole days", () => {
    for (const long of [H, day, 7 * day, 365 * day, 9000 * day]) {
      const span = { since_ms: Date.UTC(2020, 0, 1, 5), until_ms: Date.UTC(2020, 0, 1, 5) + long };
      const ctx = contextOf(span);
      expect(ctx.since_ms).toBeLessThanOrEqual(span.since_ms);
      expect(ctx.until_ms).toBeGreaterThanOrEqual(span.until_ms);
      expect(ctx.since_ms % day).toBe(0);
    }
  });
  it("says of names that differ only what differs", () => {
    expect(differing(["Chinese Navy ships around Taiwan", "Chinese official ships around Taiwan"])).toEqual([
      "Navy",
      "official",
    ]);
    expect(differing(["臺海周邊共艦", "臺海周邊公務船"])).toEqual(["共艦", "公務船"]);
    expect(differing(["one"])).toEqual(["one"]);
  });
});
