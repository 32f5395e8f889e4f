/** What is drawn upon the map: furniture, marks of events, plotted times, hulls at the head. */
import type { Position } from "geojson";
import type { Map as Map_ } from "maplibre-gl";
import type { View } from "../../chart/frame";
import { t } from "../../i18n/day";
import { sel, span } from "../../state/state";
import { lasting, offset_ms, say } from "../../state/time";
import { change } from "../../state/url";
import { type Day, type Entry, fixesAt, namesOf, places, type Track } from "./data";
import { Furniture } from "./Furniture";
import { head, hot } from "./state";
import { titleOf } from "./words";

const near = (x: number, y: number, view: View) =>
  x > -20 && y > -20 && x < view.width_px + 20 && y < view.height_px + 20;

/** Everything that is drawn upon the map: furniture, then marks of events, plotted times, hulls. */
export function Over({ view, map, day }: { view: View; map: Map_; day: Day }) {
  const at = ([lon = 0, lat = 0]: Position) => {
    let x = lon;
    while (x < view.west - 180) x += 360;
    while (x > view.east + 180) x -= 360;
    return [view.x(x), view.y(lat)] as const;
  };
  return (
    <>
      <Furniture view={view} map={map} day={day} />
      <Times day={day} at={at} view={view} />
      {day.entries.map((e) => (
        <Mark key={e.id} entry={e} at={at} view={view} faint={day.chosen !== null && e.mmsi !== day.chosen} />
      ))}
      <Hulls day={day} at={at} view={view} />
    </>
  );
}

type At = (p: Position) => readonly [number, number];

function Mark({ entry: e, at, view, faint }: { entry: Entry; at: At; view: View; faint: boolean }) {
  if (e.withdrawn || !e.from) return null;
  const [x, y] = at(e.from);
  const is = hot.value === e.id || sel.value === e.id;
  const props = {
    class: `spot${is ? " is-hot" : ""}${faint ? " faint" : ""}`,
    "data-id": e.id,
    onClick: () => change({ sel: e.id }),
    onMouseEnter: () => {
      hot.value = e.id;
    },
    onMouseLeave: () => {
      hot.value = null;
    },
  };
  if (e.kind === "gap") {
    if (!e.to) return null;
    const [x2, y2] = at(e.to);
    if (!near(x, y, view) && !near(x2, y2, view)) return null;
    const words = t("silent_short", { length: lasting((e.to_ms - e.from_ms) / 1000) });
    const left = Math.min(x, x2) === x ? [x, y] : [x2, y2];
    return (
      <g {...props}>
        <title>{titleOf(e)}</title>
        <circle cx={x} cy={y} r="4" class="cross" />
        <circle cx={x2} cy={y2} r="4" class="cross" />
        {faint ? null : (
          <text x={(left[0] ?? 0) - 8} y={(left[1] ?? 0) - 4} text-anchor="end" class="lab t-i t-ink">
            {words}
          </text>
        )}
      </g>
    );
  }
  if (!near(x, y, view)) return null;
  return (
    <g {...props} transform={`translate(${x} ${y})`}>
      <title>{titleOf(e)}</title>
      <circle r="12" class="touch" />
      {e.kind === "passage" ? (
        <path d="M0-5.500l5.500 5.500-5.500 5.500-5.500-5.500Z" class="cross" />
      ) : e.fromHow === "crossed" ? (
        <path d="M-5-4.500h10l-5 9Z" class="entry" />
      ) : (
        <circle r="4" class="cross" />
      )}
    </g>
  );
}

const STEPS_H = [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720];
const APART_PX = 52;

/** Plotted times along the tracks of the selection: at round hours of the clock, no nearer to each other than a label. */
function Times({ day, at, view }: { day: Day; at: At; view: View }) {
  const shown =
    day.chosen !== null
      ? day.pieces.filter((p) => p.properties.mmsi === day.chosen)
      : day.hulls.length <= 3
        ? day.pieces
        : [];
  const { since_ms, until_ms } = span.value;
  const hours = (until_ms - since_ms) / 3_600_000;
  const step_h = STEPS_H.find((h) => hours / h <= 16) ?? 720;
  const put: [number, number][] = [];
  const out = [];
  for (const piece of shown) {
    for (const { t_ms, place } of plotted(piece, step_h * 3_600_000, offset_ms())) {
      const [x, y] = at(place);
      if (x < 12 || y < 12 || x > view.width_px - 12 || y > view.height_px - 12) continue;
      if (put.some(([a, b]) => Math.hypot(a - x, b - y) < APART_PX)) continue;
      put.push([x, y]);
      const flip = x > view.width_px - 70;
      out.push(
        <g key={`${piece.properties.track}${t_ms}`}>
          <circle cx={x} cy={y} r="3.4" class="cross" />
          <text x={flip ? x - 8 : x + 8} y={y + 4} text-anchor={flip ? "end" : "start"} class="lab t-ink">
            {say(t_ms, "plot")}
          </text>
        </g>,
      );
    }
  }
  return <>{out}</>;
}

/** Places at round instants between two positions of a piece, straight in longitude and latitude as the fold moves a hull. */
export function plotted(piece: Track, every_ms: number, offset_ms = 0): { t_ms: number; place: Position }[] {
  const { t_ms } = piece.properties;
  const line = places(piece);
  const out: { t_ms: number; place: Position }[] = [];
  for (let i = 1; i < t_ms.length; i++) {
    const [a = 0, b = 0] = [t_ms[i - 1], t_ms[i]];
    const [p, q] = [line[i - 1], line[i]];
    if (!p || !q) continue;
    for (let m = Math.ceil((a + offset_ms) / every_ms) * every_ms - offset_ms; m < b; m += every_ms) {
      const f = b > a ? (m - a) / (b - a) : 0;
      out.push({ t_ms: m, place: [0, 1].map((k) => (p[k] ?? 0) + ((q[k] ?? 0) - (p[k] ?? 0)) * f) });
    }
  }
  return out;
}

/** Hulls at the head: their last position, an outline along the course; filled: moving. */
function Hulls({ day, at, view }: { day: Day; at: At; view: View }) {
  const fixes = fixesAt(day.pieces, head.value);
  const names = namesOf(day.pieces);
  return (
    <>
      {[...fixes].map(([mmsi, fix]) => {
        const [x, y] = at(fix.at);
        if (!near(x, y, view)) return null;
        const faint = day.chosen !== null && mmsi !== day.chosen;
        return (
          // the list reaches the same hull by keyboard
          // biome-ignore lint/a11y/noStaticElementInteractions: a mark on the chart has its row in the list
          <g
            key={mmsi}
            class={`hull${faint ? " faint" : ""}${fix.moving ? " moving" : ""}`}
            transform={`translate(${x} ${y})`}
            onClick={() => change({ sel: String(mmsi) })}
          >
            <title>{`${names.get(mmsi) ?? mmsi} ${say(fix.t_ms, "dhm")}`}</title>
            {fix.course_deg === null ? (
              <circle r="4.500" />
            ) : (
              <path d="M0-8l4.600 14h-9.200Z" transform={`rotate(${fix.course_deg})`} />
            )}
          </g>
        );
      })}
    </>
  );
}
