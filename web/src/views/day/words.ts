/** Entries in words: the same in the list, beside the play key and on the chart. */
import { gateOf, zoneOf } from "../../api/meta";
import { shortKind } from "../../chart/limits";
import { sayHow, sayWay, t } from "../../i18n/day";
import { sayClaimant, sayZone } from "../../i18n/shell";
import { allNames, named } from "../../i18n/words";
import { lasting, say } from "../../state/time";
import { apart_nm, type Entry } from "./data";

const LEGAL = new Set(["territorial_sea", "contiguous_zone", "eez", "internal_waters"]);

/** A zone by kind, distance and claimant; where several of one kind and claimant exist, its place too. */
export function sayPlace(zone_id: string): string {
  const zone = zoneOf(zone_id);
  if (!zone) return zone_id;
  return LEGAL.has(zone.kind) || zone.kind.endsWith("_water")
    ? sayZone(zone.kind, zone.claimants)
    : named(zone.names, zone_id);
}

/** `24 nm · Taiwan`. */
export function shortZone(id: string): string {
  const zone = zoneOf(id);
  return zone ? [shortKind(zone.kind), zone.claimants.map(sayClaimant).join(", ")].join(" · ") : id;
}

export const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

export function sayGate(gate_id: string): string {
  return named(gateOf(gate_id)?.names, gate_id);
}

export function titleOf(entry: Entry): string {
  if (entry.kind === "visit") return sayPlace(entry.where);
  if (entry.kind === "passage") return t("passage", { gate: sayGate(entry.where), way: sayWay(entry.direction) });
  const length = lasting((entry.to_ms - entry.from_ms) / 1000);
  const far = entry.from && entry.to ? `, ${apart_nm(entry.from, entry.to).toFixed(1)}${t("nm")}` : "";
  return t("silent", { length }) + far;
}

/** All names of where it was, for whoever reads another language. */
export function namesOfPlace(entry: Entry): string {
  const names = entry.kind === "visit" ? zoneOf(entry.where)?.names : gateOf(entry.where)?.names;
  return allNames(names).join(" / ");
}

/** How both ends are known, or the ends of a silence, or why it was withdrawn. */
export function howOf(entry: Entry): string {
  if (entry.withdrawn) {
    const now = entry.supersededBy ? t("superseded", { id: entry.supersededBy }) : "";
    return [t("withdrawn"), entry.reason, now].filter(Boolean).join(" · ");
  }
  if (entry.kind === "passage") return t("crossed");
  if (entry.kind === "gap") return `${say(entry.from_ms, "dhm")} – ${say(entry.to_ms, "dhm")}`;
  const last = entry.open ? t("still_inside") : sayHow(entry.toHow);
  return `${sayHow(entry.fromHow)} → ${last}${entry.single ? ` · ${t("single")}` : ""}`;
}

/** What happens at the head: the last thing that began or ended at or before it. */
export function happening(
  entries: readonly Entry[],
  head_ms: number,
  who: (mmsi: number) => string,
): { t_ms: number; text: string } | null {
  let best: { t_ms: number; begins: boolean; text: string } | null = null;
  // of two things at one instant what begins is said before what ends
  const offer = (t_ms: number, text: () => string, begins = true) => {
    if (t_ms > head_ms) return;
    if (!best || t_ms > best.t_ms || (t_ms === best.t_ms && begins && !best.begins))
      best = { t_ms, begins, text: text() };
  };
  for (const e of entries) {
    if (e.withdrawn) continue;
    const name = who(e.mmsi);
    if (e.kind === "visit") {
      offer(e.from_ms, () => t("enters", { who: name, zone: sayPlace(e.where) }));
      if (!e.open && e.toHow === "crossed")
        offer(e.to_ms, () => t("leaves", { who: name, zone: sayPlace(e.where) }), false);
    } else if (e.kind === "passage") offer(e.from_ms, () => t("passes", { who: name, gate: sayGate(e.where) }));
    else {
      offer(e.from_ms, () => t("falls_silent", { who: name }));
      offer(e.to_ms, () => t("heard_again", { who: name }));
    }
  }
  return best;
}
