/** The chain of `why` as the API gives it, sorted into the steps of the drawer. */

export interface Link {
  readonly level: number;
  readonly kind: string;
  readonly text: string;
  readonly id: string | null;
  readonly file: string | null;
  readonly line: number | null;
  readonly raw: string | null;
}

export interface Chain {
  readonly id: string;
  readonly rows: readonly Link[];
  readonly citation: string;
  readonly permalink: string;
  readonly pack: string;
  readonly version: string;
  readonly data_version: string;
}

export interface RawLine {
  readonly line: number | null;
  readonly text: string;
  readonly missing: boolean; // the bytes are not here: the text says where they are
  readonly entry: boolean; // one of the two between which the limit was crossed inward, or the gate
}

export interface RawFile {
  readonly path: string;
  readonly lines: readonly RawLine[];
}

export interface Day {
  readonly id: string | null;
  readonly day: string;
  readonly state: "observed" | "not_observed" | "unobservable" | "other";
  readonly text: string;
}

export interface Steps {
  readonly head: Link | null;
  readonly days: readonly Day[];
  readonly events: readonly Link[]; // visits and passages below the head
  readonly crossings: readonly Link[];
  readonly positions: readonly Link[];
  readonly notices: readonly Link[]; // what an office published
  readonly received: readonly Link[]; // how partners' records came
  readonly files: readonly RawFile[];
  readonly parameters: readonly (readonly [name: string, value: string])[];
  readonly versions: readonly (readonly [
    what: "zone" | "gate" | "fleet" | "run" | "pack" | "rule" | "data",
    value: string,
    title: string,
  ])[];
  readonly history: readonly Link[];
  readonly rules: readonly Link[]; // sentences that are neither parameters nor versions
  readonly more: readonly Link[]; // what `all` would open
}

const DAY = /^(\d{4}-\d\d-\d\d)(?: \([^)]*\))?: (observed|not_observed|unobservable)/;

function dayOf(link: Link): Day {
  const found = DAY.exec(link.text);
  const state = (found?.[2] as Day["state"] | undefined) ?? "other";
  return { id: link.id, day: found?.[1] ?? "", state, text: link.text };
}

/** The steps of a chain. Events and days that stand in it more than once are told once. */
export function stepsOf(rows: readonly Link[]): Steps {
  const [head = null] = rows;
  const rest = rows.slice(1);
  const of = (...kinds: string[]) => rest.filter((r) => kinds.includes(r.kind));
  const days = of("day");
  if (head?.kind === "day") days.unshift(head);
  const events = of("visit", "passage");
  if (head?.kind === "visit" || head?.kind === "passage") events.unshift(head);
  const { parameters, versions, rules } = sorted(rest);
  return {
    head,
    days: once(days).map(dayOf),
    events: once(events),
    crossings: once(of("crossing")),
    positions: once(of("position")),
    notices: once(of("bulletin", "sighting")),
    received: of("received"),
    files: filesOf(rest),
    parameters,
    versions,
    history: of("version"),
    rules,
    more: of("more"),
  };
}

function once(links: readonly Link[]): Link[] {
  const seen = new Set<string>();
  return links.filter((l) => !seen.has(l.id ?? l.text) && seen.add(l.id ?? l.text));
}

/** Raw lines by file, each line once, in order. */
function filesOf(rows: readonly Link[]): RawFile[] {
  const files = new Map<string, Map<string, RawLine>>();
  let entry = false;
  for (const row of rows) {
    if (row.kind === "crossing") entry = /^(entry )?crossed/.test(row.text);
    else if (row.kind === "bulletin" || row.kind === "sighting") entry = false;
    if (row.kind !== "raw") continue;
    const path = row.file ?? "";
    const lines = files.get(path) ?? new Map<string, RawLine>();
    const missing = row.raw === null;
    const text = row.raw ?? row.text;
    lines.set(`${row.line} ${text}`, { line: row.line, text, missing, entry });
    files.set(path, lines);
  }
  return [...files].map(([path, lines]) => ({
    path,
    lines: [...lines.values()].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
  }));
}

type Sorted = Pick<Steps, "parameters" | "versions" | "rules">;

function sorted(rows: readonly Link[]): Sorted {
  const parameters: [string, string][] = [];
  const versions: [Steps["versions"][number][0], string, string][] = [];
  const rules: Link[] = [];
  const add = (what: Steps["versions"][number][0], value: string, title: string) => {
    if (!versions.some(([w, v]) => w === what && v === value)) versions.push([what, value, title]);
  };
  for (const row of rows) {
    const text = row.text;
    const place = /^(zone|gate) (\S+), version ([0-9a-f]*)/.exec(text);
    const fleet = /^fleet (\S+) \((.*?)\), version (\S+?); days of (.+)$/.exec(text);
    const run = /^(?:run (\S+), )?region pack (\S+ \S+)(?: \((\w+)\))?$/.exec(text);
    const data = /^data from (\S+) to (\S+)$/.exec(text);
    if (row.kind === "zone" || row.kind === "gate") {
      if (place) add(row.kind, `${place[2]} ${place[3]}`, text);
    } else if (row.kind !== "rule") continue;
    else if (text.startsWith("parameters: ")) {
      for (const pair of text.slice(12).split(", ")) {
        const [name = "", value = ""] = pair.split(" = ");
        if (!parameters.some(([n]) => n === name)) parameters.push([name, value]);
      }
    } else if (fleet) {
      add("fleet", `${fleet[1]} ${fleet[3]}`, fleet[2] ?? "");
      add("rule", fleet[4] ?? "", "");
    } else if (run) {
      if (run[1]) add("run", run[1], "");
      add("pack", [run[2], run[3]].filter(Boolean).join(" "), "");
    } else if (data) add("data", `${data[1]} ${data[2]}`, "");
    else if (!rules.some((r) => r.text === text)) rules.push(row);
  }
  return { parameters, versions, rules };
}

/** How far along the way from one instant to another a third lies, 0 to 1; null where the two do not enclose it. */
export const share = (before_ms: number, at_ms: number, after_ms: number): number | null =>
  after_ms > before_ms && at_ms >= before_ms && at_ms <= after_ms ? (at_ms - before_ms) / (after_ms - before_ms) : null;

/** Hulls that the events of a chain name. */
export function hullsOf(events: readonly Link[]): number[] {
  const found = events.map((e) => Number(e.id?.split(":")[2])).filter((n) => Number.isInteger(n) && n > 0);
  return [...new Set(found)];
}
