import { describe, expect, it } from "vitest";
import type { Meta } from "../../api/meta";
import { aisId, aisOf, choose, dayFigure, idOf, isMissing, type SeriesRow, type Wish } from "./choose";
import { type RecordRow, ringsOf } from "./rings";

const BASE: SeriesRow = {
  series: "",
  office: "",
  metric: "days",
  unit: "vessels",
  area: "",
  names: {},
  window: "day",
  day_rule: "UTC 00:00",
  first_day: "2022-08-05",
  last_day: "2026-08-07",
  days: 1,
  counts_in: [],
  fleet: "",
  breaks: [],
  note: "",
};
const ships: SeriesRow = {
  ...BASE,
  series: "tw-mnd:naval_ships",
  office: "tw-mnd",
  metric: "naval_ships",
  names: { en: "Chinese Navy ships around Taiwan" },
  days: 1448,
};
const span: SeriesRow = {
  ...BASE,
  series: "jcg-senkaku-contiguous-zone",
  office: "jcg",
  window: "span",
  unit: "calendar_days",
  area: "senkaku-contiguous-zone@jp",
  counts_in: ["senkaku-contiguous-zone@jp", "senkaku-territorial-sea@jp"],
  fleet: "cn-government",
  days: 882,
};
const years: SeriesRow = { ...BASE, series: "jcg:days", window: "longer", days: 5000 };
const ROWS = [years, span, ships];

const zone = (id: string, kind: string) => ({ id, kind, names: {}, claimants: [id.split("@")[1] ?? ""] });
const META = {
  zones: [zone("pratas-contiguous-zone@tw", "contiguous_zone"), zone("taiwan-contiguous-zone@tw", "contiguous_zone")],
} as unknown as Meta;
const NONE: Wish = { series: null, zones: [], fleet: null, beside: null };
const ids = (wish: Partial<Wish>, meta: Meta | null = META) => {
  const got = choose({ ...NONE, ...wish }, ROWS, meta);
  return got && [idOf(got.large), got.small && idOf(got.small)];
};

describe("what the calendar shows", () => {
  it("is the fullest daily series where the URL names nothing, with AIS round the place that it names", () => {
    expect(ids({})).toEqual(["tw-mnd:naval_ships", "ais:taiwan-contiguous-zone@tw:any"]);
    expect(ids({}, null)).toEqual(["tw-mnd:naval_ships", null]);
  });
  it("is the office that counts in the zones named, with AIS of these beside it", () => {
    expect(ids({ zones: ["senkaku-territorial-sea@jp"] })).toEqual([
      span.series,
      "ais:senkaku-territorial-sea@jp:cn-government",
    ]);
    expect(ids({ zones: ["senkaku-territorial-sea@jp"], fleet: "cn-government" })?.[0]).toBe(span.series);
  });
  it("is AIS where no office counts there, or not this fleet, or AIS is asked for", () => {
    expect(ids({ zones: ["taiwan-contiguous-zone@tw"], fleet: "cn-navy" })).toEqual([
      "ais:taiwan-contiguous-zone@tw:cn-navy",
      null,
    ]);
    expect(ids({ zones: ["senkaku-territorial-sea@jp"], fleet: "ru-navy" })?.[0]).toBe(
      "ais:senkaku-territorial-sea@jp:ru-navy",
    );
    expect(ids({ series: "ais", zones: ["senkaku-territorial-sea@jp"] })?.[0]).toBe(
      "ais:senkaku-territorial-sea@jp:any",
    );
  });
  it("stands beside what `compare` names, or beside nothing, and never beside itself", () => {
    expect(ids({ beside: "none" })).toEqual(["tw-mnd:naval_ships", null]);
    expect(ids({ beside: "ais:a+b:cn-navy" })?.[1]).toBe("ais:a+b:cn-navy");
    expect(ids({ series: ships.series, beside: ships.series })?.[1]).toBeNull();
    expect(ids({ series: "ais:a:any", beside: "ais:b:any" })).toEqual(["ais:a:any", "ais:b:any"]);
  });
  it("has the office large and AIS small, whichever was named first", () => {
    expect(ids({ series: "ais:a:any", beside: ships.series })).toEqual([ships.series, "ais:a:any"]);
    expect(ids({ series: "ais", zones: ["a"], beside: span.series })).toEqual([span.series, "ais:a:any"]);
  });
  it("never is a series of longer windows, and nothing where there is nothing", () => {
    expect(ids({ series: years.series })?.[0]).toBe(ships.series);
    expect(choose(NONE, [years], META)).toBeNull();
  });
});

describe("a link", () => {
  it("to a series that is not here is told", () => {
    expect(isMissing("jp-joint-staff:passages:nowhere", ROWS)).toBe(true);
    expect(isMissing(years.series, ROWS)).toBe(true);
    for (const known of [null, "ais", "ais:a:any", ships.series]) expect(isMissing(known, ROWS)).toBe(false);
  });
});

describe("ids", () => {
  it("of AIS name zones in order, and read back", () => {
    expect(aisId(["b", "a"], "any")).toBe("ais:a+b:any");
    expect(aisOf("ais:a+b:any")).toEqual({ by: "ais", zones: ["a", "b"], fleet: "any" });
    expect(aisOf("tw-mnd:aircraft")).toBeNull();
    expect(aisOf("ais:a")).toBeNull();
  });
  it("of a day's figure are those that `offing why` takes", () => {
    expect(dayFigure({ by: "office", row: ships }, "2026-05-03")).toBe("day::any:tw-mnd%3Anaval_ships:2026-05-03");
    expect(dayFigure({ by: "office", row: span }, "2024-12-01")).toBe(
      "day:senkaku-contiguous-zone@jp:cn-government:jcg:2024-12-01",
    );
    expect(dayFigure({ by: "ais", zones: ["b@x", "a@x"], fleet: "any" }, "2026-08-13")).toBe(
      "day:a@x+b@x:any:ais:2026-08-13",
    );
  });
});

describe("rings", () => {
  const record = (day: string, value: number, previous: number | null, kind = "highest_day") =>
    ({ record_kind: kind, value, previous, start_day: day }) as RecordRow;
  it("stand on days that broke a record, not on the first, and not on runs of days", () => {
    const rows = [
      record("2022-08-05", 14, null),
      record("2023-07-14", 16, 14),
      record("2024-05-24", 27, 20),
      record("2024-01-01", 300, 200, "longest_run"),
    ];
    expect([...ringsOf(rows)].map(([day, r]) => [day, r.value])).toEqual([
      ["2023-07-14", 16],
      ["2024-05-24", 27],
    ]);
  });
});
