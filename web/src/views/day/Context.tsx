/** The lower band of the time bar: how much was going on round the window, each source in its own unit. */
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useOne, useRows } from "../../api/client";
import { meta } from "../../api/meta";
import { t } from "../../i18n/day";
import { type Names, named, number } from "../../i18n/words";
import { fleet, grain, iso, type Span, span } from "../../state/state";
import { offset_ms, say } from "../../state/time";
import { change, param } from "../../state/url";
import { contextOf, ticks } from "./axis";
import { dataOf } from "./data";
import { headAt, STEP_MS, setWindow } from "./state";
import { cut, shortZone } from "./words";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Lane {
  readonly id: string;
  readonly source: string;
  readonly unit: string;
  readonly zone_ids: readonly string[];
  readonly fleet_id: string;
  readonly points: readonly (readonly [number, number | null])[];
}

interface Series {
  readonly series: string;
  readonly office: string;
  readonly unit: string;
  readonly window: string;
  readonly first_day: string;
  readonly last_day: string;
  readonly names: Names;
}

const meets = (s: Series, { since_ms, until_ms }: Span) =>
  Date.parse(s.first_day) < until_ms && Date.parse(s.last_day) + DAY_MS > since_ms;

/** What names have not in common: `Navy` and `official` of two kinds of ships round one island. */
export function differing(names: readonly string[]): string[] {
  const spaced = names.every((n) => n.includes(" "));
  const cut = names.map((n) => (spaced ? n.split(" ") : [...n]));
  const [first] = cut;
  if (!first || names.length < 2) return [...names];
  const shortest = Math.min(...cut.map((c) => c.length)) - 1;
  let head = 0;
  while (head < shortest && cut.every((c) => c[head] === first[head])) head++;
  let tail = 0;
  while (tail < shortest - head && cut.every((c) => c.at(-1 - tail) === first.at(-1 - tail))) tail++;
  return cut.map((c) => c.slice(head, c.length - tail).join(spaced ? " " : ""));
}

/** One thing that is counted round the window: bars of one source and one unit, those of several fleets stacked. */
interface Counted {
  readonly key: string;
  readonly label: string;
  readonly source: string;
  readonly unit: string;
  readonly parts: readonly Lane[];
  /** What tells the parts from each other. */
  readonly said: readonly string[];
}

function countedOf(lanes: readonly Lane[], series: readonly Series[]): Counted[] {
  const groups = new Map<string, Lane[]>();
  for (const lane of lanes) {
    const key = lane.source === "ais" ? lane.id : `${lane.source}:${lane.unit}`;
    groups.set(key, [...(groups.get(key) ?? []), lane]);
  }
  return [...groups].map(([key, parts]) => {
    const [first] = parts;
    const office = meta.value?.offices.find((o) => o.id === first?.source);
    const zone = first?.zone_ids[0] ? shortZone(first.zone_ids[0]) : "";
    const label =
      first?.source === "ais"
        ? `AIS · ${zone}`
        : `${named(office?.names, first?.source)} · ${sayUnit(first?.unit ?? "")}`;
    const titles = parts.map((p) => named(series.find((s) => s.series === p.id)?.names, p.id));
    return { key, label, source: first?.source ?? "", unit: first?.unit ?? "", parts, said: differing(titles) };
  });
}

const sayUnit = (unit: string) => (unit === "vessels" ? t("ships_day") : unit.replaceAll("_", " "));

/** The lower band: the activity, and the window as a frame with two handles. */
export function Context({
  left,
  right,
  y,
  narrow,
  zones,
}: {
  left: number;
  right: number;
  y: number;
  narrow: boolean;
  zones: readonly string[];
}) {
  const now = span.value;
  const drag = useRef<{ what: "from" | "to" | "all"; x: number; was: Span; ctx: Span } | null>(null);
  const [held, setHeld] = useState<Span | null>(null);
  const [ctxHeld, setCtxHeld] = useState<Span | null>(null);
  const ctx = ctxHeld ?? contextOf(now);
  const every = useRows<Series>(meta.value ? "series" : null).value;
  const daily = (dataOf(every) ?? []).filter((s) => s.window === "day" && s.unit === "vessels" && meets(s, ctx));
  const seen = zones.length ? { zone: zones } : {};
  const query = {
    since: iso(ctx.since_ms),
    until: iso(ctx.until_ms),
    by: "day",
    fleet: fleet.value,
    ...seen,
    series: daily.map((s) => s.series),
  };
  const ready = every.state !== "loading" && meta.value !== null;
  const answer = useOne<{ lanes: readonly Lane[] }>(ready ? "activity" : null, query).value;
  const offers = countedOf(dataOf(answer)?.lanes ?? [], dataOf(every) ?? []);
  const rich = (c: Counted) =>
    c.parts.reduce((n, lane) => n + lane.points.filter(([, v]) => v).length, c.source === "ais" ? 0 : 1);
  const chosen = offers.find((c) => c.key === param("act")) ?? [...offers].sort((a, b) => rich(b) - rich(a))[0];
  const x = (t_ms: number) => left + ((right - left) * (t_ms - ctx.since_ms)) / (ctx.until_ms - ctx.since_ms);
  const tall = 42;
  const shown = held ?? now;

  const snap = (t_ms: number) => {
    const step = grain.value === "hour" ? HOUR_MS : DAY_MS;
    return Math.round((t_ms + offset_ms()) / step) * step - offset_ms();
  };
  const begin = (what: "from" | "to" | "all") => (event: PointerEvent) => {
    drag.current = { what, x: event.clientX, was: now, ctx };
    setCtxHeld(ctx);
    (event.currentTarget as Element).setPointerCapture(event.pointerId);
    event.preventDefault();
  };
  const moveTo = (event: PointerEvent) => {
    const d = drag.current;
    if (!d) return;
    const by = ((event.clientX - d.x) / (right - left)) * (d.ctx.until_ms - d.ctx.since_ms);
    let { since_ms, until_ms } = d.was;
    if (d.what !== "to") since_ms = snap(since_ms + by);
    if (d.what !== "from")
      until_ms = d.what === "all" ? since_ms + (d.was.until_ms - d.was.since_ms) : snap(until_ms + by);
    if (until_ms - since_ms >= HOUR_MS) setHeld({ since_ms, until_ms });
  };
  const end = () => {
    if (held) {
      headAt.value = null;
      setWindow(held.since_ms, held.until_ms);
    }
    drag.current = null;
    setHeld(null);
    setCtxHeld(null);
  };
  const nudge = (what: "from" | "to" | "all") => (event: KeyboardEvent) => {
    const way = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!way) return;
    event.stopPropagation();
    event.preventDefault();
    const by = way * STEP_MS[grain.value] * (event.shiftKey ? 10 : 1);
    const since_ms = now.since_ms + (what === "to" ? 0 : by);
    const until_ms = now.until_ms + (what === "from" ? 0 : by);
    if (until_ms > since_ms) setWindow(since_ms, until_ms);
  };
  const handle = (what: "from" | "to", t_ms: number, label: string) => (
    <rect
      x={x(t_ms) - (narrow ? 8 : 5)}
      y={y - 5}
      width={narrow ? 16 : 10}
      height={tall + 6}
      class="grip"
      tabIndex={0}
      role="slider"
      aria-label={label}
      aria-valuenow={t_ms}
      aria-valuetext={say(t_ms, "ymdhm")}
      onPointerDown={begin(what)}
      onPointerMove={moveTo}
      onPointerUp={end}
      onKeyDown={nudge(what)}
    />
  );
  return (
    <g>
      <Bars counted={chosen} x={x} y={y} tall={tall} ctx={ctx} left={left} right={right} narrow={narrow} />
      <line x1={left} x2={right} y1={y + tall} y2={y + tall} class="axis" />
      {ticks(ctx, right - left, 70)
        .filter((k) => k.form !== "hm" && x(k.at) < right - 24)
        .map(({ at, form }) => (
          <g key={at}>
            <line x1={x(at)} x2={x(at)} y1={y + tall} y2={y + tall + 5} class="axis" />
            <text x={x(at) + 4} y={y + tall + 14} class="t-ink">
              {say(at, form)}
            </text>
          </g>
        ))}
      <rect
        x={x(shown.since_ms)}
        y={y - 5}
        width={Math.max(x(shown.until_ms) - x(shown.since_ms), 2)}
        height={tall + 6}
        class="window"
        tabIndex={0}
        role="slider"
        aria-label={t("bar_window")}
        aria-valuenow={shown.since_ms}
        aria-valuetext={`${say(shown.since_ms, "ymdhm")} – ${say(shown.until_ms, "ymdhm")}`}
        onPointerDown={begin("all")}
        onPointerMove={moveTo}
        onPointerUp={end}
        onKeyDown={nudge("all")}
      />
      {[shown.since_ms, shown.until_ms].map((t_ms) => (
        <rect key={t_ms} x={x(t_ms) - 2.5} y={y + 11} width="5" height="16" class="f-mag no-touch" />
      ))}
      {handle("from", shown.since_ms, t("bar_start"))}
      {handle("to", shown.until_ms, t("bar_end"))}
      <foreignObject
        x={narrow ? left : 0}
        y={narrow ? y - 19 : y - 6}
        width={narrow ? right - left : left - 26}
        height={18}
      >
        {offers.length > 1 ? (
          <select
            class="bars-of"
            aria-label={t("activity", { grain: t("day") })}
            value={chosen?.key}
            onChange={(e) => change({ act: e.currentTarget.value })}
          >
            {offers.map((c) => (
              <option key={c.key} value={c.key}>
                {c.label}
              </option>
            ))}
          </select>
        ) : (
          <span class="bars-of">{chosen?.label}</span>
        )}
      </foreignObject>
    </g>
  );
}

const SHADES = ["bars-n", "bars-o", "bars-3", "bars-4"];

interface BarsProps {
  readonly counted: Counted | undefined;
  readonly x: (t_ms: number) => number;
  readonly y: number;
  readonly tall: number;
  readonly ctx: Span;
  readonly left: number;
  readonly right: number;
  readonly narrow: boolean;
}

/** Bars a day; what nothing is known of is hatched, zero is an open ring only where there is room for one. */
function Bars({ counted, x, y, tall, ctx, left, right, narrow }: BarsProps) {
  if (!counted) return <rect x={left} y={y} width={right - left} height={tall} fill="url(#hatch)" class="unknown" />;
  const sums = new Map<number, number | null>();
  for (const { points } of counted.parts)
    for (const [at, v] of points) sums.set(at, v === null ? (sums.get(at) ?? null) : (sums.get(at) ?? 0) + v);
  const most = Math.max(1, ...[...sums.values()].map((v) => v ?? 0));
  const wide = Math.max(x(ctx.since_ms + DAY_MS) - x(ctx.since_ms), 0.5);
  const base = new Map<number, number>();
  const paths: ComponentChildren[] = counted.parts.map((lane, i) => {
    let d = "";
    for (const [at, v] of lane.points) {
      if (!v || at < ctx.since_ms || at >= ctx.until_ms) continue;
      const from = base.get(at) ?? 0;
      base.set(at, from + v);
      const [a, h] = [x(at) + 0.5, (v / most) * tall];
      d += `M${a.toFixed(1)} ${(y + tall - (from / most) * tall).toFixed(1)}v${(-h).toFixed(1)}h${Math.max(wide - 1, 0.6).toFixed(1)}v${h.toFixed(1)}Z`;
    }
    return <path key={lane.id} d={d} class={counted.source === "ais" ? "bars-a" : SHADES[i % SHADES.length]} />;
  });
  let hatch = "";
  for (let at = ctx.since_ms; at < ctx.until_ms; at += DAY_MS) {
    const known = [...sums.entries()].length && has(sums, at);
    if (!known) hatch += `M${x(at).toFixed(1)} ${y}h${wide.toFixed(1)}v${tall}h${(-wide).toFixed(1)}Z`;
  }
  const legend = counted.parts.length > 1;
  return (
    <g>
      <path d={hatch} fill="url(#hatch)" class="unknown" />
      {paths}
      {narrow || most < 4
        ? null
        : [most, most / 2].map((v) => (
            <text key={v} x={left - 5} y={y + tall - (v / most) * tall + 4} text-anchor="end" class="t-3">
              {Number.isInteger(v) ? number(v) : ""}
            </text>
          ))}
      {legend && !narrow
        ? counted.parts.slice(0, 3).map((lane, i) => (
            <g key={lane.id} transform={`translate(0 ${y + 18 + 13 * i})`}>
              <rect width="8" height="8" class={SHADES[i % SHADES.length]} />
              <text x="12" y="8">
                {cut(counted.said[i] ?? lane.id, 18)}
              </text>
            </g>
          ))
        : null}
    </g>
  );
}

/** Whether a value is known for the day that begins at or within a day after an instant; offices' days begin at their own hour. */
function has(sums: Map<number, number | null>, day_ms: number): boolean {
  const exact = sums.get(day_ms);
  if (exact !== undefined) return exact !== null;
  for (let h = -12; h <= 12; h++) {
    const v = sums.get(day_ms + h * HOUR_MS);
    if (v !== undefined) return v !== null;
  }
  return false;
}
