import { describe, expect, it } from "vitest";
import { cut, path, placed, thinned, widthOf, windowOf } from "./frame";

const MERC = (lat: number) => Math.log(Math.tan(Math.PI / 4 + (lat * Math.PI) / 360));

describe("the window of a sketch", () => {
  it("holds every place and has the shape of the sheet", () => {
    const places = [[122.87, 25.16], [120.6, 20.9]]; // biome-ignore format: places
    for (const [w, h] of [
      [320, 538],
      [600, 200],
    ] as const) {
      // biome-ignore format: sizes
      const [west, south, east, north] = windowOf(places, w, h) ?? [0, 0, 0, 0];
      expect(west).toBeLessThan(120.6);
      expect(east).toBeGreaterThan(122.87);
      expect(south).toBeLessThan(20.9);
      expect(north).toBeGreaterThan(25.16);
      const wide = ((east - west) * Math.PI) / 180;
      expect(wide / (MERC(north) - MERC(south))).toBeCloseTo(w / h, 6);
    }
  });
  it("does not shrink to a point, and is none without places", () => {
    const [west, , east] = windowOf([[120, 24]], 300, 300) ?? [0, 0, 0, 0];
    expect(east - west).toBeCloseTo(0.5, 6);
    expect(windowOf([], 300, 300)).toBeNull();
  });
});

describe("lines", () => {
  it("cuts a ring to a rectangle", () => {
    const ring = [[-10, -10], [20, -10], [20, 5], [-10, 5]] as [number, number][]; // biome-ignore format: a ring
    const seen = cut(ring, [0, 0, 10, 10]);
    const xs = seen.map((p) => p[0]);
    const ys = seen.map((p) => p[1]);
    expect([Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)]).toEqual([0, 10, 0, 5]);
    expect(cut([[20, 20], [30, 20], [30, 30]], [0, 0, 10, 10])).toEqual([]); // biome-ignore format: a ring
  });
  it("leaves out what lies too near, never the ends", () => {
    const line = [[0, 0], [0.1, 0], [5, 0], [5.1, 0]] as [number, number][]; // biome-ignore format: a line
    expect(thinned(line, 1)).toEqual([[0, 0], [5, 0], [5.1, 0]]); // biome-ignore format: a line
    expect(path([[1, 2]])).toBe("");
    expect(path([[0, 0], [1, 2.25]], true)).toBe("M0.0 0.0L1.0 2.3Z"); // biome-ignore format: a line
  });
});

describe("words", () => {
  const word = (x: number, y: number) => ({ text: "Yonaguni", x, y, anchor: "start" as const, class: "" });
  it("takes the next place where the first is taken, and none where all are", () => {
    const out = placed([[word(20, 20)], [word(22, 22), word(20, 60)], [word(21, 21)]], 200, 200);
    expect(out.map((w) => w.y)).toEqual([20, 60]);
  });
  it("stays in the frame", () => {
    expect(placed([[word(190, 20)]], 200, 200)).toEqual([]);
  });
  it("knows that an ideograph is wide", () => {
    expect(widthOf("臺灣")).toBe(22);
    expect(widthOf("ab")).toBeLessThan(13);
  });
});
