/** Ids of events and figures, read into what they ask; the grammar is that of `offing.figures.ids`. */
import type { Query } from "../../api/client";

export type Kind = "visit" | "passage" | "day" | "presence" | "streak" | "record";

export interface Asked {
  readonly id: string;
  readonly kind: Kind;
  readonly places: readonly string[]; // zones, or the one gate of a passage; none: a series of an office
  readonly mmsi: number | null; // of an event
  readonly fleet: string;
  readonly source: string; // `ais`, an office, or a series
  readonly key: string; // the day or period
  readonly more: Readonly<Record<string, string>>; // as_of, known_at, unit, ...
}

const FIGURES: readonly string[] = ["day", "presence", "streak", "record"];

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** What an id asks; null for an id of another form, such as that of a record a partner sent. */
export function readId(id: string): Asked | null {
  const [head = "", ...extras] = id.trim().split(/[,;]/);
  const parts = head.split(":");
  const [kind = "", place = "", third = "", fourth = "", key = ""] = parts;
  if ((kind === "visit" || kind === "passage") && parts.length === 4 && /^\d+$/.test(third))
    return { id, kind, places: [place], mmsi: Number(third), fleet: "", source: "ais", key: fourth, more: {} };
  if (!FIGURES.includes(kind) || parts.length !== 5) return null;
  const more: Record<string, string> = {};
  for (const extra of extras) {
    const cut = extra.indexOf("=");
    if (cut < 1) return null;
    more[plain(extra.slice(0, cut))] = plain(extra.slice(cut + 1));
  }
  const places = place ? place.split("+").map(plain) : [];
  return {
    id,
    kind: kind as Kind,
    places,
    mmsi: null,
    fleet: plain(third),
    source: plain(fourth),
    key: plain(key),
    more,
  };
}

/** The table that holds it, and the question to which its row is an answer. */
export function tableOf(asked: Asked): { table: string; query: Query; idColumn: "event_id" | "figure_id" } | null {
  if (asked.kind === "visit")
    return { table: "visits", query: { zone: asked.places, mmsi: asked.mmsi, withdrawn: true }, idColumn: "event_id" };
  if (asked.kind === "passage")
    return {
      table: "passages",
      query: { gate: asked.places, mmsi: asked.mmsi, withdrawn: true },
      idColumn: "event_id",
    };
  const { as_of, known_at, published_by, day_rule, first_day, last_day, unit } = asked.more;
  const window = { as_of, published_by, known_at: known_at ? isoOf(known_at) : undefined };
  if (asked.places.length === 0) {
    if (asked.kind !== "streak" && asked.kind !== "record") return null;
    const days = asked.kind === "streak" ? { since: first_day, until: last_day } : {};
    return { table: `${asked.kind}s`, query: { series: asked.source, ...window, ...days }, idColumn: "figure_id" };
  }
  const own: Query = {
    zone: asked.places,
    fleet: asked.fleet,
    ...window,
    day_rule: day_rule ? day_rule.replace(/@(\d\d)$/, " $1:00") : undefined,
  };
  if (Object.keys(asked.more).some((name) => name.includes("."))) return null; // other parameters than the logbook's
  const source = asked.source;
  if (asked.kind === "day")
    return { table: "days", query: { ...own, source, since: asked.key, until: asked.key }, idColumn: "figure_id" };
  if (asked.kind === "streak")
    return { table: "streaks", query: { ...own, source, since: first_day, until: last_day }, idColumn: "figure_id" };
  if (asked.kind === "record") return { table: "records", query: { ...own, source }, idColumn: "figure_id" };
  const { as_of: _as, published_by: _by, ...asking } = own;
  const by = asked.key.length === 7 ? "month" : asked.key.length === 4 ? "year" : "day";
  return {
    table: "presence",
    query: { ...asking, by, unit, since: first_day, until: last_day },
    idColumn: "figure_id",
  };
}

/** An instant as ids write it (`20260819T172227Z`) as ISO 8601. */
export function isoOf(compact: string): string {
  return compact.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/, "$1-$2-$3T$4:$5:$6$7Z");
}

/** The id of the same figure as the logbook held it at an instant (UTC ms); its day would else be that of now. */
export function knownAt(asked: Asked, at_ms: number): string {
  const compact = new Date(at_ms)
    .toISOString()
    .replace(/[-:]/g, "")
    .replace(/\.000Z$/, "Z");
  const [head = "", ...extras] = asked.id.split(/[,;]/);
  const order = ["day_rule", "as_of", "known_at", "published_by", "first_day", "last_day", "unit", "record_kind", "days", "not_before", "not_after"]; // biome-ignore format: a list
  const all = [...extras.filter((e) => !e.startsWith("known_at=")), `known_at=${compact}`];
  const rank = (e: string) => (order.indexOf(e.split("=")[0] ?? "") + 100) % 100;
  return [head, ...all.sort((a, b) => rank(a) - rank(b))].join(",");
}
