import { describe, expect, it } from "vitest";
import { instant } from "./state";
import { lasting, say, sayDays } from "./time";

const at = Date.UTC(2026, 11, 31, 16, 5);

describe("instants in a clock", () => {
  it("are those of the platform's own time zones", () => {
    for (const [clock, zone] of [
      ["UTC", "UTC"],
      ["JST", "Asia/Tokyo"],
      ["UTC+8", "Asia/Taipei"],
    ] as const) {
      for (let i = 0; i < 400; i++) {
        const ms = Date.UTC(2020, 0, 1) + i * 7_919_000_000;
        const parts = new Intl.DateTimeFormat("en-GB", {
          timeZone: zone,
          day: "numeric",
          month: "short",
          year: "numeric",
          hour: "2-digit",
          minute: "2-digit",
          hourCycle: "h23",
        }).formatToParts(ms);
        const of = (type: string) => parts.find((p) => p.type === type)?.value ?? "";
        const month = of("month").slice(0, 3);
        expect(say(ms, "ymdhm", clock, "en")).toBe(`${of("day")} ${month} ${of("year")} ${of("hour")}:${of("minute")}`);
      }
    }
  });

  it("change the day and the year with the clock, and the words with the language", () => {
    expect(say(at, "ymd", "UTC", "en")).toBe("31 Dec 2026");
    expect(say(at, "ymd", "JST", "ja")).toBe("2027年1月1日");
    expect(say(at, "plot", "UTC+8", "en")).toBe("01/0005");
  });

  it("are refused where a text has no zone", () => {
    expect(instant("2026-08-13T00:00:00")).toBeNull();
    expect(instant("2026-08-13")).toBeNull();
    expect(instant("2026-08-13T00:00:00+09:00")).toBe(Date.UTC(2026, 7, 12, 15));
  });
});

describe("a window as a title", () => {
  const d = (y: number, m: number, day: number) => Date.UTC(y, m - 1, day);
  it("says its last day, not its end", () => {
    expect(sayDays(d(2026, 8, 13), d(2026, 8, 20), "UTC", "en")).toBe("13 – 19 August 2026");
    expect(sayDays(d(2026, 8, 13), d(2026, 8, 14), "UTC", "en")).toBe("13 August 2026");
    expect(sayDays(d(2026, 7, 30), d(2026, 8, 2), "UTC", "en")).toBe("30 July – 1 August 2026");
    expect(sayDays(d(2025, 12, 31), d(2026, 1, 2), "UTC", "en")).toBe("31 December 2025 – 1 January 2026");
    expect(sayDays(d(2026, 8, 13), d(2026, 8, 20), "UTC", "ja")).toBe("2026年8月13日–19日");
  });
});

describe("a length of time", () => {
  it("is said in its two greatest units", () => {
    expect(lasting(15 * 3600 + 58 * 60, "en")).toBe("15 h 58 min");
    expect(lasting(61, "en")).toBe("1 min 1 s");
    expect(lasting(3 * 86_400, "en")).toBe("3 d");
    expect(lasting(36 * 3600, "en")).toBe("36 h");
    expect(lasting(57_480, "ja")).toBe("15時間58分");
  });
});
