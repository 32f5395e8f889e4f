import { afterEach, describe, expect, it, vi } from "vitest";
import { address, dataVersion, forget, get, rows } from "./client";

const answers = (...bodies: [status: number, body: unknown][]) => {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string) => {
    asked.push(url);
    const [status, body] = bodies[Math.min(asked.length, bodies.length) - 1] ?? [500, {}];
    return new Response(JSON.stringify(body), { status });
  });
  return asked;
};

afterEach(() => {
  forget();
  dataVersion.value = null;
  vi.unstubAllGlobals();
});

describe("an address", () => {
  it("is the same however its parameters are ordered, and escapes ids", () => {
    expect(address("visits", { zone: ["b", "a"], fleet: null, since: "" })).toBe("api/v1/visits.json?zone=a&zone=b");
    expect(address("why/visit:a@tw:1:2/../x")).not.toContain(":");
  });
});

describe("an answer is in one of six states", () => {
  it("ok with rows, none without", async () => {
    answers(
      [200, { rows: [{ a: 1 }], next: null, data_version: "v1" }],
      [200, { rows: [], next: null, data_version: "v1" }],
    );
    expect((await rows("visits")).state).toBe("ok");
    expect((await rows("passages")).state).toBe("none");
    expect(dataVersion.value).toBe("v1");
  });

  it("not covered and withheld as the server says, with its reason", async () => {
    answers(
      [200, { rows: [], state: "not_covered", because: "Nobody listened.", data_version: "v" }],
      [403, { detail: "A role is needed." }],
    );
    expect(await get("visits")).toMatchObject({ state: "not_covered", notes: ["Nobody listened."] });
    expect(await get("passages")).toMatchObject({ state: "withheld", notes: ["A role is needed."] });
  });

  it("error with the problem's words, and asked again the next time", async () => {
    const asked = answers(
      [400, { title: "bad", detail: "No such zone.", hint: "offing zones" }],
      [200, { rows: [1], next: null }],
    );
    expect(await get("visits")).toMatchObject({
      state: "error",
      problem: { status: 400, detail: "No such zone.", hint: "offing zones" },
    });
    expect((await get("visits")).state).toBe("ok");
    expect(asked.length).toBe(2);
  });

  it("error, too, where nobody answers or the answer is no JSON", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("refused");
    });
    expect(await get("visits")).toMatchObject({ state: "error", problem: { status: 0 } });
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 502 }));
    expect(await get("visits")).toMatchObject({ state: "error", problem: { status: 502 } });
  });
});

describe("all rows of a table", () => {
  it("are read page after page, each once", async () => {
    const asked = answers(
      [200, { rows: [1, 2], next: "c1", data_version: "v" }],
      [200, { rows: [3], next: "c2", data_version: "v" }],
      [200, { rows: [4], next: null, data_version: "v" }],
    );
    expect(await rows("visits")).toMatchObject({ state: "ok", data: [1, 2, 3, 4] });
    expect(asked.map((u) => new URLSearchParams(u.split("?")[1]).get("after"))).toEqual([null, "c1", "c2"]);
  });

  it("are asked once however many want them, and again when the data has changed", async () => {
    const asked = answers([200, { rows: [1], next: null, data_version: "v1" }]);
    await Promise.all([rows("visits"), rows("visits")]);
    await rows("visits");
    expect(asked.length).toBe(1);
    forget();
    await rows("visits");
    expect(asked.length).toBe(2);
  });
});
