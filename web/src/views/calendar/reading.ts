/** What the calendar asks for and what came back, as one reading of the URL. */
import { useMemo } from "preact/hooks";
import { type Answer, useRows } from "../../api/client";
import { meta } from "../../api/meta";
import { sayUnit, t } from "../../i18n/calendar";
import { sayZone } from "../../i18n/shell";
import { named } from "../../i18n/words";
import { fleet, zones } from "../../state/state";
import { say } from "../../state/time";
import { param } from "../../state/url";
import { type Chosen, type Counted, choose, idOf, type SeriesRow } from "./choose";
import { byDay, type Day, type DayRow, isMonth, monthOf, msOf, plusMonths, reach } from "./days";
import { type RecordRow, ringsOf } from "./rings";

export const MONTHS_SHOWN = 4;

interface ExerciseRow {
  readonly zone_id: string;
  readonly names: Readonly<Record<string, string>>;
  readonly valid_from: string | null;
}

export interface Exercise {
  readonly day: string;
  readonly names: readonly string[];
}

export interface Layer {
  readonly of: Counted;
  readonly days: ReadonlyMap<string, Day>;
  readonly reach: { readonly first: string; readonly last: string } | null;
  readonly answer: Answer<readonly DayRow[]>;
}

export interface Reading {
  readonly listed: Answer<readonly SeriesRow[]>;
  readonly series: readonly SeriesRow[];
  readonly chosen: Chosen | null;
  readonly large: Layer | null;
  readonly small: Layer | null;
  /** New records of the highest day, by the day: `value` and the figure behind it. The first day of a series breaks nothing. */
  readonly rings: ReadonlyMap<string, RecordRow>;
  readonly exercises: readonly Exercise[];
  /** The first of the months at the right. */
  readonly month: string;
}

const table = (one: Counted | null): string | null =>
  one === null ? null : one.by === "ais" ? "days" : `series/${one.row.series}`;
const query = (one: Counted | null) => (one?.by === "ais" ? { zone: one.zones, fleet: one.fleet } : {});
const EMPTY: readonly never[] = [];
const listOf = <T>(answer: Answer<readonly T[]>): readonly T[] => (answer.state === "ok" ? answer.data : EMPTY);

function useLayer(of: Counted | null): Layer | null {
  const answer = useRows<DayRow>(table(of), query(of)).value;
  const rows = listOf(answer);
  const days = useMemo(() => byDay(rows), [rows]);
  return useMemo(() => (of ? { of, days, reach: reach(days), answer } : null), [of && idOf(of), days, answer]);
}

export function useReading(): Reading {
  const listed = useRows<SeriesRow>("series").value;
  const series = listOf(listed);
  const wish = {
    series: param("series") || null,
    zones: zones.value,
    fleet: fleet.value,
    beside: param("compare") || null,
  };
  const chosen = series.length || listed.state === "none" ? choose(wish, series, meta.value) : null;
  const large = useLayer(chosen?.large ?? null);
  const small = useLayer(chosen?.small ?? null);
  const records = useRows<RecordRow>(chosen ? "records" : null, chosen ? { series: idOf(chosen.large) } : {}).value;
  const found = listOf(records);
  const rings = useMemo(() => ringsOf(found), [found]);
  const shown = useRows<ExerciseRow>("zones", { kind: "exercise_area" }).value;
  const areas = listOf(shown);
  const exercises = useMemo(() => exercisesOf(areas), [areas]);
  const asked = param("month");
  const last = large?.reach?.last ?? null;
  const month = isMonth(asked) ? asked : last ? plusMonths(monthOf(last), 1 - MONTHS_SHOWN) : "1970-01";
  return { listed, series, chosen, large, small, rings, exercises, month };
}

/** The first days of named exercises; areas of one exercise stand together. */
function exercisesOf(rows: readonly ExerciseRow[]): Exercise[] {
  const out = new Map<string, string[]>();
  for (const row of rows) {
    if (!row.valid_from) continue;
    out.set(row.valid_from, [...(out.get(row.valid_from) ?? []), named(row.names, row.zone_id)]);
  }
  return [...out].map(([day, names]) => ({ day, names })).sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** A day as a date in words; no clock turns it. */
export const sayDay = (day: string, form: "ymd" | "d" | "ym" = "ymd") =>
  say(msOf(day.length === 7 ? `${day}-01` : day), form, "UTC");

export const zoneName = (id: string) => named(meta.value?.zones.find((z) => z.id === id)?.names, id);
/** `24 nm contiguous zone · Taiwan`: short enough for a line. */
export function zoneKind(id: string): string {
  const zone = meta.value?.zones.find((z) => z.id === id);
  return zone ? sayZone(zone.kind, zone.claimants) : id;
}
export const officeName = (id: string) => named(meta.value?.offices.find((o) => o.id === id)?.names, id);
export const fleetName = (id: string) =>
  id === "any" ? t("any_fleet") : named(meta.value?.fleets.find((f) => f.id === id)?.names, id);

/** What is counted, in words: the pack's name of the series, else office, metric and place. */
export function nameOf(one: Counted): string {
  if (one.by === "ais") return t("title_ais", { zone: one.zones.map(zoneName).join(", ") });
  const { row } = one;
  const plain = [officeName(row.office), row.metric.replaceAll("_", " "), row.area].filter(Boolean).join(", ");
  return named(row.names, plain);
}

/** The day rule that the days of a layer have. */
export function ruleOf(one: Counted): string {
  if (one.by === "office") return one.row.day_rule;
  return meta.value?.zones.find((z) => z.id === one.zones[0])?.day_rule ?? "UTC 00:00";
}

/** `Asia/Taipei 06:00` as `06:00 Asia/Taipei`. */
export const sayRule = (rule: string) => rule.split(" ").reverse().join(" ");

export const unitOf = (one: Counted) => (one.by === "office" ? one.row.unit : "vessels");

/** `3 Jul 2026: 10 ships, AIS 2, new record`: what a cell says aloud and in its title. */
export function told(day: string, reading: Reading): string {
  const { large, small, rings } = reading;
  if (!large) return day;
  const at = large.days.get(day);
  const values = { day: sayDay(day), value: at?.value ?? "", unit: sayUnit(unitOf(large.of)) };
  const main = !at
    ? t("l_outside", values)
    : at.state === "blank"
      ? t("l_blank", values)
      : at.state === "unobservable"
        ? t("l_unobservable", values)
        : t("l_office", values);
  const beside = small?.days.get(day);
  const said = [main];
  if (beside && small?.of.by === "ais")
    said.push(beside.value === null ? t("l_small_un") : t("l_small", { value: beside.value }));
  if (rings.has(day)) said.push(t("l_record"));
  if (at?.because) said.push(at.because);
  return said.join("; ");
}
