/** Years as strips, a column a week: how much on each day, what is blank, zero, unobservable or not covered. */
import { sayUnit, t } from "../../i18n/calendar";
import { lang, phone } from "../../state/state";
import { follow, href } from "../../state/url";
import {
  type Bin,
  type Day,
  dayOf,
  msOf,
  plusDays,
  plusMonths,
  stepOf,
  weekday,
  weekOf,
  widthOf,
  yearOf,
  yearsShown,
} from "./days";
import { openDay } from "./Months";
import { MONTHS_SHOWN, nameOf, type Reading, sayDay, told, unitOf } from "./reading";

interface Sizes {
  readonly w: number;
  readonly x0: number;
  readonly gap: number;
  readonly cell: number;
  readonly step: number;
  readonly height: number;
  readonly between: number;
  readonly top: number;
}

const WEEKS = 54;

function sizes(small: boolean): Sizes {
  const [w, x0, gap] = small ? [358, 0, 0.9] : [752, 40, 1.4];
  const step = (w - x0 - 4) / WEEKS;
  const height = 7 * step;
  return { w, x0, gap, cell: step - gap, step, height, between: small ? 24 : 23, top: small ? 26 : 18 };
}

export function Strips({ reading, bins }: { reading: Reading; bins: readonly Bin[] }) {
  const { large, month } = reading;
  if (!large?.reach) return null;
  const s = sizes(phone.value);
  const { first, last } = large.reach;
  const frameEnd = plusMonths(month, MONTHS_SHOWN - 1);
  const years = yearsShown(yearOf(first), Math.max(yearOf(last), yearOf(first)), yearOf(frameEnd));
  const h = s.top + years.length * (s.height + s.between);
  const label = t("strips", { name: nameOf(large.of), from: years[0] ?? "", to: years.at(-1) ?? "" });
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the months beside are the way of the keyboard to the same days
    <svg
      class="strips"
      viewBox={`0 0 ${s.w} ${h.toFixed(0)}`}
      role="group"
      aria-label={label}
      onClick={(event) => {
        const day = (event.target as Element).getAttribute("data-day");
        if (day) openDay(reading, day);
      }}
    >
      <MonthNames s={s} year={years[0] ?? 2000} />
      {years.map((year, k) => (
        <g key={year} transform={`translate(0 ${(s.top + k * (s.height + s.between)).toFixed(1)})`}>
          <Year reading={reading} bins={bins} year={year} s={s} />
        </g>
      ))}
    </svg>
  );
}

function MonthNames({ s, year }: { s: Sizes; year: number }) {
  const small = phone.value;
  return (
    <>
      {Array.from({ length: 12 }, (_, m) => {
        const day = `${year}-${String(m + 1).padStart(2, "0")}-01`;
        const whole = sayDay(day, "d").replace(/^1 |1日$/g, "");
        const column = weekOf(day) + (weekday(day) ? 1 : 0);
        const text = small ? (lang.value === "en" ? whole.slice(0, 1) : String(m + 1)) : whole;
        return (
          <text key={day} x={s.x0 + column * s.step} y={small ? 8 : 12}>
            {text}
          </text>
        );
      })}
    </>
  );
}

function Year({ reading, bins, year, s }: { reading: Reading; bins: readonly Bin[]; year: number; s: Sizes }) {
  const { large, rings, exercises } = reading;
  if (!large?.reach) return null;
  const { first, last } = large.reach;
  const at = (day: string): [number, number] => [s.x0 + weekOf(day) * s.step, weekday(day) * s.step];
  const days = daysOf(year).filter((d) => first <= d && d <= last);
  const known = days.filter((d) => large.days.get(d)?.value != null).length;
  return (
    <>
      <YearName year={year} known={known} s={s} reading={reading} />
      <Outside year={year} first={first} last={last} s={s} />
      {days.map((day) => {
        const it = large.days.get(day);
        return it ? <Cell key={day} it={it} at={at(day)} s={s} bins={bins} title={told(day, reading)} /> : null;
      })}
      <MonthLines year={year} first={first} last={last} s={s} />
      {[...rings].map(([day, row]) =>
        yearOf(day) === year ? <Ring key={day} at={at(day)} s={s} value={row.value} top={weekday(day) === 0} /> : null,
      )}
      {exercises.map((one) =>
        yearOf(one.day) === year ? (
          <g key={one.day} transform={`translate(${(at(one.day)[0] + s.cell / 2).toFixed(1)} ${s.height.toFixed(1)})`}>
            <title>{`${sayDay(one.day)}: ${one.names.join(", ")}`}</title>
            <path d="M-3.400 5.500h6.800l-3.400-5Z" class="f-mag" />
            {phone.value ? null : (
              <text
                x={weekOf(one.day) > 46 ? -6 : 6}
                y="9"
                class="t-mag"
                text-anchor={weekOf(one.day) > 46 ? "end" : "start"}
              >
                {sayDay(one.day, "ym")}
              </text>
            )}
          </g>
        ) : null,
      )}
      <Frame year={year} month={reading.month} s={s} />
    </>
  );
}

function YearName({ year, known, s, reading }: { year: number; known: number; s: Sizes; reading: Reading }) {
  const small = phone.value;
  const patch = { month: `${year}-${reading.month.slice(5, 7)}` };
  return (
    <a class="year" href={href(patch)} onClick={follow(patch)} aria-label={String(year)}>
      <text x="0" y={small ? -4 : 12} class={small ? "t-ink t-b" : "t-ink t-serif y"}>
        {year}
      </text>
      {small ? null : (
        <text x="0" y="28">
          {t("days_short", { n: known })}
        </text>
      )}
      {s.x0 ? <rect x="0" y="-2" width={s.x0 - 4} height="34" class="hit" /> : null}
    </a>
  );
}

function Cell({
  it,
  at,
  s,
  bins,
  title,
}: {
  it: Day;
  at: [number, number];
  s: Sizes;
  bins: readonly Bin[];
  title: string;
}) {
  const [x, y] = at;
  const box = {
    x: x.toFixed(1),
    y: y.toFixed(1),
    width: s.cell.toFixed(2),
    height: s.cell.toFixed(2),
    "data-day": it.day,
  };
  const tip = phone.value ? null : <title>{title}</title>;
  if (it.state === "value")
    return (
      <rect {...box} class={`q${stepOf(it.value, bins)}`}>
        {tip}
      </rect>
    );
  return (
    <>
      {it.state === "zero" ? (
        <circle
          cx={(x + s.cell / 2).toFixed(1)}
          cy={(y + s.cell / 2).toFixed(1)}
          r={(s.cell * 0.22).toFixed(1)}
          class="zero"
        />
      ) : null}
      {it.state === "unobservable" ? <rect {...box} class="un" fill="url(#hatch)" /> : null}
      <rect {...box} class="hit">
        {tip}
      </rect>
    </>
  );
}

/** A hatch where no source in this logbook speaks of the weeks, with the word. */
function Outside({ year, first, last, s }: { year: number; first: string; last: string; s: Sizes }) {
  const parts: [number, number, string][] = [];
  if (yearOf(first) === year && weekOf(first) > 0) parts.push([0, weekOf(first), t("begins", { day: sayDay(first) })]);
  if (yearOf(last) === year && weekOf(last) < 52) parts.push([weekOf(last) + 1, 53, t("not_covered")]);
  return (
    <>
      {parts.map(([from, to, text]) => {
        const [x, w] = [s.x0 + from * s.step, (to - from) * s.step - s.gap];
        const room = w > widthOf(text) + 12 ? text : w > 80 ? t("not_covered") : "";
        return (
          <g key={from}>
            <rect
              x={x.toFixed(1)}
              y="0"
              width={w.toFixed(1)}
              height={(s.height - s.gap).toFixed(1)}
              fill="url(#hatch)"
              opacity=".45"
            >
              <title>{text}</title>
            </rect>
            {room && !phone.value ? (
              <text x={(x + w / 2).toFixed(1)} y={(s.height / 2 + 4).toFixed(1)} text-anchor="middle" class="on-hatch">
                {room}
              </text>
            ) : null}
          </g>
        );
      })}
    </>
  );
}

/** A hairline between months, down the weeks and across. */
function MonthLines({ year, first, last, s }: { year: number; first: string; last: string; s: Sizes }) {
  const half = s.gap / 2;
  const lines: string[] = [];
  for (let m = 2; m <= 12; m++) {
    const day = `${year}-${String(m).padStart(2, "0")}-01`;
    if (day <= first || day > last) continue;
    const [x, wd] = [s.x0 + weekOf(day) * s.step - half, weekday(day)];
    const [top, low, y] = [-half, 7 * s.step - half, wd * s.step - half];
    lines.push(
      wd
        ? `M${(x + s.step).toFixed(1)} ${top.toFixed(1)}V${y.toFixed(1)}H${x.toFixed(1)}V${low.toFixed(1)}`
        : `M${x.toFixed(1)} ${top.toFixed(1)}V${low.toFixed(1)}`,
    );
  }
  return <path d={lines.join("")} class="hair" />;
}

function Ring({ at, s, value, top }: { at: [number, number]; s: Sizes; value: number; top: boolean }) {
  const [x, y] = at;
  return (
    <g class="mark-only">
      <rect
        x={(x - 1).toFixed(1)}
        y={(y - 1).toFixed(1)}
        width={(s.cell + 2).toFixed(1)}
        height={(s.cell + 2).toFixed(1)}
        class="ring"
      />
      {phone.value ? null : (
        <text
          x={(x + s.cell / 2).toFixed(1)}
          y={top ? (y - 5).toFixed(1) : "-6"}
          class="t-mag t-b"
          text-anchor="middle"
        >
          {value}
        </text>
      )}
    </g>
  );
}

/** The ink frame round the weeks that the months show. */
function Frame({ year, month, s }: { year: number; month: string; s: Sizes }) {
  const begin = `${month}-01`;
  const end = plusDays(`${plusMonths(month, MONTHS_SHOWN)}-01`, -1);
  const [low, high] = [`${year}-01-01`, `${year}-12-31`];
  if (end < low || begin > high) return null;
  const [a, b] = [begin < low ? 0 : weekOf(begin), weekOf(yearOf(end) > year ? high : end) + 1];
  const x = s.x0 + a * s.step - 3;
  const width = (b - a) * s.step + 5;
  const pad = phone.value ? 2 : 4;
  const caption = t("shown", { from: sayDay(begin, "ym"), to: sayDay(end, "ym") });
  return (
    <g class="mark-only">
      <rect x={x.toFixed(1)} y={-pad} width={width.toFixed(1)} height={(s.height + pad + 2).toFixed(1)} class="frame" />
      {phone.value || end > high ? null : (
        <text x={x.toFixed(1)} y={(s.height + 15).toFixed(1)} class="t-ink lab">
          {caption}
        </text>
      )}
    </g>
  );
}

function daysOf(year: number): string[] {
  const start = msOf(`${year}-01-01`);
  const n = Math.round((msOf(`${year + 1}-01-01`) - start) / 86_400_000);
  return Array.from({ length: n }, (_, i) => dayOf(start + i * 86_400_000));
}

/** What the steps and marks mean; the bins are those of this series. */
export function Legend({ reading, bins }: { reading: Reading; bins: readonly Bin[] }) {
  const { large } = reading;
  if (!large) return null;
  const unit = sayUnit(unitOf(large.of));
  return (
    <div class="legend">
      {bins.map((bin) => (
        <span key={bin.low} title={unit}>
          <svg width="14" height="14" aria-hidden="true">
            <rect width="14" height="14" class={`q${stepOf(bin.low, bins)}`} />
          </svg>
          {bin.high === null
            ? bins.length === 1 && bin.low === 1 && large.of.by === "office" && large.of.row.window === "span"
              ? "1"
              : t("more", { low: bin.low })
            : bin.high === bin.low
              ? bin.low
              : t("range", { low: bin.low, high: bin.high })}
        </span>
      ))}
      <span>
        <svg width="14" height="14" aria-hidden="true">
          <circle cx="7" cy="7" r="3.4" class="zero strong" />
        </svg>
        {t("zero")}
      </span>
      <span>
        <svg width="14" height="14" viewBox="0 0 16 16" aria-hidden="true">
          <path d="M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3" class="m-frame" />
        </svg>
        {t("blank")}
      </span>
      <span>
        <svg width="14" height="14" aria-hidden="true">
          <rect x="1" y="1" width="12" height="12" class="un" fill="url(#hatch)" />
        </svg>
        {t("unobservable")}
      </span>
      <span>
        <svg width="14" height="14" aria-hidden="true">
          <rect x="1.5" y="1.5" width="11" height="11" class="ring" />
        </svg>
        {t("record")}
      </span>
      <span>
        <svg width="12" height="10" aria-hidden="true">
          <path d="M1 9h9L5.500 2Z" class="f-mag" />
        </svg>
        {t("exercise")}
      </span>
    </div>
  );
}
