import { describe, expect, it } from "vitest";
import { format, parse, patched } from "./url";

describe("the URL is the state", () => {
  it("names the view by the last step of the path, or by view= on a plain host", () => {
    expect(parse("/prefix/records", "?zone=a@tw").view).toBe("records");
    expect(parse("/site/index.html", "?view=vessel&sel=1").view).toBe("vessel");
    expect(parse("/", "").view).toBe("day");
    expect(parse("/x/nonsense", "?view=nonsense").view).toBe("day");
  });

  it("gives back every parameter that it read, repeated ones in order", () => {
    const place = parse("/day", "?zone=b@jp&zone=a@tw&since=2026-08-13T00:00:00Z&clock=UTC%2B8&odd=%26%3D%23");
    for (const files of [false, true]) {
      const text = format(place, files);
      const [path = "", search = ""] = text.split("?");
      expect(parse(`/${path}`, `?${search}`)).toEqual(place);
    }
    expect(place.params.zone).toEqual(["b@jp", "a@tw"]);
    expect(place.params.clock).toEqual(["UTC+8"]);
  });

  it("does not depend on the order in which parameters were set", () => {
    const place = { view: "day", params: {} } as const;
    const one = patched(patched(place, { zone: "a" }), { clock: "JST" });
    const other = patched(patched(place, { clock: "JST" }), { zone: "a" });
    expect(format(one, false)).toBe(format(other, false));
  });

  it("takes a parameter out with null or an empty list, and leaves the others", () => {
    const place = parse("/day", "?zone=a&sel=1");
    expect(format(patched(place, { zone: null }), false)).toBe("day?sel=1");
    expect(format(patched(place, { zone: [] }), false)).toBe("day?sel=1");
  });
});
