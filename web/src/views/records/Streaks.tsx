/** Streaks as triangles that climb one day a day; the high-water mark above them, a ring on each day that a record fell. */
import { t } from "../../i18n/records";
import { number } from "../../i18n/words";
import { follow, href } from "../../state/url";
import { plusDays, widthOf } from "../calendar/days";
import { sayDay } from "../calendar/reading";
import { type Frame, Side } from "./Chart";
import { highWater, longestLevel, type Streak, ticks } from "./model";
import type { Reading } from "./reading";

export function Streaks({ reading, frame, top, base }: { reading: Reading; frame: Frame; top: number; base: number }) {
  const { axis, left, right, small } = frame;
  const { streaks } = reading;
  const most = Math.max(10, ...streaks.map((s) => s.row.days_span)) * 1.09;
  const y = (n: number) => base - (n / most) * (base - top);
  const mark = highWater(streaks, axis.last);
  const level = longestLevel(mark.line);
  const running = streaks.findLast((s) => s.running);
  const last = streaks.at(-1);
  const path = mark.line.map((p) => `${axis.x(p.day).toFixed(1)} ${y(p.n).toFixed(1)}`).join("L");
  const room = level ? axis.x(level.to.day) - axis.x(level.from.day) : 0;
  return (
    <g>
      {small ? null : <Side lines={[t("streak"), t("streak_2"), t("streak_3")]} y={top} frame={frame} />}
      {ticks(most).map((n) => (
        <g key={n}>
          <path d={`M${left} ${y(n).toFixed(1)}H${right}`} class="hair2" />
          <text x={left - 5} y={y(n) + 4} class="t-3" text-anchor="end">
            {n}
          </text>
        </g>
      ))}
      <path d={`M${left} ${base}H${right}`} class="axis" />
      {path ? <path d={`M${path}`} class="water-line" /> : null}
      {streaks.map((s) => (
        <Triangle key={s.row.figure_id} s={s} frame={frame} base={base} y={y} />
      ))}
      {running && last ? <Open from={running.end} frame={frame} base={base} /> : null}
      {mark.broken.map((p) => (
        <circle key={p.day} cx={axis.x(p.day).toFixed(1)} cy={y(p.n).toFixed(1)} r="4.6" class="broke">
          <title>{`${t("h_ring")}: ${sayDay(p.day)}, ${p.n}`}</title>
        </circle>
      ))}
      {level && room > 220 && !small ? (
        <text
          x={((axis.x(level.from.day) + axis.x(level.to.day)) / 2 + 20).toFixed(1)}
          y={y(level.from.n) - 7}
          class="t-mag"
          text-anchor="middle"
        >
          {t("high_water")}
        </text>
      ) : null}
      {streaks.map((s, i) => (
        <Label
          key={s.row.figure_id}
          s={s}
          next={streaks.slice(i + 1).find((o) => o.held || o.running)}
          frame={frame}
          y={y}
        />
      ))}
    </g>
  );
}

function Triangle({ s, frame, base, y }: { s: Streak; frame: Frame; base: number; y: (n: number) => number }) {
  const { axis } = frame;
  const [a, b] = [axis.x(s.start), axis.x(plusDays(s.end, 1))];
  const top = y(s.n);
  const where = s.undated
    ? t("between", { from: sayDay(s.row.not_before ?? s.start), to: sayDay(s.row.not_after ?? s.end) })
    : t("poly", { n: s.n, from: sayDay(s.start), to: sayDay(s.end) });
  const said = s.undated ? `${s.n}: ${t("no_days")}, ${where}` : where;
  const patch = { evidence: s.row.figure_id };
  const bridged = s.row.days_span > s.n;
  return (
    <a href={href(patch)} onClick={follow(patch)} aria-label={said} data-evidence={s.row.figure_id}>
      <title>{`${said}\n${s.row.ended_because}`}</title>
      <path
        d={`M${a.toFixed(1)} ${base}L${b.toFixed(1)} ${top.toFixed(1)}V${base}Z`}
        class={`streak ${s.undated ? "undated" : ""}`}
      />
      {bridged ? (
        <path d={`M${b.toFixed(1)} ${top.toFixed(1)}V${y(s.row.days_span).toFixed(1)}`} class="bridged" />
      ) : null}
      {s.running ? <circle cx={b.toFixed(1)} cy={top.toFixed(1)} r="3.6" class="cross" /> : null}
    </a>
  );
}

/** After the last report of a streak whose end is unknown. */
function Open({ from, frame, base }: { from: string; frame: Frame; base: number }) {
  const x = frame.axis.x(plusDays(from, 1)) + 1;
  if (x >= frame.right) return null;
  return (
    <rect x={x.toFixed(1)} y={base - 12} width={(frame.right - x).toFixed(1)} height="12" fill="url(#hatch)">
      <title>{t("h_hatch")}</title>
    </rect>
  );
}

/** Length and end of the streaks that held a record, and of the one that runs. */
function Label({ s, next, frame, y }: { s: Streak; next: Streak | undefined; frame: Frame; y: (n: number) => number }) {
  if (!s.held && !s.running) return null;
  const { axis, small } = frame;
  const x = axis.x(plusDays(s.end, 1));
  const low = s.running && !s.held;
  const dx = s.running ? 8 : 3;
  const text = `${number(s.n)}${s.running ? "+" : ""}`;
  // at the end of the axis the number stands over the streak
  const tight = x + dx + text.length * (small ? 8 : 11.5) > frame.right + (small ? 22 : 34);
  const word = tight ? "" : s.running ? sayDay(s.end) : s.undated ? "" : t("to", { day: sayDay(s.end) });
  // the words stand beside the triangle, a line under its top: there the next one may already have climbed
  const days = Math.round(s.n - 24 / (y(0) - y(1)));
  const room = next && next.n > days ? axis.x(plusDays(next.start, Math.max(days, 0))) - x : frame.right + 20 - x;
  return (
    <g class="streak-label">
      <text
        x={(tight ? x + 6 : x + dx).toFixed(1)}
        y={(y(s.n) + (low && !tight ? 5 : -9)).toFixed(1)}
        class="t-ink t-serif n"
        text-anchor={tight ? "end" : "start"}
      >
        {text}
      </text>
      {word && !small && room > widthOf(word) + 10 ? (
        <text x={(x + Math.max(dx, 6)).toFixed(1)} y={(y(s.n) + (low ? 21 : 17)).toFixed(1)}>
          {word}
        </text>
      ) : null}
    </g>
  );
}
