/** Visits and passages of the window as tables: all that the strip and the sketch draw stands here in words. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { zoneOf } from "../../api/meta";
import { t } from "../../i18n/vessel";
import { EventMark } from "../../marks/events";
import { EvidenceLink, Time } from "../../marks/links";
import { Said } from "../../marks/states";
import { clock, zones } from "../../state/state";
import { lasting } from "../../state/time";
import { sayGate, sayPlace } from "../day/words";
import { at, lanesOf, NONE, type Passage, type Visit } from "./data";

const FIRST = 3;
const FIRST_PASSAGES = 4;

function List<R>({ cap, rows, all, first, what, row }: { cap: string; rows: readonly R[]; all: number; first: number; what: string; row: (r: R) => ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const shown = open ? rows : rows.slice(0, first);
  return (
    <div>
      <h2 class="cap">
        {cap} · {clock.value}
      </h2>
      {rows.length ? (
        <table class="ves-list">
          <tbody>{shown.map(row)}</tbody>
        </table>
      ) : (
        <Said answer={NONE} what={what} />
      )}
      {rows.length > first || all > rows.length ? (
        <p class="small more">
          {all > rows.length ? <span>{t("in_window", { n: rows.length, all })}</span> : null}
          {rows.length > first ? (
            <button type="button" class="fig" aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? t("fewer") : t("all", { n: rows.length })}
            </button>
          ) : null}
        </p>
      ) : null}
    </div>
  );
} // biome-ignore format: one thought

const HOW = ["crossed", "first_seen", "last_seen"] as const;
export const sayHow = (how: string | null) =>
  (HOW as readonly (string | null)[]).includes(how) ? t(how as (typeof HOW)[number]) : "?";
const WAYS = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"] as const;
export const sayWay = (way: string) =>
  (WAYS as readonly string[]).includes(way) ? t(way as (typeof WAYS)[number]) : way;

/** How both ends of a stay are known: `crossed → still inside`. */
export function sayEnds(v: Visit): string {
  return `${sayHow(v.entry_how)} → ${v.status === "open" ? t("still_inside") : sayHow(v.exit_how)}`;
}

export function Visits({ visits, all }: { visits: readonly Visit[]; all: number }) {
  const rows = lanesOf(visits, (zone) => zoneOf(zone)?.kind ?? "", zones.value).flatMap((lane) => lane.visits);
  return (
    <List
      cap={t("visits")}
      rows={rows}
      all={all}
      first={FIRST}
      what={t("none_visits")}
      row={(v) => (
        <tr key={`${v.event_id} ${v.originator ?? ""}`} class={v.status === "withdrawn" ? "gone" : ""}>
          <td>
            {v.status === "withdrawn" ? <EventMark mark="withdrawn" /> : null} {sayPlace(v.zone_id)}
            <br />
            <span class="small">
              {v.status === "withdrawn" ? `${t("withdrawn")}: ${v.reason ?? ""}` : <i>{sayEnds(v)}</i>}
              {v.received_from ? ` · ${v.originator}` : ""}
            </span>
          </td>
          <td class="num">
            <Time at={v.entry_t_utc} />
            <br />
            <span class="small">
              <EvidenceLink id={v.event_id} label={`${sayPlace(v.zone_id)} ${v.entry_t_utc ?? ""}`}>
                {v.duration_s === null ? "?" : lasting(v.duration_s)}
                {v.status === "open" ? "+" : ""}
              </EvidenceLink>
            </span>
          </td>
        </tr>
      )}
    />
  );
}

export function Passages({ passages, all }: { passages: readonly Passage[]; all: number }) {
  const rows = [...passages].sort((a, b) => at(a.t_utc) - at(b.t_utc));
  return (
    <List
      cap={t("passages")}
      rows={rows}
      all={all}
      first={FIRST_PASSAGES}
      what={t("none_passages")}
      row={(p) => (
        <tr key={p.event_id} class={p.status === "withdrawn" ? "gone" : ""}>
          <td>
            {p.status === "withdrawn" ? <EventMark mark="withdrawn" /> : null} {sayGate(p.gate_id)},{" "}
            {sayWay(p.direction)}
          </td>
          <td class="num">
            <EvidenceLink id={p.event_id} label={`${sayGate(p.gate_id)} ${p.t_utc}`}>
              <Time at={p.t_utc} />
            </EvidenceLink>
          </td>
        </tr>
      )}
    />
  );
}
