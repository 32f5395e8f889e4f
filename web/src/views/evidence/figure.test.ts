import { describe, expect, it } from "vitest";
import { isoOf, knownAt, readId, tableOf } from "./figure";

describe("ids", () => {
  it("reads events", () => {
    const asked = readId("visit:taiwan-contiguous-zone@tw:620999315:20260817T133234Z.2");
    expect(asked).toMatchObject({ kind: "visit", places: ["taiwan-contiguous-zone@tw"], mmsi: 620999315 });
    expect(asked && tableOf(asked)).toEqual({
      table: "visits",
      query: { zone: ["taiwan-contiguous-zone@tw"], mmsi: 620999315, withdrawn: true },
      idColumn: "event_id",
    });
  });
  it("reads figures with all that they carry", () => {
    const id =
      "streak:a@tw+b@jp:any:ais:2026-08-17,day_rule=Asia/Taipei@06,known_at=20261123T014633Z,first_day=2026-08-13";
    const asked = readId(id);
    expect(asked).toMatchObject({
      kind: "streak",
      places: ["a@tw", "b@jp"],
      fleet: "any",
      source: "ais",
      key: "2026-08-17",
    });
    expect(asked && tableOf(asked)?.query).toMatchObject({
      zone: ["a@tw", "b@jp"],
      fleet: "any",
      since: "2026-08-13",
      day_rule: "Asia/Taipei 06:00",
      known_at: "2026-11-23T01:46:33Z",
    });
  });
  it("asks for one day, one period, one series", () => {
    const day = readId("day:z@tw:flag-cn:jcg:2024-03-01");
    expect(day && tableOf(day)).toMatchObject({
      table: "days",
      query: { source: "jcg", since: "2024-03-01", until: "2024-03-01" },
    });
    const month = readId("presence:z@tw:any:ais:2024-03,unit=ship_days");
    expect(month && tableOf(month)).toMatchObject({ table: "presence", query: { by: "month", unit: "ship_days" } });
    expect(month && tableOf(month)?.query).not.toHaveProperty("published_by");
    const series = readId("streak::any:tw-mnd%3Aaircraft:2024-03-01");
    expect(series && tableOf(series)).toMatchObject({ table: "streaks", query: { series: "tw-mnd:aircraft" } });
  });
  it("asks no table for other parameters than the logbook's, and none for ids of another form", () => {
    const asked = readId("day:z@tw:any:ais:2024-03-01,watch_day.min_positions=1");
    expect(asked && tableOf(asked)).toBeNull();
    expect(readId("incident:x")).toBeNull();
    expect(readId("day:z@tw:any:ais:2024-03-01,broken")).toBeNull();
    expect(readId("<img src=x>")).toBeNull();
    expect(readId("visit:z:abc:20260817T133234Z")).toBeNull();
  });
});

describe("instants", () => {
  it("reads what ids write", () => {
    expect(isoOf("20261123T014633Z")).toBe("2026-11-23T01:46:33Z");
    expect(isoOf("20261123T014633.024Z")).toBe("2026-11-23T01:46:33.024Z");
  });
  it("names the same figure as known at an instant, once", () => {
    const asked = readId("streak:z@tw:any:ais:2026-08-17,as_of=2026-08-20,first_day=2026-08-13");
    if (!asked) throw new Error("unread");
    const id = knownAt(asked, Date.UTC(2026, 10, 23, 1, 46, 33));
    expect(id).toBe("streak:z@tw:any:ais:2026-08-17,as_of=2026-08-20,known_at=20261123T014633Z,first_day=2026-08-13");
    const again = readId(id);
    expect(again && knownAt(again, Date.UTC(2027, 0, 1))).toContain("known_at=20270101T000000Z");
    expect(again && knownAt(again, 0).match(/known_at/g)).toHaveLength(1);
  });
});
