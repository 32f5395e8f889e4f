/** The net: nodes, agreements between them, and the way of the chosen pair. */
import { ALL_KINDS, t } from "../../i18n/partners";
import { phone } from "../../state/state";
import type { Name } from "./Matrix";
import { type Agreement, type Cell, layout, type Place, ties, unsure } from "./reach";

interface Props {
  readonly partners: readonly string[];
  readonly agreements: readonly Agreement[];
  readonly name: Name;
  readonly chosen: Cell | null;
  readonly cells: ReadonlyMap<string, Cell>;
}

export function Net({ partners, agreements, name, chosen, cells }: Props) {
  const [width, height] = phone.value ? [358, 290] : [500, 340];
  const tied = ties(agreements, ALL_KINDS.length).filter((k) => partners.includes(k.a) && partners.includes(k.b));
  const places = layout(partners, tied, width, height);
  const at = new Map(places.map((p) => [p.id, p]));
  const pair = chosen ? [chosen.from, chosen.to].sort().join(" ") : "";
  const bare = chosen && !tied.some((k) => `${k.a} ${k.b}` === pair) ? chosen : null;
  const way = chosen?.open.length ? [chosen.from, ...chosen.hubs, chosen.to] : [];
  return (
    <svg class="net" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={t("net")}>
      {tied.map((k) => (
        <Line key={`${k.a} ${k.b}`} a={at.get(k.a)} b={at.get(k.b)} class={k.inForce ? (k.whole ? "tie" : "tie some") : "tie over"} />
      ))}
      {unsure(cells.values()).map(([a, b]) => (
        <Unsure key={`${a} ${b}`} a={at.get(a)} b={at.get(b)} />
      ))}
      {bare ? <Missing a={at.get(bare.from)} b={at.get(bare.to)} /> : null}
      <Way places={way.map((id) => at.get(id))} />
      {places.map((p) => (
        <g key={p.id} transform={`translate(${p.x} ${p.y})`}>
          <circle r={p.hub ? 13 : 9} class="node" />
          <circle r="2.4" class="f-ink" />
          <text x={p.dx} y={p.dy} text-anchor={p.anchor} class="t-ink t-b lab onground net-name">
            {name(p.id)}
          </text>
        </g>
      ))}
    </svg>
  ); // biome-ignore format: one thought
}

function Line({ a, b, class: kind }: { a: Place | undefined; b: Place | undefined; class: string }) {
  return a && b ? <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} class={kind} /> : null;
}

/** An agreement of which nothing is known here. */
function Unsure({ a, b }: { a: Place | undefined; b: Place | undefined }) {
  if (!a || !b) return null;
  return (
    <g>
      <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} class="unsure" />
      <text x={(a.x + b.x) / 2} y={(a.y + b.y) / 2 + 5} text-anchor="middle" class="t-ink lab onground net-name">
        ?
      </text>
    </g>
  );
}

/** Where on a line that is missing the cross stands: off the middle, where the hub and its name are. */
const ALONG = 0.36;

function Missing({ a, b }: { a: Place | undefined; b: Place | undefined }) {
  if (!a || !b) return null;
  const [x, y] = [a.x + (b.x - a.x) * ALONG, a.y + (b.y - a.y) * ALONG];
  return (
    <g>
      <line x1={a.x} y1={a.y} x2={b.x} y2={b.y} class="untied" />
      <path d={`M${x - 5} ${y - 5}l10 10M${x + 5} ${y - 5}l-10 10`} class="m-2 heavy" />
      <text x={x + 11} y={y - 3} text-anchor="start" class="lab onground">
        {t("no_agreement")}
      </text>
    </g>
  );
}

const ASIDE = 7;

/** The way in magenta beside the lines that it follows, with an arrowhead at its end. */
function Way({ places }: { places: readonly (Place | undefined)[] }) {
  const known = places.filter((p): p is Place => p !== undefined);
  if (known.length < 2) return null;
  const legs = known.slice(1).map((b, i) => {
    const a = known[i] ?? b;
    const long = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    const [ux, uy] = [(b.x - a.x) / long, (b.y - a.y) / long];
    const [nx, ny] = [-uy * ASIDE, ux * ASIDE];
    const [from, to] = [a.hub ? 17 : 14, b.hub ? 17 : 14];
    return [a.x + ux * from + nx, a.y + uy * from + ny, b.x - ux * to + nx, b.y - uy * to + ny, ux, uy] as const;
  });
  const d = legs
    .map(([x1, y1, x2, y2]) => `${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`)
    .join("L");
  const [, , x, y, ux, uy] = legs.at(-1) ?? [0, 0, 0, 0, 1, 0];
  const head = `M${x - ux * 10 - uy * 5} ${y - uy * 10 + ux * 5}L${x} ${y}L${x - ux * 10 + uy * 5} ${y - uy * 10 - ux * 5}`;
  return (
    <g class="way">
      <path d={`M${d}`} />
      <path d={head} />
    </g>
  );
}
