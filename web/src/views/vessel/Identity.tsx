/** What a number said of itself, as lanes in time that meet at a magenta line where a claim took another's place. */

import { shipType, t } from "../../i18n/vessel";
import { named } from "../../i18n/words";
import { Said } from "../../marks/states";
import { phone } from "../../state/state";
import { offset_ms, say } from "../../state/time";
import {
  at,
  type ClaimLane,
  changes,
  claimLanes,
  fileName,
  midnights,
  midOf,
  NONE,
  typeClass,
  type Vessel,
} from "./data";
import { widthOf } from "./frame";
import { country } from "./said";
import { useWidth } from "./width";

const FIELDS = ["name", "callsign", "imo", "ship_type", "size_m"] as const;
const DAY_MS = 86_400_000;

export function fieldName(field: string): string {
  return (FIELDS as readonly string[]).includes(field) ? t(field as (typeof FIELDS)[number]) : field;
}

export function sayClaim(field: string, value: string): string {
  const known = field === "ship_type" ? typeClass(value) : null;
  return known ? `${value} · ${shipType(known)}` : value;
}

/** Lanes of memberships, beside what the number said itself: who claims that it belongs to which fleet, and from when to when. */
function fleetLanes(vessel: Vessel, from_ms: number, to_ms: number): ClaimLane[] {
  return vessel.memberships.map((m) => {
    const dates = m.undated || !(m.from_day || m.to_day) ? t("undated") : `${m.from_day ?? ""} – ${m.to_day ?? ""}`;
    const value = `${named(m.names, m.fleet_id)} · ${dates}`;
    const from = m.from_day ? Math.max(Date.parse(m.from_day), from_ms) : from_ms;
    const to = m.to_day ? Math.min(Date.parse(m.to_day) + DAY_MS, to_ms) : to_ms;
    return { field: t("fleet"), spells: [{ value, from_ms: from, to_ms: to, n: 0, source: m.sources.join("; ") }] };
  });
}

/** The number with the state that its first three digits name. */
function numberOf(vessel: Vessel): string {
  const mid = midOf(vessel.mmsi);
  return `${vessel.mmsi}${mid && vessel.flag ? ` · ${t("mid", { mid, flag: country(vessel.flag) })}` : ""}`;
}

export function Identity({ vessel, name }: { vessel: Vessel; name: string }) {
  const { ref, width_px } = useWidth<HTMLDivElement>(phone.value ? 358 : 980);
  const own = claimLanes(vessel);
  const spells = own.flatMap((l) => l.spells);
  const first = Math.min(at(vessel.first_utc), ...spells.map((s) => s.from_ms).filter(Number.isFinite));
  const last = Math.max(at(vessel.last_utc), ...spells.map((s) => s.to_ms).filter(Number.isFinite));
  const number: ClaimLane = {
    field: "MMSI",
    spells: [{ value: numberOf(vessel), from_ms: first, to_ms: last, n: 0, source: "" }],
  };
  const lanes = Number.isFinite(first) ? [...own, number, ...fleetLanes(vessel, first, last)] : own;
  const breaks = changes(own);
  const files = [...new Set(vessel.claims.map((c) => fileName(c.path)))];
  return (
    <section class="identity">
      <div class="identity-head">
        <h2 class="cap">{t("claims")}</h2>
        <span class="small">
          {breaks.length
            ? t("changed", { when: breaks.slice(0, 6).map((ms) => say(ms, "ymdhm")).join(", ") + (breaks.length > 6 ? " …" : "") })
            : own.length
              ? t("one_each")
              : ""}
        </span>
      </div>
      <div ref={ref}>{lanes.length ? <Lanes lanes={lanes} own={own.length} first={first} last={last} width_px={width_px} name={name} /> : null}</div>
      {own.length ? (
        <p class="small">{t("source", { files: files.slice(0, 3).join(", ") + (files.length > 3 ? ` +${files.length - 3}` : "") })}</p>
      ) : (
        <Said answer={NONE} what={t("none_claims")} />
      )}
    </section>
  ); // biome-ignore format: one thought
}

interface LanesProps {
  readonly lanes: readonly ClaimLane[];
  readonly own: number;
  readonly first: number;
  readonly last: number;
  readonly width_px: number;
  readonly name: string;
}

function Lanes({ lanes, own, first, last, width_px, name }: LanesProps) {
  const narrow = phone.value;
  const [left, right] = [narrow ? 4 : 128, width_px - 8];
  const pad = (last - first) * 0.04 || DAY_MS / 2;
  const window = { since_ms: first - pad, until_ms: last + 4 * pad }; // room for the words of a claim that only just began
  const x = (ms: number) => left + ((right - left) * (ms - window.since_ms)) / (window.until_ms - window.since_ms);
  const step = narrow ? 38 : lanes.length > 4 ? 22 : 30;
  const top = narrow ? 44 : 36;
  const height = top + (lanes.length - 1) * step + 16;
  const years = last - first > 900 * DAY_MS;
  const ticks = years ? yearStarts(window.since_ms, window.until_ms) : midnights(window, right - left, offset_ms(), narrow ? 90 : 76).filter((m) => m.labelled).map((m) => m.ms); // biome-ignore format: one thought
  const breaks = changes(lanes.slice(0, own));
  return (
    <svg width={width_px} height={height} viewBox={`0 0 ${width_px} ${height}`} role="img" aria-label={t("lanes", { name })}>
      {ticks.map((ms) => (
        <g key={ms}>
          <line x1={x(ms)} x2={x(ms)} y1="14" y2={height} class="hair2" />
          {x(ms) < right - 34 ? (
            <text x={x(ms) + 3} y="11" class="t-ink">
              {years ? new Date(ms).getUTCFullYear() : say(ms, last - first > 300 * DAY_MS ? "ym" : "d")}
            </text>
          ) : null}
        </g>
      ))}
      {lanes.map((lane, i) => {
        const y = top + i * step;
        return (
          <g key={`${lane.field} ${lane.spells[0]?.value}`}>
            <text x={narrow ? left : 0} y={narrow ? y - 11 : y + 4} class="t-ink t-b">
              {fieldName(lane.field)}
            </text>
            {lane.spells.map((s, n) => (
              <Box key={s.from_ms} a={x(s.from_ms)} b={x(s.to_ms)} y={y} text={sayClaim(lane.field, s.value)} later={n % 2 === 1} right={right}>
                {s.n ? t("claim_title", { value: s.value, from: say(s.from_ms, "ymdhm"), n: s.n, source: s.source }) : [s.value, s.source].filter(Boolean).join(". ")}
              </Box>
            ))}
          </g>
        );
      })}
      {breaks.map((ms) => (
        <line key={ms} x1={x(ms)} x2={x(ms)} y1="18" y2={top + (own - 1) * step + 14} class="change" />
      ))}
    </svg>
  ); // biome-ignore format: one thought
}

function Box({
  a,
  b,
  y,
  text,
  later,
  right,
  children,
}: {
  a: number;
  b: number;
  y: number;
  text: string;
  later: boolean;
  right: number;
  children: string;
}) {
  if (b < a)
    return (
      <text x={phone.value ? 4 : 128} y={y + 4} class="t-3">
        {text}
        <title>{children}</title>
      </text>
    ); // its dates lie outside the window: nothing to draw
  const wide = Math.max(b - a - 1.5, 3);
  const fits = widthOf(text) + 10 <= wide;
  const beside = !fits && widthOf(text) + b + 8 < right;
  return (
    <g>
      <title>{children}</title>
      <rect x={a} y={y - 8} width={wide} height="16" class={later ? "claim later" : "claim"} />
      {fits || beside ? (
        <text x={fits ? a + 6 : b + 4} y={y + 4} class="t-ink">
          {text}
        </text>
      ) : null}
    </g>
  ); // biome-ignore format: one thought
}

function yearStarts(from_ms: number, to_ms: number): number[] {
  const out = [];
  for (let y = new Date(from_ms).getUTCFullYear() + 1; Date.UTC(y) < to_ms; y++) out.push(Date.UTC(y));
  const every = Math.ceil(out.length / 12);
  return out.filter((_, i) => i % every === 0);
}
