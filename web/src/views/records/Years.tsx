/** Days in the year, each of 366: those in the wide zone, and within them those in the inner one. */

import { zoneOf } from "../../api/meta";
import { sayUnit } from "../../i18n/calendar";
import { t } from "../../i18n/records";
import { sayKind } from "../../i18n/shell";
import { named } from "../../i18n/words";
import { follow, href } from "../../state/url";
import { idOf } from "../calendar/choose";
import { type Frame, Side } from "./Chart";
import type { Reading, YearLane } from "./reading";

/** A series of a zone by the kind of the zone, else by its name. */
function laneName(lane: YearLane | null): string {
  if (!lane?.name) return t("year_with");
  const zone = zoneOf(lane.name.area);
  return zone ? sayKind(zone.kind) : named(lane.name.names, sayUnit(lane.name.unit));
}

const short = (text: string) => /\d+ ?(nm|海里|浬)/.exec(text)?.[0] ?? text;

export function Years({ reading, frame, top, base }: { reading: Reading; frame: Frame; top: number; base: number }) {
  const { axis, left, right, small } = frame;
  const { outer, inner, of } = reading;
  if (!outer) return null;
  const height = base - top;
  const y = (n: number) => base - (n / 366) * height;
  const where = inner
    ? t("year_where", { outer: short(laneName(outer)), inner: short(laneName(inner)) })
    : laneName(outer);
  return (
    <g>
      <Side lines={[t("year_days"), where]} y={top} frame={frame} />
      {axis.years.map((year) => {
        const wide = outer.values.get(year);
        if (wide === undefined) return null;
        const within = inner?.values.get(year);
        const [a, b] = [axis.x(`${year}-01-01`) + 3, Math.min(axis.x(`${year + 1}-01-01`) - 3, right)];
        const middle = (a + b) / 2;
        const patch = { month: `${year}-01`, ...(of ? { series: idOf(of) } : {}) };
        const said = t("bar_outer", { year, value: wide, name: laneName(outer) });
        return (
          <a key={year} href={href(patch, "calendar")} onClick={follow(patch, "calendar")} aria-label={said}>
            <title>{inner && within !== undefined ? `${said}; ${within}, ${laneName(inner)}` : said}</title>
            <rect
              x={a.toFixed(1)}
              y={y(wide).toFixed(1)}
              width={Math.max(b - a, 1).toFixed(1)}
              height={(base - y(wide)).toFixed(1)}
              class="q2"
            />
            <text
              x={middle.toFixed(1)}
              y={(wide > 110 ? y(wide) + 14 : y(wide) - 4).toFixed(1)}
              class={wide > 110 ? "on-d" : "t-ink"}
              text-anchor="middle"
            >
              {wide}
            </text>
            {!inner ? null : within === undefined ? (
              <text x={middle.toFixed(1)} y={base - 5} class="on-d t-i" text-anchor="middle">
                {small ? "–" : t("no_figure")}
              </text>
            ) : (
              <>
                <rect
                  x={(a + 6).toFixed(1)}
                  y={y(within).toFixed(1)}
                  width={Math.max(b - a - 12, 1).toFixed(1)}
                  height={(base - y(within)).toFixed(1)}
                  class="q4"
                />
                <text x={middle.toFixed(1)} y={(y(within) - 4).toFixed(1)} class="on-d" text-anchor="middle">
                  {within}
                </text>
              </>
            )}
          </a>
        );
      })}
      <path d={`M${left} ${base}H${right}`} class="axis" />
    </g>
  );
}
