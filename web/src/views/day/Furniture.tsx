/** Title block, compass rose and scale bar, each in the emptiest sea that the sheet has. */
import type { Map as Map_ } from "maplibre-gl";
import { useRef } from "preact/hooks";
import { meta } from "../../api/meta";
import { Rose, Scale, scaleOf, type View } from "../../chart/frame";
import { t } from "../../i18n/day";
import { named } from "../../i18n/words";
import { phone } from "../../state/state";
import type { Day } from "./data";

interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Title block, rose and scale, each in the emptiest sea that the sheet has. */
export function Furniture({ view, map, day }: { view: View; map: Map_; day: Day }) {
  const placed = useRef<{ key: string; title: Spot | null; rose: Spot | null; bar: Spot | null }>({
    key: "",
    title: null,
    rose: null,
    bar: null,
  });
  const narrow = phone.value;
  const key =
    [view.west, view.south, view.east, view.north].map((v) => v.toFixed(3)).join() +
    view.width_px +
    day.pieces.length +
    day.drawn.length +
    map.loaded();
  if (placed.current.key !== key && !map.isMoving() && map.loaded()) {
    const taken: [Spot, number, number][] = [];
    const title = narrow ? null : free(view, map, 200, 176, taken, ["sw", "nw", "se", "ne"]);
    const rose = narrow ? null : free(view, map, 150, 156, taken, ["se", "ne", "e", "s", "sw", "nw"]);
    const bar = free(view, map, narrow ? 130 : 180, 26, taken, ["s", "se", "sw", "n", "ne", "nw"]);
    placed.current = { key, title, rose, bar };
  }
  const { title, rose, bar } = placed.current;
  const most = narrow ? 80 : 110;
  const keys: [string, string, string][] = [
    ["z12", "", t("k_ts")],
    ["z24", "", t("k_cz")],
    ["zr", "M6 0v4M14 0v4M22 0v4", t("k_rw")],
    ["median", "", t("k_ml")],
    ["gate", "M0-4v8M28-4v8", t("k_gate")],
  ];
  return (
    <g class="furniture">
      {title ? (
        <g transform={`translate(${title.x} ${title.y})`}>
          <text y="18" class="sheet-title t-ink t-serif lab">
            {titleLines(packName()).map((line, i) => (
              <tspan key={line} x="0" dy={i ? 22 : 0}>
                {line}
              </tspan>
            ))}
          </text>
          <text y={titleLines(packName()).length * 22 + 12} class="lab">
            {t("mercator")}
          </text>
          <text y={titleLines(packName()).length * 22 + 27} class="lab">
            {t("tint")}
          </text>
          {keys.map(([cls, more, text], i) => (
            <g key={cls} transform={`translate(0 ${titleLines(packName()).length * 22 + 46 + i * 16})`}>
              <path d={`M0 0h28${more}`} class={cls} />
              <text x="40" y="4" class="lab">
                {text}
              </text>
            </g>
          ))}
        </g>
      ) : null}
      {rose ? <Rose x={rose.x + 75} y={rose.y + 84} r={64} /> : null}
      {bar ? (
        <Scale
          view={view}
          x={bar.x + (narrow ? 6 : 10)}
          y={bar.y + 16}
          most_px={Math.min(most, scaleOf(view, most).px * 600)}
        />
      ) : null}
    </g>
  );
}

const packName = () =>
  named((meta.value?.pack as { names?: Record<string, string> } | null)?.names, meta.value?.pack?.id ?? "");

/** A title in two lines where it is long. */
function titleLines(text: string): string[] {
  if (text.length < 18 || !text.includes(" ")) return [text];
  const middle = text.length / 2;
  const cuts = [...text.matchAll(/ /g)].map((m) => m.index);
  const cut = cuts.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0] ?? 0;
  return [text.slice(0, cut), text.slice(cut + 1)];
}

/** The corner or side, of those named and in that order, where a block covers least; null where all are crowded. */
function free(
  view: View,
  map: Map_,
  w: number,
  h: number,
  taken: [Spot, number, number][],
  where: readonly string[],
): Spot | null {
  const edge = 16;
  let best: { spot: Spot; cost: number } | null = null;
  for (const [rank, side] of where.entries()) {
    const x = side.includes("w") ? edge : side.includes("e") ? view.width_px - w - edge : (view.width_px - w) / 2;
    const y = side.includes("n")
      ? edge + 22
      : side.includes("s")
        ? view.height_px - h - edge
        : (view.height_px - h) / 2;
    for (const inward of side === "s" || side === "n" ? [-160, -80, 0, 80, 160] : [0]) {
      const spot = { x: x + inward, y };
      if (spot.x < 4 || spot.y < 4 || spot.x + w > view.width_px) continue;
      if (taken.some(([s, tw, th]) => s.x < spot.x + w && spot.x < s.x + tw && s.y < spot.y + h && spot.y < s.y + th))
        continue;
      const cost = crowding(map, spot, w, h) + rank * 0.4;
      if (!best || cost < best.cost) best = { spot, cost };
    }
  }
  if (!best || best.cost > 14) return null;
  taken.push([best.spot, w, h]);
  return best.spot;
}

/** How much lies under a block: land weighs most, then tracks, then limits. */
function crowding(map: Map_, { x, y }: Spot, w: number, h: number): number {
  const under = (ids: string[], px: number, py: number, pw: number, ph: number) =>
    map.queryRenderedFeatures([[px, py], [px + pw, py + ph]], { layers: ids.filter((id) => map.getLayer(id)) }).length; // biome-ignore format: a box
  let cost = under(["track", "silence"], x, y, w, h) ? 12 : 0;
  const [nx, ny] = [4, 3];
  for (let i = 0; i < nx; i++)
    for (let j = 0; j < ny; j++) {
      const cell = [x + (w * i) / nx, y + (h * j) / ny, w / nx, h / ny] as const;
      if (under(["land-world", "land-pack"], ...cell)) cost += 1.2;
      if (under(["zone-z12", "zone-z24", "zone-zr", "zone-zx", "gate", "gate-passed", "median", "water"], ...cell))
        cost += 0.7;
    }
  return cost;
}
