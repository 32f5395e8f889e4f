/** One time axis: streaks with the record line, days in the year, what offices count, statements; one unit to one scale. */
import { t } from "../../i18n/records";
import { lang, phone } from "../../state/state";
import { type Axis, axisOf } from "./model";
import type { Reading } from "./reading";
import { Statements } from "./Statements";
import { Streaks } from "./Streaks";
import { Trend } from "./Trend";
import { Years } from "./Years";

export interface Frame {
  readonly axis: Axis;
  readonly left: number;
  readonly right: number;
  readonly small: boolean;
}

/** Words at the left of a lane; over it on a phone. */
export function Side({ lines, y, frame }: { lines: readonly string[]; y: number; frame: Frame }) {
  if (frame.small)
    return (
      <text x={frame.left} y={y - 6} class="t-ink t-b">
        {lines
          .filter(Boolean)
          .slice(0, 2)
          .join(lang.value === "en" ? ", " : "・")}
      </text>
    );
  return (
    <>
      {lines.map((line, i) => (
        <text key={line} x="0" y={y + 8 + i * 14.5} class={i === 0 ? "t-ink t-b" : ""}>
          {line}
        </text>
      ))}
    </>
  );
}

/** First and last days of all that is drawn. */
function extent(reading: Reading): string[] {
  const days = reading.streaks.flatMap((s) => [s.start, s.end]);
  for (const lane of reading.trends) days.push(lane.series.first_day, lane.series.last_day);
  for (const s of reading.statements) days.push(s.day);
  return days;
}

export function Chart({ reading }: { reading: Reading }) {
  const small = phone.value;
  const w = small ? 358 : 1010;
  const [left, right] = small ? [34, w - 22] : [128, w - 14];
  const axis = axisOf(extent(reading), left, right);
  if (!axis) return null;
  const frame: Frame = { axis, left, right, small };
  const top = 26;
  const base = top + (small ? 190 : 272);
  const years = base + 26;
  const yearsBase = years + (small ? 44 : 54);
  const trends = yearsBase + (small ? 30 : 20);
  const step = small ? 52 : 57;
  const statements = trends + reading.trends.length * step + (small ? 18 : 10);
  const end = statements + (small ? 76 : 92);
  return (
    <svg class="records" viewBox={`0 0 ${w} ${end}`} role="group" aria-label={t("chart")}>
      {axis.years.map((year) => {
        const x = axis.x(`${year}-01-01`);
        const text = small ? `’${String(year).slice(2)}` : String(year);
        const every = axis.years.length > (small ? 9 : 18) ? 3 : 1;
        return (
          <g key={year}>
            <path d={`M${x.toFixed(1)} ${top - 6}V${end - 14}`} class="hair2" />
            {year % every === 0 ? (
              <>
                <text x={x + 4} y="10" class="t-ink">
                  {text}
                </text>
                <text x={x + 4} y={end - 2} class="t-ink">
                  {text}
                </text>
              </>
            ) : null}
          </g>
        );
      })}
      <Streaks reading={reading} frame={frame} top={top} base={base} />
      <Years reading={reading} frame={frame} top={years} base={yearsBase} />
      {reading.trends.map((lane, i) => (
        <Trend
          key={lane.series.series}
          lane={lane}
          frame={frame}
          top={trends + i * step}
          height={small ? 30 : 45}
          dashed={i > 0}
        />
      ))}
      <Statements rows={reading.statements} frame={frame} top={statements} step={small ? 17 : 21} />
    </svg>
  );
}
