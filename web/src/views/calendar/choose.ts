/** Which series the reader looks at, and which stands beside it: a reading of the URL, the list of series and the zones. */
import type { Meta } from "../../api/meta";
import type { Names } from "../../i18n/words";

/** A row of the table `series`. */
export interface SeriesRow {
  readonly series: string;
  readonly office: string;
  readonly metric: string;
  readonly unit: string;
  readonly area: string;
  readonly names: Names;
  readonly window: "day" | "longer" | "span" | "meeting";
  readonly day_rule: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly days: number;
  readonly counts_in: readonly string[];
  readonly fleet: string;
  readonly breaks: readonly string[];
  readonly note: string;
}

/** What the URL says of it; `beside` is the parameter `compare`. */
export interface Wish {
  readonly series: string | null;
  readonly zones: readonly string[];
  readonly fleet: string | null;
  readonly beside: string | null;
}

/** Days of an office's series, or watch days of zones and a fleet from AIS. */
export type Counted =
  | { readonly by: "office"; readonly row: SeriesRow }
  | { readonly by: "ais"; readonly zones: readonly string[]; readonly fleet: string };

/** An office's count is large and AIS small at its side, wherever both are shown. */
export interface Chosen {
  readonly large: Counted;
  readonly small: Counted | null;
}

export const NOTHING = "none";
export const ANY_FLEET = "any";

/** The series that count days: of each day a number, or whether there was a ship. */
export const daily = (rows: readonly SeriesRow[]) => rows.filter((r) => r.window === "day" || r.window === "span");

export const aisId = (zones: readonly string[], fleet: string) => `ais:${[...zones].sort().join("+")}:${fleet}`;
export const idOf = (one: Counted) => (one.by === "office" ? one.row.series : aisId(one.zones, one.fleet));

/** `ais:ZONE+ZONE:FLEET` as its parts; null for another id. */
export function aisOf(id: string): Counted | null {
  const [source, zones, fleet, ...more] = id.split(":");
  if (source !== "ais" || !zones || !fleet || more.length) return null;
  return { by: "ais", zones: zones.split("+"), fleet };
}

/** The series with the most days reported: what opens where the URL names nothing. */
export function fullest(rows: readonly SeriesRow[]): SeriesRow | null {
  return rows.reduce<SeriesRow | null>((best, row) => (best === null || row.days > best.days ? row : best), null);
}

/** Whether a link names a series that this logbook does not have. */
export const isMissing = (series: string | null, rows: readonly SeriesRow[]) =>
  Boolean(series) && series !== "ais" && !daily(rows).some((r) => r.series === series) && !aisOf(series ?? "");

/** What is shown, or null where there is neither a daily series nor a zone. */
export function choose(wish: Wish, rows: readonly SeriesRow[], meta: Meta | null): Chosen | null {
  const known = daily(rows);
  const large = largeOf(wish, known);
  if (!large) return null;
  const small = smallOf(wish, large, known, meta);
  return large.by === "ais" && small?.by === "office" ? { large: small, small: large } : { large, small };
}

function largeOf(wish: Wish, known: readonly SeriesRow[]): Counted | null {
  const named = known.find((r) => r.series === wish.series);
  if (named) return { by: "office", row: named };
  const fromAis = wish.series ? aisOf(wish.series) : null;
  if (fromAis) return fromAis;
  if (wish.zones.length) {
    const there = wish.series === "ais" ? null : officeIn(wish.zones, wish.fleet, known);
    return there ? { by: "office", row: there } : { by: "ais", zones: wish.zones, fleet: wish.fleet ?? ANY_FLEET };
  }
  const row = fullest(known);
  return row ? { by: "office", row } : null;
}

function smallOf(wish: Wish, large: Counted, known: readonly SeriesRow[], meta: Meta | null): Counted | null {
  if (wish.beside === NOTHING) return null;
  if (wish.beside) {
    const row = known.find((r) => r.series === wish.beside);
    const beside: Counted | null = row ? { by: "office", row } : aisOf(wish.beside);
    if (beside) return idOf(beside) === idOf(large) ? null : beside;
  }
  if (large.by === "ais") return null;
  const { row } = large;
  const zones = wish.zones.length ? wish.zones : row.counts_in.length ? row.counts_in : mainZone(row, meta);
  if (!zones.length) return null;
  return { by: "ais", zones, fleet: wish.fleet ?? (row.fleet || ANY_FLEET) };
}

/** The office that counts in one of these zones, and the fleet if one is named. */
function officeIn(zones: readonly string[], fleet: string | null, known: readonly SeriesRow[]): SeriesRow | null {
  const there = known.filter(
    (r) => r.counts_in.some((z) => zones.includes(z)) && (fleet === null || fleet === ANY_FLEET || r.fleet === fleet),
  );
  return fullest(there);
}

/** Beside an office whose area is no zone: the contiguous zone that its own state draws round the place that the series names. */
function mainZone(row: SeriesRow, meta: Meta | null): readonly string[] {
  const state = row.office.split("-")[0] ?? "";
  const said = (row.names.en ?? "").toLowerCase();
  const round = (id: string) => id.split("-contiguous")[0]?.replaceAll("-", " ") ?? id;
  const drawn = meta?.zones.filter((z) => z.kind === "contiguous_zone" && z.claimants.includes(state)) ?? [];
  const zone = drawn.find((z) => said.includes(round(z.id)));
  return zone ? [zone.id] : [];
}

/** The id of one day's figure, which opens its evidence. */
export function dayFigure(one: Counted, day: string): string {
  if (one.by === "ais") return `day:${[...one.zones].sort().join("+")}:${one.fleet}:ais:${day}`;
  const { row } = one;
  if (row.window === "span") return `day:${row.area}:${row.fleet}:${row.office}:${day}`;
  return `day::any:${row.series.replace(/[^\w.@~/-]/g, (c) => encodeURIComponent(c))}:${day}`;
}
