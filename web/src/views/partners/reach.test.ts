import { describe, expect, it } from "vitest";
import { type Agreement, cells, changesOf, layout, type Reach, ties, worthTelling } from "./reach";

const row = (from: string, to: string, kind: string, state: Reach["state"], more: Partial<Reach> = {}): Reach => ({ from, to, kind, state, through: [], agreements: [], purposes: [], label_onward: null, sealed: null, missing: [], opened_by: [], depends_on: [], ...more }); // biome-ignore format: one thought
const agreement = (a: string, b: string, kinds: string[], in_force = true) =>
  ({ id: `${a}-${b}`, parties: [a, b], kinds, in_force }) as unknown as Agreement;

const ROWS = [
  row("jp", "us", "visit", "direct"),
  row("jp", "us", "streak", "direct"),
  row("us", "ph", "visit", "direct"),
  row("us", "ph", "streak", "blocked", { opened_by: ["kind streak in ph-us"] }),
  row("jp", "tw", "visit", "through", { through: ["us"], label_onward: 1 }),
  row("jp", "tw", "streak", "blocked", {
    opened_by: ["kind streak in tw-us", "an agreement of jp and tw", "an agreement of au and tw"],
  }),
  row("ph", "jp", "visit", "blocked", { opened_by: ["onward of 1 in ph-us", "an agreement of jp and ph"] }),
  row("us", "eu", "visit", "blocked", { opened_by: ["an agreement of eu and us"] }),
  row("tw", "us", "visit", "unknown", { depends_on: ["tw and us"] }),
];

describe("cells", () => {
  const found = cells(ROWS);
  it("says what comes of a pair over all kinds", () => {
    const states = [...found.values()].map((c) => [`${c.from} ${c.to}`, c.state]);
    expect(Object.fromEntries(states)).toEqual({
      "jp us": "direct",
      "us ph": "limited",
      "jp tw": "through",
      "ph jp": "consent",
      "us eu": "none",
      "tw us": "unknown",
    });
    expect(found.get("jp tw")?.hubs).toEqual(["us"]);
    expect(found.get("jp tw")?.open.map((r) => r.kind)).toEqual(["visit"]);
  });
  it("tells what would mend what there is, then an agreement of the two, and no other new one", () => {
    const cell = found.get("jp tw");
    expect(cell && worthTelling(cell)).toEqual(["kind streak in tw-us", "an agreement of jp and tw"]);
  });
});

describe("changes", () => {
  it("reads sets of changes from their words", () => {
    expect(changesOf("kind streak in ph-us and onward of 1 in ph-us")).toEqual([
      { what: "kind", name: "streak", agreement: "ph-us" },
      { what: "onward", agreement: "ph-us" },
    ]);
    expect(changesOf("an agreement of jp and tw")).toEqual([{ what: "agreement", a: "jp", b: "tw" }]);
    expect(changesOf("tw-us in force (it ended on 2026-01-01)")).toEqual([{ what: "force", agreement: "tw-us" }]);
    expect(changesOf("something new")).toEqual([{ what: "other", text: "something new" }]);
  });
});

describe("the net", () => {
  const tied = ties(
    [agreement("jp", "us", ["a", "b"]), agreement("tw", "us", ["a"]), agreement("eu", "jp", ["a"], false)],
    2,
  );
  it("knows whole, partial and ended agreements", () => {
    expect(tied).toEqual([
      { a: "jp", b: "us", whole: true, inForce: true },
      { a: "tw", b: "us", whole: false, inForce: true },
      { a: "eu", b: "jp", whole: false, inForce: false },
    ]);
  });
  it("puts every node on the sheet once, none on another", () => {
    for (const n of [1, 2, 3, 6, 12]) {
      const names = Array.from({ length: n }, (_, i) => `p${i}`);
      const places = layout(names, names.slice(1).map((p) => ({ a: "p0", b: p, whole: true, inForce: true })), 500, 340); // biome-ignore format: one thought
      expect(places.map((p) => p.id).sort()).toEqual([...names].sort());
      expect(places[0]?.id).toBe("p0");
      for (const p of places) {
        expect(p.x).toBeGreaterThan(15);
        expect(p.x).toBeLessThan(485);
        expect(p.y).toBeGreaterThan(15);
        expect(p.y).toBeLessThan(325);
        for (const q of places) if (p !== q) expect(Math.hypot(p.x - q.x, p.y - q.y)).toBeGreaterThan(30);
      }
    }
    expect(layout([], [], 500, 340)).toEqual([]);
  });
});
