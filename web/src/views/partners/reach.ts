/** What the API says of who can reach whom, kind by kind, as one cell for each pair; and the net drawn from it. */

export interface Reach {
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly state: "direct" | "through" | "blocked" | "unknown";
  readonly through: readonly string[]; // each way as `a > b`
  readonly agreements: readonly string[];
  readonly purposes: readonly string[];
  readonly label_onward: number | null;
  readonly sealed: boolean | null;
  readonly missing: readonly string[];
  readonly opened_by: readonly string[];
  readonly depends_on: readonly string[];
}

export interface Agreement {
  readonly id: string;
  readonly parties: readonly string[];
  readonly kinds: readonly string[];
  readonly purposes: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly in_force: boolean;
  readonly onward: number;
  readonly relay: string;
  readonly instrument: string;
}

export type CellState = "direct" | "limited" | "through" | "consent" | "none" | "unknown";

export interface Cell {
  readonly from: string;
  readonly to: string;
  readonly state: CellState;
  readonly rows: readonly Reach[];
  readonly open: readonly Reach[]; // kinds that can go
  readonly hubs: readonly string[]; // through whom, of the first way
}

/** One cell for each ordered pair that has rows, by `from to`. */
export function cells(rows: readonly Reach[]): Map<string, Cell> {
  const pairs = new Map<string, Reach[]>();
  for (const r of rows) pairs.set(`${r.from} ${r.to}`, [...(pairs.get(`${r.from} ${r.to}`) ?? []), r]);
  return new Map([...pairs].map(([key, list]) => [key, cell(list)]));
}

function cell(rows: readonly Reach[]): Cell {
  const [first] = rows;
  const open = rows.filter((r) => r.state === "direct" || r.state === "through");
  const direct = rows.filter((r) => r.state === "direct").length;
  const way = open.find((r) => r.through.length)?.through[0];
  const state: CellState =
    direct === rows.length
      ? "direct"
      : direct
        ? "limited"
        : open.length
          ? "through"
          : rows.some((r) => r.state === "unknown")
            ? "unknown"
            : rows.some((r) => r.opened_by.some(mends))
              ? "consent"
              : "none";
  return { from: first?.from ?? "", to: first?.to ?? "", state, rows, open, hubs: way ? way.split(" > ") : [] };
}

/** Whether a set of changes needs no new agreement: there is a path of agreements, and one of them lacks something. */
const mends = (set: string) => !set.includes("an agreement of ");

export type Change =
  | { readonly what: "agreement"; readonly a: string; readonly b: string }
  | { readonly what: "onward" | "force"; readonly agreement: string }
  | { readonly what: "kind" | "purpose"; readonly name: string; readonly agreement: string }
  | { readonly what: "other"; readonly text: string };

/** One set of changes that would open a way, read from its words (`kind visit in x-y and onward of 1 in y-z`). */
export function changesOf(set: string): Change[] {
  return set.split(/ and (?=an agreement of |onward of |kind |purpose |\S+ in force)/).map((text): Change => {
    const own = /^an agreement of (\S+) and (\S+)$/.exec(text);
    if (own) return { what: "agreement", a: own[1] ?? "", b: own[2] ?? "" };
    const onward = /^onward of \d+ in (\S+)$/.exec(text);
    if (onward) return { what: "onward", agreement: onward[1] ?? "" };
    const named = /^(kind|purpose) (\S+) in (\S+)$/.exec(text);
    if (named) return { what: named[1] as "kind" | "purpose", name: named[2] ?? "", agreement: named[3] ?? "" };
    const force = /^(\S+) in force/.exec(text);
    return force ? { what: "force", agreement: force[1] ?? "" } : { what: "other", text };
  });
}

/** The sets worth telling of a pair: those that mend what there is, and an agreement of the two themselves. */
export function worthTelling(cell: Cell): string[] {
  const sets = [...new Set(cell.rows.filter((r) => r.state === "blocked").flatMap((r) => r.opened_by))];
  const own = [`an agreement of ${[cell.from, cell.to].sort().join(" and ")}`];
  const mending = sets.filter(mends);
  return [...mending.slice(0, 3), ...sets.filter((set) => own.includes(set))];
}

export interface Place {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly hub: boolean;
  readonly anchor: "start" | "middle" | "end";
  readonly dx: number;
  readonly dy: number;
}

export interface Tie {
  readonly a: string;
  readonly b: string;
  readonly whole: boolean; // all kinds
  readonly inForce: boolean;
}

/** Pairs of whose agreement nothing is known here, each once. */
export function unsure(all: Iterable<Cell>): [string, string][] {
  const found = new Set([...all].flatMap((c) => c.rows.flatMap((r) => r.depends_on)));
  return [...found].sort().map((pair) => pair.split(" and ") as [string, string]);
}

/** Pairs with an agreement between them. */
export function ties(agreements: readonly Agreement[], kinds: number): Tie[] {
  const found = new Map<string, Tie>();
  for (const g of agreements)
    for (const a of g.parties)
      for (const b of g.parties) {
        if (a >= b) continue;
        const before = found.get(`${a} ${b}`);
        found.set(`${a} ${b}`, { a, b, whole: (before?.whole ?? false) || g.kinds.length >= kinds, inForce: (before?.inForce ?? false) || g.in_force });
      }
  return [...found.values()];
} // biome-ignore format: one thought

/** Where each node stands: whoever has most agreements in the middle, the others round it, a tied one beside the one it is tied to. */
export function layout(partners: readonly string[], tied: readonly Tie[], width: number, height: number): Place[] {
  const degree = (id: string) => tied.filter((t) => t.a === id || t.b === id).length;
  const [hub, ...rest] = [...partners].sort(
    (p, q) => degree(q) - degree(p) || partners.indexOf(p) - partners.indexOf(q),
  );
  if (hub === undefined) return [];
  const few = rest.length < 3;
  const [cx, cy] = [width * 0.5, height * (few ? 0.68 : 0.5)];
  const order = chained(rest, tied, hub);
  const angles = order.map((_, i) =>
    few ? Math.PI * (rest.length === 1 ? -0.5 : -0.83 + 0.66 * i) : -Math.PI * 0.62 + (2 * Math.PI * i) / order.length,
  );
  const found = order.map((id, i): Place => {
    const a = angles[i] ?? 0;
    const y = cy + Math.sin(a) * height * (few ? 0.6 : 0.36);
    return {
      id,
      x: cx + Math.cos(a) * width * 0.36,
      y,
      hub: false,
      anchor: "middle",
      dx: 0,
      dy: Math.sin(a) < 0 ? -16 : 27,
    };
  });
  const tiedTo = (id: string) => tied.some((t) => (t.a === hub && t.b === id) || (t.b === hub && t.a === id));
  const lines = found.filter((p) => tiedTo(p.id)).map((p) => Math.atan2(p.y - cy, p.x - cx));
  return [{ id: hub, x: cx, y: cy, hub: true, ...freeSide(lines) }, ...found];
}

/** The side of a node on which its name meets no line: of eight, the one furthest from every line's direction. */
function freeSide(lines: readonly number[]): Pick<Place, "anchor" | "dx" | "dy"> {
  const apart = (a: number, b: number) => Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b)));
  const sides = Array.from({ length: 8 }, (_, i) => (i * Math.PI) / 4);
  const room = (side: number) => Math.min(Math.PI, ...lines.map((l) => apart(l, side)));
  const best = sides.reduce((a, b) => (room(b) > room(a) + 1e-9 ? b : a), 0);
  const c = Math.cos(best);
  return {
    anchor: c > 0.3 ? "start" : c < -0.3 ? "end" : "middle",
    dx: Math.round(20 * c),
    dy: Math.round(24 * Math.sin(best)) + 4,
  };
}

/** Nodes in an order in which those that are tied to each other stand side by side. */
function chained(nodes: readonly string[], tied: readonly Tie[], hub: string): string[] {
  const left = [...nodes];
  const out: string[] = [];
  while (left.length) {
    const last = out.at(-1);
    const next = left.findIndex((n) => last && tied.some((t) => t.a !== hub && t.b !== hub && [t.a, t.b].includes(n) && [t.a, t.b].includes(last)));
    out.push(...left.splice(Math.max(next, 0), 1));
  }
  return out;
} // biome-ignore format: one thought
