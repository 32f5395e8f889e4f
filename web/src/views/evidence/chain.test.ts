import { describe, expect, it } from "vitest";
import { hullsOf, type Link, share, stepsOf } from "./chain";

const link = (level: number, kind: string, text: string, more: Partial<Link> = {}): Link => ({ level, kind, text, id: null, file: null, line: null, raw: null, ...more }); // biome-ignore format: one thought

/** As the logbook prints it for the shipped demonstration. */
const ROWS: Link[] = [
  link(0, "figure", "streak of 3 calendar days, 2026-08-17 to 2026-08-19", { id: "streak:z@tw:any:ais:2026-08-17" }),
  link(1, "rule", "ended by data_end: Only 1 unobservable day until 2026-08-20."),
  link(
    1,
    "zone",
    "zone taiwan-contiguous-zone@tw, version 2a9387a065b5ce2b, claimed by tw, in force from 2009-11-18 to now",
  ),
  link(1, "rule", "fleet any (every hull), version 28613c58d69f; days of Asia/Taipei 00:00"),
  link(1, "rule", "parameters: streak.max_unknown_run_d = 3, visit.max_gap_h = 6"),
  link(1, "rule", "data from 2026-08-13T03:05:34Z to 2026-08-19T17:22:27Z"),
  link(1, "rule", "run 20261123T014633.024Z, region pack east_asia 2 (a7e2a3d1a5730f1b)"),
  link(1, "day", "2026-08-17 (2026-08-16T16:00:00Z to 2026-08-17T16:00:00Z): observed, 1 hull (620999315)", {
    id: "day:1",
  }),
  link(2, "visit", "620999315 in z from 2026-08-17T12:57:14.569Z (crossed) to 2026-08-19T00:10:03.896Z (crossed)", { id: "visit:z@tw:620999315:20260817T133234Z" }), // biome-ignore format: one thought
  link(3, "crossing", "entry crossed at 2026-08-17T12:57:14.569Z, 21.533717N 121.651767E"),
  link(4, "position", "before the entry: 2026-08-17T09:31:21Z 21.504890N 121.645850E, 0.5 kn (time: file)"),
  link(5, "raw", "t.csv line 43: x", { file: "/d/t.csv", line: 43, raw: "<script>alert(1)</script>" }),
  link(3, "crossing", "exit last_seen at 2026-08-19T00:10:03.896Z, 21.683332N 121.404712E"),
  link(5, "raw", "t.csv line 12: y", { file: "/d/t.csv", line: 12, raw: "y" }),
  link(5, "raw", "gone.csv row 3: [not kept]", { file: "/d/gone.csv" }),
  link(1, "day", "2026-08-18 (2026-08-17T16:00:00Z to 2026-08-18T16:00:00Z): unobservable (5 listening hours)", {
    id: "day:2",
  }),
  link(2, "visit", "again", { id: "visit:z@tw:620999315:20260817T133234Z" }),
  link(2, "more", "... and 4 more visits; --all opens every one"),
];

describe("steps", () => {
  const steps = stepsOf(ROWS);
  it("reads days with their states, each once", () => {
    expect(steps.days.map((d) => [d.day, d.state])).toEqual([["2026-08-17", "observed"], ["2026-08-18", "unobservable"]]); // biome-ignore format: one thought
  });
  it("tells an event once, and knows its hull", () => {
    expect(steps.events).toHaveLength(1);
    expect(hullsOf(steps.events)).toEqual([620999315]);
  });
  it("sorts raw lines by file and line, keeps the text as it is, and marks those of the entry", () => {
    const [file, gone] = steps.files;
    expect(file?.lines.map((l) => [l.line, l.text, l.entry])).toEqual([[12, "y", false], [43, "<script>alert(1)</script>", true]]); // biome-ignore format: one thought
    expect(gone?.lines[0]).toMatchObject({ missing: true, line: null });
  });
  it("separates parameters, versions and what else was said", () => {
    expect(steps.parameters).toEqual([["streak.max_unknown_run_d", "3"], ["visit.max_gap_h", "6"]]); // biome-ignore format: one thought
    expect(steps.versions.map(([what, value]) => [what, value])).toEqual([
      ["zone", "taiwan-contiguous-zone@tw 2a9387a065b5ce2b"],
      ["fleet", "any 28613c58d69f"],
      ["rule", "Asia/Taipei 00:00"],
      ["data", "2026-08-13T03:05:34Z 2026-08-19T17:22:27Z"],
      ["run", "20261123T014633.024Z"],
      ["pack", "east_asia 2 a7e2a3d1a5730f1b"],
    ]);
    expect(steps.rules.map((r) => r.text)).toEqual(["ended by data_end: Only 1 unobservable day until 2026-08-20."]);
    expect(steps.more).toHaveLength(1);
  });
  it("counts the head as an event where it is one, and stands empty without rows", () => {
    expect(stepsOf(ROWS.slice(8, 12)).events).toHaveLength(1);
    expect(stepsOf([])).toMatchObject({ head: null, days: [], files: [] });
  });
});

describe("share of the way", () => {
  it("is between 0 and 1, or not told", () => {
    expect(share(0, 85, 100)).toBe(0.85);
    expect(share(100, 100, 100)).toBeNull();
    expect(share(Number.NaN, 1, 2)).toBeNull();
    expect(share(0, 3, 2)).toBeNull();
  });
});
