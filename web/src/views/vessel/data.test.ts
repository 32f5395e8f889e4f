import { describe, expect, it } from "vitest";
import { at, type Claim, changes, claimLanes, clusters, fixes, knots, lanesOf, meets, midnights, midOf, mmsiOf, ownWindow, type Passage, type Track, typeClass, type Vessel, type Visit } from "./data"; // biome-ignore format: one thought

const DAY = 86_400_000;
const claim = (field: string, value: string, first: string, last = first): Claim => ({ field, value, first_utc: first, last_utc: last, messages_n: 1, path: "/a/b.csv", row: 7 }); // biome-ignore format: one thought
const vessel = (more: Partial<Vessel>): Vessel => ({
  mmsi: 413482360, name: null, callsign: null, imo: null, ship_type: null, flag: null, fleets: [], first_day: null, last_day: null,
  first_utc: null, last_utc: null, claims: [], memberships: [], visits: [], passages: [], gaps: [], ...more,
}); // biome-ignore format: one thought
const visit = (zone_id: string, entry: string) =>
  ({ zone_id, entry_t_utc: entry, event_id: `visit:${zone_id}:1:${entry}` }) as unknown as Visit;
const passage = (gate_id: string, t_utc: string) => ({ gate_id, t_utc }) as unknown as Passage;

describe("what a selection names", () => {
  it("takes a number, or that of an event", () => {
    expect(mmsiOf("620999315")).toBe(620999315);
    expect(mmsiOf("visit:taiwan-contiguous-zone@tw:620999315:20260817T133234Z")).toBe(620999315);
    expect(mmsiOf("day:taiwan-contiguous-zone@tw:any:ais:2026-08-13")).toBeNull();
    expect(mmsiOf("<script>")).toBeNull();
    expect(mmsiOf(null)).toBeNull();
  });
  it("finds the digits that name a state in ships' numbers only", () => {
    expect(midOf(620999315)).toBe("620");
    expect(midOf(2241076)).toBeNull(); // 00MIDxxxx: a coast station
    expect(midOf(111232512)).toBeNull(); // an aircraft
  });
});

describe("windows", () => {
  it("is cut at midnights of the clock shown, and at 31 days", () => {
    const v = vessel({ first_utc: "2026-08-13T03:05:34Z", last_utc: "2026-08-19T17:22:27Z" });
    expect(ownWindow(v, 0)).toEqual({ since_ms: at("2026-08-13T00:00:00Z"), until_ms: at("2026-08-20T00:00:00Z") });
    expect(ownWindow(v, 8 * 3_600_000)?.until_ms).toBe(at("2026-08-20T16:00:00Z"));
    const long = ownWindow(vessel({ first_utc: "2020-01-01T00:00:00Z", last_utc: "2026-08-19T17:22:27Z" }), 0);
    expect((long?.until_ms ?? 0) - (long?.since_ms ?? 0)).toBe(31 * DAY);
    expect(ownWindow(vessel({}), 0)).toBeNull();
  });
  it("shows an event whenever its interval meets the window, with an open end too", () => {
    const w = { since_ms: 100, until_ms: 200 };
    expect(meets(50, 100, w)).toBe(true);
    expect(meets(50, 99, w)).toBe(false);
    expect(meets(200, 300, w)).toBe(false);
    expect(meets(150, Number.NaN, w)).toBe(true);
    expect(meets(Number.NaN, Number.NaN, w)).toBe(true);
  });
  it("moves the day lines with the clock, not the events", () => {
    const w = { since_ms: at("2026-08-13T00:00:00Z"), until_ms: at("2026-08-15T00:00:00Z") };
    expect(midnights(w, 800, 0, 60).map((m) => new Date(m.ms).toISOString())).toContain("2026-08-14T00:00:00.000Z");
    expect(midnights(w, 800, 9 * 3_600_000, 60).map((m) => new Date(m.ms).toISOString())).toContain(
      "2026-08-13T15:00:00.000Z",
    );
    const year = midnights({ since_ms: w.since_ms, until_ms: w.since_ms + 365 * DAY }, 800, 0, 60);
    expect(year.filter((m) => m.labelled).length).toBeLessThan(15);
  });
});

describe("lanes", () => {
  const kinds: Record<string, string> = { a: "eez", b: "territorial_sea", c: "contiguous_zone" };
  const visits = [visit("a", "2026-01-01T00:00:00Z"), visit("c", "2026-01-02T00:00:00Z"), visit("b", "2026-01-03T00:00:00Z"), visit("b", "2026-01-01T00:00:00Z")]; // biome-ignore format: one thought
  it("puts the nearest kinds first, and what was asked for before all", () => {
    const kindOf = (z: string) => kinds[z] ?? "";
    expect(lanesOf(visits, kindOf, []).map((l) => l.zone_id)).toEqual(["b", "c", "a"]);
    expect(lanesOf(visits, kindOf, ["a"]).map((l) => l.zone_id)).toEqual(["a", "b", "c"]);
    const [first] = lanesOf(visits, kindOf, []);
    expect(first?.visits.map((v) => v.entry_t_utc)).toEqual(["2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"]);
  });
  it("joins passages of one gate that stand close", () => {
    const p = [passage("g", "2026-01-01T00:00:00Z"), passage("g", "2026-01-01T01:00:00Z"), passage("h", "2026-01-01T01:30:00Z"), passage("g", "2026-01-03T00:00:00Z")]; // biome-ignore format: one thought
    expect(clusters(p, 2 * 3_600_000).map((c) => [c.gate_id, c.n])).toEqual([["g", 2], ["h", 1], ["g", 1]]); // biome-ignore format: one thought
  });
  it("draws a claim until another takes its place, and tells the instant", () => {
    const v = vessel({
      last_utc: "2026-08-15T00:00:00Z",
      claims: [
        claim("name", "ZHONGGUO HAIJING3901", "2015-01-01T00:00:00Z", "2025-05-01T00:00:00Z"),
        claim("name", "CAPTAIN ASLEEP", "2025-05-23T00:00:00Z"),
        claim("imo", "9756028", "2015-01-01T00:00:00Z"),
      ],
    });
    const lanes = claimLanes(v);
    expect(lanes.map((l) => l.field)).toEqual(["name", "imo"]);
    expect(lanes[0]?.spells[0]?.to_ms).toBe(at("2025-05-23T00:00:00Z"));
    expect(lanes[0]?.spells[1]?.to_ms).toBe(at("2026-08-15T00:00:00Z"));
    expect(lanes[0]?.spells[0]?.source).toBe("b.csv:7");
    expect(changes(lanes)).toEqual([at("2025-05-23T00:00:00Z")]);
  });
});

describe("figures", () => {
  it("has a round scale at or above the fastest", () => {
    expect(knots(11.9)).toEqual({ top: 12, steps: [4, 8, 12] });
    expect(knots(0.4).top).toBeGreaterThanOrEqual(0.4);
    for (let kn = 0.1; kn < 102; kn += 0.7) {
      const { top, steps } = knots(kn);
      expect(top).toBeGreaterThanOrEqual(kn);
      expect(steps.at(-1)).toBe(top);
      expect(steps.length).toBeLessThanOrEqual(4);
    }
  });
  it("names types as ITU-R M.1371-5 does", () => {
    expect(typeClass("80")).toBe("tanker");
    expect(typeClass("35")).toBe("military");
    expect(typeClass("55")).toBe("law");
    expect(typeClass("0")).toBeNull();
    expect(typeClass("1000")).toBeNull();
    expect(typeClass(null)).toBeNull();
  });
  it("reads positions of a line and of a point", () => {
    const line = { type: "Feature", geometry: { type: "LineString", coordinates: [[1, 2], [3, 4]] }, properties: { t_ms: [5, 6], speed_kn: [null, 7] } } as unknown as Track; // biome-ignore format: one thought
    expect(fixes(line)).toEqual([{ t_ms: 5, lon: 1, lat: 2, speed_kn: null }, { t_ms: 6, lon: 3, lat: 4, speed_kn: 7 }]); // biome-ignore format: one thought
    const point = {
      type: "Feature",
      geometry: { type: "Point", coordinates: [1, 2] },
      properties: { t_ms: [5], speed_kn: [1] },
    } as unknown as Track;
    expect(fixes(point)).toHaveLength(1);
  });
});
