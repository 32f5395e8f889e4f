/** The figure in words: its number, and what is counted where and when. */
import { meta } from "../../api/meta";
import { t } from "../../i18n/evidence";
import { named, number } from "../../i18n/words";
import { lasting, say, sayDays } from "../../state/time";
import { sayGate, sayPlace } from "../day/words";
import { sayWay } from "../vessel/Lists";
import type { Link } from "./chain";
import type { Asked } from "./figure";

export type Row = Readonly<Record<string, unknown>>;

export interface Figure {
  readonly value: string;
  readonly unit: string;
}

const text = (value: unknown) => (value === null || value === undefined ? "" : String(value));
const num = (value: unknown) =>
  typeof value === "number" ? number(value, Number.isInteger(value) ? 0 : 1) : text(value) || "?";

/** A day of a day rule, which no clock turns. */
export function sayDay(day: unknown): string {
  const ms = Date.parse(text(day));
  return Number.isFinite(ms) ? say(ms, "ymd", "UTC") : text(day);
}

/** The days from one to another, both included. */
function sayRun(first: unknown, last: unknown): string {
  const [a, b] = [Date.parse(text(first)), Date.parse(text(last))];
  return Number.isFinite(a) && Number.isFinite(b)
    ? sayDays(a, b + 86_400_000, "UTC")
    : `${text(first)} – ${text(last)}`;
}

const UNITS = ["calendar_days", "ship_days", "hours"] as const;
/** A unit in the language shown, else as the logbook names it. */
export function sayUnit(unit: unknown): string {
  return (UNITS as readonly unknown[]).includes(unit)
    ? t(unit as (typeof UNITS)[number])
    : text(unit).replaceAll("_", " ");
}

export const sayPlaces = (asked: Asked) =>
  (asked.kind === "passage" ? asked.places.map(sayGate) : asked.places.map(sayPlace)).join(" + ");

export function sayFleet(id: string): string {
  return named(meta.value?.fleets.find((f) => f.id === id)?.names, id);
}

/** The number at the head of the drawer, and the sentence beside it; without a row what the chain's first line says. */
export function sayFigure(asked: Asked | null, row: Row | null, head: Link | null): Figure {
  if (!asked || !row) return { value: "", unit: head?.text ?? asked?.id ?? "" };
  const zone = sayPlaces(asked) || asked.source;
  switch (asked.kind) {
    case "visit": {
      const s = row.duration_s;
      const name = String(row.mmsi ?? asked.mmsi ?? "");
      return {
        value: typeof s === "number" ? lasting(s) + (row.status === "open" ? "+" : "") : "?",
        unit: t("one_hull", { name, zone }),
      };
    }
    case "passage":
      return { value: num(row.speed_kn), unit: t("passage_of", { gate: zone, way: sayWay(text(row.direction)) }) };
    case "day": {
      const n = row.hulls_n;
      if (typeof n !== "number") return { value: "", unit: `${asked.key}: ${text(row.state)} · ${zone}` };
      return { value: number(n), unit: t(n === 1 ? "hull_day" : "hulls_day", { zone, day: sayDay(asked.key) }) };
    }
    case "presence":
      return { value: num(row.value), unit: t("presence", { unit: sayUnit(row.unit), zone, period: asked.key }) };
    case "streak": {
      const dates = row.start_day ? `, ${sayRun(row.start_day, row.end_day)}` : "";
      return { value: num(row.days_observed), unit: t("days_observed", { zone }) + dates };
    }
    case "record":
      return { value: num(row.value), unit: asked.places.length ? t("record", { unit: sayUnit(row.unit), zone }) : t("record_series", { unit: sayUnit(row.unit), series: asked.source }) }; // biome-ignore format: one thought
  }
}
