/** Speed, silences, visits and passages of one hull on one axis of time. */
import type { ComponentChildren } from "preact";
import { meta, zoneOf } from "../../api/meta";
import { sayClaimant, sayKind } from "../../i18n/shell";
import { t } from "../../i18n/vessel";
import { phone, zones } from "../../state/state";
import { lasting, offset_ms, say } from "../../state/time";
import { sayGate, sayPlace } from "../day/words";
import { at, clusters, type Fix, type Gap, knots, type Lane, lanesOf, meets, midnights, type Passage, type Visit, type Window } from "./data"; // biome-ignore format: one thought
import { widthOf } from "./frame";
import { useWidth } from "./width";

const LANES = 5;
const SPEED_PX = 80;
const MOST_DOTS = 1200;

interface Axis {
  readonly left: number;
  readonly right: number;
  readonly x: (t_ms: number) => number;
  readonly window: Window;
}

export interface StripProps {
  readonly name: string;
  readonly window: Window;
  readonly lines: readonly (readonly Fix[])[];
  readonly visits: readonly Visit[];
  readonly passages: readonly Passage[];
  readonly gaps: readonly Gap[];
}

export function Strip({ name, window, lines, visits, passages, gaps }: StripProps) {
  const { ref, width_px } = useWidth<HTMLDivElement>(phone.value ? 358 : 980);
  const narrow = phone.value;
  const left = narrow ? 26 : 128;
  const right = width_px - 8;
  const x = (t_ms: number) => left + ((right - left) * (t_ms - window.since_ms)) / (window.until_ms - window.since_ms);
  const axis: Axis = { left, right, x, window };
  const all = lanesOf(visits, (zone) => zoneOf(zone)?.kind ?? "", zones.value);
  const lanes = all.slice(0, LANES);
  const step = narrow ? 30 : 21;
  const first = 22 + SPEED_PX + (narrow ? 26 : 22);
  const passageY = first + lanes.length * step;
  const height = passageY + (all.length > lanes.length ? 30 : 14);
  return (
    <div ref={ref} class="strip">
      <svg
        width={width_px}
        height={height}
        viewBox={`0 0 ${width_px} ${height}`}
        role="img"
        aria-label={t("strip", { name })}
      >
        <Days axis={axis} height={height} narrow={narrow} />
        <Speed axis={axis} lines={lines} gaps={gaps} narrow={narrow} />
        {lanes.map((lane, i) => (
          <VisitLane key={lane.zone_id} lane={lane} axis={axis} y={first + i * step} narrow={narrow} />
        ))}
        <PassageLane passages={passages} axis={axis} y={passageY} narrow={narrow} />
        {all.length > lanes.length ? (
          <text x={narrow ? left : 0} y={height - 4}>
            {t("lanes_more", { n: all.length - lanes.length })}
          </text>
        ) : null}
      </svg>
    </div>
  );
}

function Days({ axis, height, narrow }: { axis: Axis; height: number; narrow: boolean }) {
  const { left, right, x, window } = axis;
  return (
    <g>
      {midnights(window, right - left, offset_ms(), narrow ? 78 : 64).map(({ ms, labelled }) => (
        <g key={ms}>
          <line x1={x(ms)} x2={x(ms)} y1="2" y2={height - 4} class="hair2" />
          {labelled && x(ms) < right - 30 ? (
            <text x={x(ms) + 4} y="12" class="t-ink">
              {say(ms, "d")}
            </text>
          ) : null}
        </g>
      ))}
    </g>
  );
}

function Speed({
  axis,
  lines,
  gaps,
  narrow,
}: {
  axis: Axis;
  lines: readonly (readonly Fix[])[];
  gaps: readonly Gap[];
  narrow: boolean;
}) {
  const { left, right, x } = axis;
  const [top, base] = [22, 22 + SPEED_PX];
  const told = lines.map((line) => line.filter((f): f is Fix & { speed_kn: number } => f.speed_kn !== null));
  const scale = knots(Math.max(1, ...told.flat().map((f) => f.speed_kn)));
  const y = (kn: number) => base - (kn / scale.top) * (base - top);
  const dots = told.reduce((sum, l) => sum + l.length, 0) <= MOST_DOTS;
  const max_gap_h = meta.value?.last_run?.parameters?.["visit.max_gap_h"];
  return (
    <g>
      {narrow ? null : (
        <>
          <text x="0" y={top + 6} class="t-ink t-b">
            {t("speed")}
          </text>
          <text x="0" y={top + 21}>
            {t("speed_unit")}
          </text>
        </>
      )}
      {scale.steps.map((v) => (
        <g key={v}>
          <line x1={left} x2={right} y1={y(v)} y2={y(v)} class="hair2" />
          <text x={left - 5} y={y(v) + 4} text-anchor="end" class="t-3">
            {v}
          </text>
        </g>
      ))}
      {gaps.map((g) => {
        const [a, b] = [Math.max(x(at(g.from_utc)), left), Math.min(x(at(g.to_utc)), right)];
        const full = t("silent", { length: lasting(g.duration_s) });
        const text = widthOf(full) < b - a ? full : widthOf(t("silent_short")) < b - a ? t("silent_short") : "";
        return (
          <g key={g.from_utc}>
            <rect x={a} y={top - 4} width={Math.max(b - a, 1)} height={base - top + 4} fill="url(#hatch)" opacity="0.7">
              <title>{`${full}${max_gap_h ? ` (> ${max_gap_h} h)` : ""}`}</title>
            </rect>
            <text x={(a + b) / 2} y={top + 34} text-anchor="middle" class="t-ink lab onground">
              {text}
            </text>
          </g>
        );
      })}
      {told.map((line) => (
        <g key={line[0]?.t_ms}>
          <path
            d={line.map((f, i) => `${i ? "L" : "M"}${x(f.t_ms).toFixed(1)} ${y(f.speed_kn).toFixed(1)}`).join("")}
            class="track thin"
          />
          {dots ? line.map((f) => <circle key={f.t_ms} cx={x(f.t_ms)} cy={y(f.speed_kn)} r="1.8" class="fix" />) : null}
        </g>
      ))}
      <line x1={left} x2={right} y1={base} y2={base} class="axis" />
    </g>
  );
}

function VisitLane({ lane, axis, y, narrow }: { lane: Lane; axis: Axis; y: number; narrow: boolean }) {
  return (
    <g>
      <LaneName y={y} narrow={narrow} left={axis.left}>
        {shortened(t("visit_to", { zone: shortZone(lane.zone_id) }), narrow ? axis.right - axis.left : axis.left - 4)}
      </LaneName>
      <line x1={axis.left} x2={axis.right} y1={y} y2={y} class="hair2" />
      {lane.visits.map((v) => (
        <Stay key={`${v.event_id} ${v.originator ?? ""}`} visit={v} axis={axis} y={y} />
      ))}
    </g>
  );
}

const DISTANCE: Readonly<Record<string, string>> = { territorial_sea: "12", contiguous_zone: "24", eez: "200" };

/** `24 nm · Taiwan`: a zone in the width of a lane's name. */
function shortZone(zone_id: string): string {
  const zone = zoneOf(zone_id);
  const distance = zone ? DISTANCE[zone.kind] : undefined;
  if (!zone || !distance) return sayPlace(zone_id);
  return [sayKind("eez").replace("200", distance), zone.claimants.map(sayClaimant).join(", ")].join(" · ");
}

/** A text that fits in so many pixels, cut with three dots if it must. */
function shortened(text: string, room_px: number): string {
  if (widthOf(text) <= room_px) return text;
  let cut = text;
  while (cut && widthOf(`${cut}…`) > room_px) cut = cut.slice(0, -1);
  return `${cut.trimEnd()}…`;
}

function LaneName({
  y,
  narrow,
  left,
  children,
}: {
  y: number;
  narrow: boolean;
  left: number;
  children: ComponentChildren;
}) {
  return (
    <text x={narrow ? left : 0} y={narrow ? y - 8 : y + 4} class="t-ink">
      {children}
    </text>
  );
}

/** A stay as an interval: a heavy edge where it was crossed, a circle where it was only seen, an arrowhead where it goes on. */
function Stay({ visit: v, axis, y }: { visit: Visit; axis: Axis; y: number }) {
  const [from, to] = [at(v.entry_t_utc), at(v.exit_t_utc)];
  if (!meets(from, to, axis.window)) return null;
  const [a, b] = [Math.max(axis.x(from), axis.left), Math.min(axis.x(to), axis.right)];
  const goes = v.status === "open";
  const gone = v.status === "withdrawn";
  const starts = axis.x(from) >= axis.left;
  const ends = axis.x(to) <= axis.right;
  return (
    <g class={gone ? "stay gone" : "stay"}>
      <title>{`${sayPlace(v.zone_id)}: ${say(from, "ymdhm")} – ${say(to, "ymdhm")}`}</title>
      <rect x={a} y={y - 4.5} width={Math.max(b - a, 1.5)} height="9" class="stay-bar" />
      {starts && v.entry_how === "crossed" ? <line x1={a} x2={a} y1={y - 6} y2={y + 6} class="stay-edge" /> : null}
      {starts && v.entry_how === "first_seen" ? <circle cx={a} cy={y} r="3.6" class="stay-seen" /> : null}
      {goes && ends ? <path d={`M${b} ${y - 5}l5 5-5 5`} class="stay-on" /> : null}
      {!goes && ends && v.exit_how === "last_seen" ? <circle cx={b} cy={y} r="3.6" class="stay-seen" /> : null}
      {!goes && ends && v.exit_how === "crossed" ? (
        <line x1={b} x2={b} y1={y - 6} y2={y + 6} class="stay-edge thin" />
      ) : null}
      {gone ? <line x1={a - 3} x2={b + 3} y1={y + 4} y2={y - 4} class="stay-struck" /> : null}
    </g>
  );
}

function PassageLane({
  passages,
  axis,
  y,
  narrow,
}: {
  passages: readonly Passage[];
  axis: Axis;
  y: number;
  narrow: boolean;
}) {
  const ms_px = (axis.window.until_ms - axis.window.since_ms) / (axis.right - axis.left);
  const said = clusters(passages.filter((p) => p.status !== "withdrawn"), 70 * ms_px); // biome-ignore format: one thought
  return (
    <g>
      <LaneName y={y} narrow={narrow} left={axis.left}>
        {t("passage_lane")}
      </LaneName>
      <line x1={axis.left} x2={axis.right} y1={y} y2={y} class="hair2" />
      {passages.map((p) => (
        <path
          key={p.event_id}
          d={`M${axis.x(at(p.t_utc))} ${y - 5.5}l5.500 5.500-5.500 5.500-5.500-5.500Z`}
          class={p.status === "withdrawn" ? "cross onground gone" : "cross onground"}
        >
          <title>{`${sayGate(p.gate_id)}: ${say(at(p.t_utc), "ymdhm")}`}</title>
        </path>
      ))}
      {narrow
        ? null
        : said.map((c, i) => {
            const gate = sayGate(c.gate_id);
            const text = c.n === 1 ? gate : c.n === 2 ? t("twice", { gate }) : t("times", { gate, n: c.n });
            const from = axis.x(c.last_ms) + 10;
            const next = said[i + 1];
            const room = (next ? axis.x(next.first_ms) - 8 : axis.right) - from;
            return widthOf(text) <= room ? (
              <text key={c.first_ms} x={from} y={y + 4}>
                {text}
              </text>
            ) : null;
          })}
    </g>
  );
}
