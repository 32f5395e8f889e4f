/** The time bar: above the window in lanes, an event as an interval; below the activity round it, the window as a frame. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useOne, useRows } from "../../api/client";
import { meta, zoneOf } from "../../api/meta";
import { KINDS, shortKind } from "../../chart/limits";
import { t } from "../../i18n/day";
import { sayClaimant } from "../../i18n/shell";
import { type Names, named, number } from "../../i18n/words";
import { clock, fleet, GRAINS, grain, iso, lang, phone, type Span, sel, span } from "../../state/state";
import { offset_ms, say } from "../../state/time";
import { change, param } from "../../state/url";
import { type Day, dataOf, type Entry, namesOf } from "./data";
import { head, headAt, hot, play, playing, STEP_MS, setWindow } from "./state";
import { happening, titleOf } from "./words";

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

/** Ticks of an axis: the steps of days, months or years whose labels have room. */
export function ticks(
  { since_ms, until_ms }: Span,
  width_px: number,
  room_px: number,
): { at: number; form: "d" | "hm" | "ym" }[] {
  const off = offset_ms();
  const px = width_px / (until_ms - since_ms);
  const out: { at: number; form: "d" | "hm" | "ym" }[] = [];
  if (px * DAY_MS * 14 >= room_px) {
    const hours = [3, 6, 12].find((h) => h * HOUR_MS * px >= room_px);
    const days = [1, 2, 3, 7, 14].find((d) => d * DAY_MS * px >= room_px) ?? 14;
    const step = hours ? hours * HOUR_MS : days * DAY_MS;
    for (let m = Math.ceil((since_ms + off) / step) * step; m < until_ms + off; m += step)
      out.push({ at: m - off, form: m % DAY_MS === 0 ? "d" : "hm" });
    return out;
  }
  const months = [1, 2, 3, 6, 12, 24, 60].find((n) => n * 30 * DAY_MS * px >= room_px) ?? 120;
  const from = new Date(since_ms + off);
  for (let i = 0; ; i++) {
    const m = from.getUTCFullYear() * 12 + from.getUTCMonth() + i;
    const at = Date.UTC(Math.floor(m / 12), m % 12, 1) - off;
    if (at >= until_ms) return out;
    if (at >= since_ms && m % months === 0) out.push({ at, form: "ym" });
  }
}

/** The span of the lower band: some windows long, the window near its end, cut at whole days. */
export function contextOf({ since_ms, until_ms }: Span): Span {
  const long = until_ms - since_ms;
  const whole = Math.max(Math.min(Math.max(long * 12, 14 * DAY_MS), 3_650 * DAY_MS), long * 1.2);
  const after = (whole - long) * 0.16;
  const end = Math.ceil((until_ms + after) / DAY_MS) * DAY_MS;
  return { since_ms: Math.floor(Math.min(end - whole, since_ms) / DAY_MS) * DAY_MS, until_ms: end };
}

export function TimeBar({ day }: { day: Day }) {
  const at = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!at.current) return;
    const watch = new ResizeObserver(([entry]) => entry && setWidth(Math.floor(entry.contentRect.width)));
    watch.observe(at.current);
    return () => watch.disconnect();
  }, []);
  return (
    <>
      <Controls day={day} />
      <div class="bar-at" ref={at}>
        {width > 0 ? <Bands day={day} width={width} /> : null}
      </div>
    </>
  );
}

function Controls({ day }: { day: Day }) {
  const names = namesOf(day.pieces);
  const said = happening(day.entries, head.value, (m) => names.get(m) ?? String(m));
  return (
    <div class="play">
      <button
        type="button"
        class="pl"
        aria-label={t(playing.value ? "stop" : "play")}
        aria-pressed={playing.value}
        onClick={play}
      >
        <svg width="10" height="12" aria-hidden="true">
          <path d={playing.value ? "M0 0h3.500v12H0ZM6.500 0H10v12H6.500Z" : "M0 0 10 6 0 12Z"} class="f-ink" />
        </svg>
      </button>
      <span class="now" aria-live="off">
        <b>{say(head.value, "dhm")}</b> {clock.value} · {said ? said.text : t("nothing_here")}
      </span>
      <div class="seg" role="group" aria-label={t("grain")}>
        {GRAINS.map((g) => (
          <button key={g} type="button" aria-pressed={grain.value === g} onClick={() => zoomTo(g)}>
            {t(g)}
          </button>
        ))}
      </div>
    </div>
  );
}

/** The grain is the step; a window that is shorter than a step grows to one. */
function zoomTo(next: (typeof GRAINS)[number]): void {
  const { since_ms, until_ms } = span.value;
  const grown = since_ms + STEP_MS[next];
  change({ grain: next, ...(grown > until_ms ? { since: iso(since_ms), until: iso(grown) } : {}) });
}

interface LaneOf {
  readonly key: string;
  readonly label: string;
  readonly entries: readonly Entry[];
}

/** One lane for gaps and passages, one for each zone that was visited; zones of one claimant with equal visits share it. */
function lanesOf(day: Day): LaneOf[] {
  const shown = day.entries.filter((e) => !e.withdrawn && (day.chosen === null || e.mmsi === day.chosen));
  const zones = new Map<string, Entry[]>();
  for (const e of shown) if (e.kind === "visit") zones.set(e.where, [...(zones.get(e.where) ?? []), e]);
  const lanes: LaneOf[] = [];
  const seen = new Map<string, number>();
  for (const [id, entries] of zones) {
    const whose = zoneOf(id)?.claimants.join() ?? "";
    const same = `${whose} ${entries.map((e) => `${e.mmsi}@${e.from_ms}-${e.to_ms}`).join()}`;
    const at = seen.get(same);
    const lane = { key: id, label: shortZone(id), entries };
    if (at === undefined) {
      seen.set(same, lanes.length);
      lanes.push(lane);
    } else if (rank(id) < rank(lanes[at]?.key ?? "")) lanes[at] = lane;
  }
  return [
    { key: "gaps", label: t("lane_gaps"), entries: shown.filter((e) => e.kind !== "visit") },
    ...lanes.slice(0, MOST_LANES),
  ];
}

const MOST_LANES = 5;
const rank = (id: string) => KINDS.indexOf(zoneOf(id)?.kind ?? "");

function shortZone(id: string): string {
  const zone = zoneOf(id);
  return zone ? [shortKind(zone.kind), zone.claimants.map(sayClaimant).join(", ")].join(" · ") : id;
}

const LANE = 14;
const TOP = 24;

function Bands({ day, width }: { day: Day; width: number }) {
  const narrow = phone.value;
  const left = narrow ? 6 : 118;
  const right = width - 8;
  const now = span.value;
  const x = (t_ms: number) => left + ((right - left) * (t_ms - now.since_ms)) / (now.until_ms - now.since_ms);
  const lanes = lanesOf(day);
  const laneY = (i: number) => TOP + 12 + (i + 1) * LANE + 2;
  const bottom = laneY(lanes.length) - 4;
  const low = bottom + 20;
  const height = low + 66;
  const drag = useRef(false);
  const put = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const t_ms = now.since_ms + ((event.clientX - box.left) / box.width) * (now.until_ms - now.since_ms);
    headAt.value = Math.min(Math.max(t_ms, now.since_ms), now.until_ms);
  };
  const hx = x(head.value);
  return (
    <svg class="bars" width={width} height={height} role="group" aria-label={t("bar")}>
      {ticks(now, right - left, narrow ? 64 : 76)
        .filter((k) => x(k.at) < right - 24)
        .map(({ at, form }) => (
          <g key={at}>
            <line x1={x(at)} x2={x(at)} y1={form === "hm" ? 16 : 4} y2={bottom} class="hair2" />
            <text x={x(at) + 4} y="13" class={form === "hm" ? "t-3" : "t-ink t-b"}>
              {say(at, form)}
            </text>
          </g>
        ))}
      <line x1={left} x2={right} y1={TOP - 5} y2={TOP - 5} class="hair" />
      <line x1={right} x2={right} y1="4" y2={bottom} class="hair2" />
      {narrow ? null : (
        <text x="0" y={TOP + 9}>
          {t("lane_positions")}
        </text>
      )}
      <line x1={left} x2={right} y1={TOP + 5} y2={TOP + 5} class="hair2" />
      <path d={positionTicks(day, x)} class="axis" />
      <rect
        x={left}
        y="0"
        width={right - left}
        height={bottom}
        class="touch"
        onPointerDown={(e) => {
          drag.current = true;
          e.currentTarget.setPointerCapture(e.pointerId);
          put(e);
        }}
        onPointerMove={(e) => drag.current && put(e)}
        onPointerUp={() => {
          drag.current = false;
        }}
      />
      {lanes.map((lane, i) => (
        <g key={lane.key}>
          {narrow ? null : (
            <text x="0" y={laneY(i) + 4}>
              <title>{lane.label}</title>
              {cut(lane.label, lang.value === "en" ? 20 : 10)}
            </text>
          )}
          <line x1={left} x2={right} y1={laneY(i)} y2={laneY(i)} class="hair2" />
          {lane.entries.map((e) => (
            <Interval key={e.id} entry={e} x={x} y={laneY(i)} now={now} />
          ))}
        </g>
      ))}
      <g class="head">
        <line x1={hx} x2={hx} y1="0" y2={bottom + 2} />
        <path d={`M${hx - 5} 0h10l-5 7Z`} />
      </g>
      <Context left={left} right={right} y={low} narrow={narrow} zones={lanes.slice(1).map((l) => l.key)} />
    </svg>
  );
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

/** One tick for each position of the hulls shown, at most one a pixel. */
function positionTicks(day: Day, x: (t_ms: number) => number): string {
  const seen = new Set<number>();
  for (const { properties: p } of day.pieces) {
    if (day.chosen !== null && p.mmsi !== day.chosen) continue;
    for (const t_ms of p.t_ms) seen.add(Math.round(x(t_ms) * 2) / 2);
  }
  return [...seen].map((at) => `M${at} ${TOP}v10`).join("");
}

function Interval({ entry: e, x, y, now }: { entry: Entry; x: (t_ms: number) => number; y: number; now: Span }) {
  const a = x(Math.max(e.from_ms, now.since_ms));
  const b = x(Math.min(e.to_ms, now.until_ms));
  const wide = Math.max(b - a, 1.5);
  const chosen = hot.value === e.id || sel.value === e.id;
  const props = {
    class: `interval${chosen ? " is-hot" : ""}`,
    "data-id": e.id,
    onClick: () => change({ sel: e.id }),
    onMouseEnter: () => {
      hot.value = e.id;
    },
    onMouseLeave: () => {
      hot.value = null;
    },
  };
  if (e.kind === "passage")
    return (
      <g {...props}>
        <title>{`${titleOf(e)} · ${say(e.from_ms, "dhm")}`}</title>
        <path d={`M${a} ${y - 5}l5 5-5 5-5-5Z`} class="cross" />
      </g>
    );
  if (e.kind === "gap")
    return (
      <g {...props}>
        <title>{titleOf(e)}</title>
        <rect x={a} y={y - 5} width={wide} height="10" class="gap-bar" />
      </g>
    );
  const begins = e.from_ms >= now.since_ms;
  const ends = e.to_ms <= now.until_ms;
  return (
    <g {...props}>
      <title>{`${titleOf(e)} · ${say(e.from_ms, "dhm")} – ${say(e.to_ms, "dhm")}`}</title>
      <rect x={a} y={y - 5} width={wide} height="10" class="visit-bar" />
      {begins && e.fromHow === "crossed" ? <line x1={a} x2={a} y1={y - 6} y2={y + 6} class="edge" /> : null}
      {begins && e.fromHow === "first_seen" ? <circle cx={a} cy={y} r="3.4" class="edge-open" /> : null}
      {ends && e.open ? <path d={`M${b} ${y - 5}l5 5-5 5`} class="edge-on" /> : null}
      {ends && !e.open && e.toHow === "crossed" ? <line x1={b} x2={b} y1={y - 6} y2={y + 6} class="edge" /> : null}
      {ends && !e.open && e.toHow === "last_seen" ? <circle cx={b} cy={y} r="3.4" class="edge-open" /> : null}
    </g>
  );
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

const sayUnit = (unit: string) => unit.replaceAll("_", " ");

function Context({
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
        width={narrow ? right - left : left - 8}
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
