/** What an office counts, as the mean of the days reported in each month, on a scale of its own. */
import { sayMetric, sayUnit } from "../../i18n/calendar";
import { t } from "../../i18n/records";
import { t as word } from "../../i18n/shell";
import { number } from "../../i18n/words";
import { follow, href } from "../../state/url";
import { sayDay } from "../calendar/reading";
import { type Frame, Side } from "./Chart";
import { breakOf, stepOf } from "./model";
import type { TrendLane } from "./reading";

export function Trend(props: { lane: TrendLane; frame: Frame; top: number; height: number; dashed: boolean }) {
  const { lane, frame, top, height, dashed } = props;
  const { axis, left, right } = frame;
  const base = top + height;
  const { series } = lane;
  const means = lane.months.flatMap((m) => (m.mean === null ? [] : [m.mean]));
  const highest = Math.max(1, ...means);
  const step = stepOf(highest, 3);
  const most = Math.ceil(highest / step) * step;
  const points = lane.months.map((m) => ({
    x: axis.x(`${m.period}-15`),
    y: m.mean === null ? null : base - (m.mean / most) * height,
  }));
  let open = false; // a month without a report leaves a hole in the line
  const path = points
    .map((p) => {
      const part = p.y === null ? "" : `${open ? "L" : "M"}${p.x.toFixed(1)} ${p.y.toFixed(1)}`;
      open = p.y !== null;
      return part;
    })
    .join("");
  const last = lane.months.findLast((m) => m.mean !== null);
  const end = last ? { x: axis.x(`${last.period}-15`), y: base - ((last.mean ?? 0) / most) * height } : null;
  const before = axis.x(series.first_day);
  const patch = { series: series.series, month: null };
  const name = sayMetric(series.metric);
  return (
    <g>
      <a
        href={href(patch, "calendar")}
        onClick={follow(patch, "calendar")}
        class="lane-name"
        aria-label={`${name}, ${sayUnit(series.unit)}`}
      >
        <Side lines={[name, t("a_day")]} y={top + 4} frame={frame} />
      </a>
      <path d={`M${left} ${base}H${right}`} class="hair" />
      {means.length ? (
        <text x={left - 5} y={top + 8} class="t-3" text-anchor="end">
          {number(most)}
        </text>
      ) : (
        <text x={right} y={top + height - 6} text-anchor="end">
          {word(lane.answer.state === "ok" ? "none" : lane.answer.state)}
        </text>
      )}
      {before - left > 4 ? (
        <rect
          x={left}
          y={top + 2}
          width={(before - left - 2).toFixed(1)}
          height={height - 2}
          fill="url(#hatch)"
          opacity=".5"
        >
          <title>{t("h_hatch")}</title>
        </rect>
      ) : null}
      <path d={path} class={dashed ? "trend second" : "trend"}>
        <title>{lane.months.map((m) => `${m.period}: ${m.mean === null ? "–" : number(m.mean, 1)}`).join("\n")}</title>
      </path>
      {series.breaks.map((text) => {
        const found = breakOf(text);
        if (!found) return null;
        return (
          <path key={text} d={`M${axis.x(found.day).toFixed(1)} ${base}v-7`} class="form">
            <title>{`${sayDay(found.day)}: ${found.why}`}</title>
          </path>
        );
      })}
      {end && last ? (
        <text x={(end.x + 5).toFixed(1)} y={(end.y + 4).toFixed(1)} class="t-ink">
          {number(last.mean ?? 0, 1)}
        </text>
      ) : null}
    </g>
  );
}
