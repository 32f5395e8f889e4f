import { describe, expect, it } from "vitest";
import { degrees, gradeFor, scaleOf, viewOf } from "./frame";

describe("degrees of the border", () => {
  it("are written as a chart writes them, also beyond the antimeridian", () => {
    expect(degrees(121 * 60, "EW")).toBe("121°E");
    expect(degrees(24 * 60 + 30, "NS")).toBe("24°30′N");
    expect(degrees(-(10 * 60 + 5), "NS")).toBe("10°05′S");
    expect(degrees(181 * 60, "EW")).toBe("179°W");
    expect(degrees(0, "EW")).toBe("0°");
  });
  it("stand no closer than their labels need", () => {
    for (const px of [0.05, 0.3, 1, 4, 20, 90]) {
      const [label, fine] = gradeFor(px, false);
      expect(label * px).toBeGreaterThanOrEqual(74);
      expect(label % fine).toBeCloseTo(0, 9);
    }
  });
});

describe("a Mercator view", () => {
  it("puts equal angles at equal scale: a small square stays a square", () => {
    const view = viewOf(
      1000,
      1000 * ((Math.asinh(Math.tan(0.6)) - Math.asinh(Math.tan(0.3))) / (20 * (Math.PI / 180))),
      [110, (0.3 * 180) / Math.PI, 130, (0.6 * 180) / Math.PI],
    );
    const lat = 25;
    const east = view.x(120.01) - view.x(120);
    const north = view.y(lat) - view.y(lat + 0.01 * Math.cos((lat * Math.PI) / 180));
    expect(east).toBeCloseTo(north, 3);
  });
  it("measures a degree of longitude at the equator as sixty miles", () => {
    const view = viewOf(600, 600, [0, -0.5, 1, 0.5]);
    expect(scaleOf(view, 1000).px).toBeCloseTo(10, 6);
    expect(scaleOf(view, 320).whole).toBe(30);
  });
});
