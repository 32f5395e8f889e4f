/** The time bar: above the window in lanes, an event as an interval; below the activity round it, the window as a frame. */
import { useEffect, useRef, useState } from "preact/hooks";
import { zoneOf } from "../../api/meta";
import { KINDS } from "../../chart/limits";
import { t } from "../../i18n/day";
import { clock, GRAINS, grain, iso, lang, phone, type Span, sel, span } from "../../state/state";
import { say } from "../../state/time";
import { change } from "../../state/url";
import { ticks } from "./axis";
import { Context } from "./Context";
import { type Day, type Entry, namesOf } from "./data";
import { head, headAt, hot, play, playing, STEP_MS } from "./state";
import { cut, happening, shortZone, titleOf } from "./words";

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
