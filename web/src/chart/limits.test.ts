import type { Position } from "geojson";
import { describe, expect, it } from "vitest";
import { type Box, inForce, landOf, limitLines, offFrame, offLand, within, type ZoneShape } from "./limits";

const square = (w: number, s: number, e: number, n: number): Position[] => [
  [w, s],
  [e, s],
  [e, n],
  [w, n],
  [w, s],
];
const zone = (id: string, kind: string, claimant: string, ring: Position[]): ZoneShape => ({
  type: "Feature",
  geometry: { type: "Polygon", coordinates: [ring] },
  properties: { zone_id: id, kind, claimants: [claimant], names: { en: id }, valid_from: null, valid_to: null },
});
const FRAME: Box = [0, 0, 100, 100];

describe("where waters were cut no limit is drawn", () => {
  it("leaves a ring within the frame whole", () => {
    expect(offFrame(square(10, 10, 20, 20), FRAME)).toEqual([square(10, 10, 20, 20)]);
  });
  it("drops the steps along the frame and joins the rest over the seam", () => {
    const ring = square(0, 10, 20, 20); // its last side lies on the western edge
    expect(offFrame(ring, FRAME)).toEqual([
      [
        [0, 10],
        [20, 10],
        [20, 20],
        [0, 20],
      ],
    ]);
    const turned: Position[] = [
      [20, 20],
      [0, 20],
      [0, 10],
      [20, 10],
      [20, 20],
    ];
    expect(offFrame(turned, FRAME)).toEqual([
      [
        [0, 10],
        [20, 10],
        [20, 20],
        [0, 20],
      ],
    ]);
  });
});

describe("where an outline closes across land no limit is drawn", () => {
  const land = landOf({ type: "FeatureCollection", features: [zone("land", "x", "x", square(0, 0, 10, 10))] });
  it("cuts long steps whose middle lies on land, and keeps those at sea", () => {
    const line: Position[] = [
      [-5, 5],
      [-1, 5],
      [5, 5],
      [8, 5],
      [15, 5],
      [20, 5],
    ];
    expect(offLand(line, land)).toEqual([
      [
        [-5, 5],
        [-1, 5],
      ],
      [
        [8, 5],
        [15, 5],
        [20, 5],
      ],
    ]);
    expect(offLand(line, [])).toEqual([line]);
  });
  it("knows inside from outside of a ring with a bay", () => {
    const bay: Position[] = [
      [0, 0],
      [4, 0],
      [4, 4],
      [2, 1],
      [0, 4],
      [0, 0],
    ];
    expect(within(bay, [2, 0.5])).toBe(true);
    expect(within(bay, [2, 3])).toBe(false);
  });
});

describe("the lines of zones", () => {
  it("are one where zones of one claimant share it, and several where several states draw it", () => {
    const ring = square(10, 10, 20, 20);
    const drawn = limitLines(
      [
        zone("r", "restricted_water", "tw", ring),
        zone("c", "contiguous_zone", "tw", ring),
        zone("j", "contiguous_zone", "jp", ring),
      ],
      FRAME,
    );
    expect(drawn.features.map((f) => [f.properties.ids, f.properties.class, f.properties.label])).toEqual([
      ["c r", "z24", "24 nm · restricted water · Taiwan"],
      ["j", "z24", "24 nm · Japan"],
    ]);
  });
});

describe("dates", () => {
  it("meet a window by their overlap, an open end being without bound", () => {
    const d = (text: string) => Date.parse(text);
    const dated = { valid_from: "2022-08-04", valid_to: "2022-08-08" };
    expect(inForce(dated, d("2022-08-07"), d("2022-08-20"))).toBe(true);
    expect(inForce(dated, d("2022-08-08"), d("2022-08-20"))).toBe(false);
    expect(inForce(dated, d("2022-08-01"), d("2022-08-04"))).toBe(false);
    expect(inForce({ valid_from: null, valid_to: null }, 0, 1)).toBe(true);
  });
});
