/** Months as tables: the office's count large, AIS small at its right; a click opens the day, a number its evidence. */

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { sayUnit, t } from "../../i18n/calendar";
import { number } from "../../i18n/words";
import { StateMark } from "../../marks/states";
import { iso, lang, zones } from "../../state/state";
import { change, follow, href, type Patch } from "../../state/url";
import { dayFigure } from "./choose";
import {
  type Bin,
  type Day,
  daysIn,
  monthOf,
  monthTotals,
  plusDays,
  plusMonths,
  stepOf,
  weekday,
  windowOf,
} from "./days";
import { MONTHS_SHOWN, type Reading, ruleOf, sayDay, told, unitOf } from "./reading";

/** The day that the keyboard is on. */
const at = signal<string | null>(null);

const WEEKDAYS = {
  en: ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"],
  ja: [..."月火水木金土日"],
  "zh-Hant": [..."一二三四五六日"],
};

/** The state of Day for one calendar day: the source's own window where it has one, else that of the day rule. */
export function dayPatch(reading: Reading, day: string): Patch {
  const { large, small } = reading;
  const it = large?.days.get(day);
  const rule = windowOf(day, large ? ruleOf(large.of) : "UTC 00:00");
  const until = it?.until ?? iso(rule.until_ms);
  // a notice that gives only its end is taken to be a day long
  const since = it?.since ?? (it?.until ? iso(Date.parse(it.until) - 86_400_000) : iso(rule.since_ms));
  const beside = large?.of.by === "ais" ? large.of : small?.of.by === "ais" ? small.of : null;
  const patch: Record<string, string | readonly string[] | null> = {
    since,
    until,
    grain: "hour",
    sel: null,
    evidence: null,
    cam: null,
  };
  if (!zones.value.length && beside) patch.zone = beside.zones;
  return patch;
}

export const openDay = (reading: Reading, day: string) => change(dayPatch(reading, day), { view: "day", push: true });

/** Moves the months; the day at hand keeps its place among them. */
export function moveMonths(reading: Reading, by: number): void {
  const month = plusMonths(reading.month, by);
  change({ month });
}

export function Months({ reading, bins }: { reading: Reading; bins: readonly Bin[] }) {
  const root = useRef<HTMLDivElement>(null);
  const months = Array.from({ length: MONTHS_SHOWN }, (_, i) => plusMonths(reading.month, i));
  const last = reading.large?.reach?.last ?? "";
  const first = `${reading.month}-01`;
  const end = plusDays(`${plusMonths(reading.month, MONTHS_SHOWN)}-01`, -1);
  const within = (day: string | null) => day !== null && first <= day && day <= end;
  const current = within(at.value) ? at.value : last && within(last) ? last : first;
  const go = (day: string) => {
    at.value = day;
    if (day < first) change({ month: monthOf(day) });
    if (day > end) change({ month: plusMonths(monthOf(day), 1 - MONTHS_SHOWN) });
    setTimeout(() => root.current?.querySelector<HTMLElement>(`a[data-day="${day}"]`)?.focus(), 0);
  };
  const keys = (event: KeyboardEvent) => {
    const from = (event.target as Element).closest("[data-day]")?.getAttribute("data-day");
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[event.key];
    if (!from || !by) return;
    event.preventDefault();
    event.stopPropagation();
    go(plusDays(from, by));
  };
  return (
    <div class="months" ref={root} onKeyDown={keys} role="group" aria-label={t("k_moves")}>
      {months.map((month) => (
        <Month key={month} month={month} reading={reading} bins={bins} current={current ?? first} />
      ))}
    </div>
  );
}

function Month(props: { month: string; reading: Reading; bins: readonly Bin[]; current: string }) {
  const { month, reading, bins, current } = props;
  const n = daysIn(month);
  const lead = weekday(`${month}-01`);
  const weeks = Math.ceil((lead + n) / 7);
  return (
    <figure>
      <figcaption>
        <h2>{sayMonth(month)}</h2>
        <span class="small">{totals(month, reading)}</span>
      </figcaption>
      <table class="month">
        <thead>
          <tr>
            {WEEKDAYS[lang.value].map((w) => (
              <th key={w} scope="col">
                {w}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: weeks }, (_, w) => (
            <tr key={w}>
              {Array.from({ length: 7 }, (_, d) => {
                const i = w * 7 + d - lead;
                if (i < 0 || i >= n) return <td key={d} class="off" />;
                const day = plusDays(`${month}-01`, i);
                return <Cell key={day} day={day} reading={reading} bins={bins} current={day === current} />;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Cell({
  day,
  reading,
  bins,
  current,
}: {
  day: string;
  reading: Reading;
  bins: readonly Bin[];
  current: boolean;
}) {
  const { large, small, rings } = reading;
  const it = large?.days.get(day);
  const step = it ? stepOf(it.value, bins) : 0;
  const figure = large && it && it.state !== "blank" ? dayFigure(large.of, day) : null;
  const patch = dayPatch(reading, day);
  const said = told(day, reading);
  const kind = !it ? "outside" : it.state === "value" ? `c${step} ${step >= 4 ? "deep" : ""}` : it.state;
  return (
    <td class={`${kind} ${rings.has(day) ? "rung" : ""}`} data-evidence={figure ?? undefined} title={said}>
      <a
        class="d"
        data-day={day}
        tabIndex={current ? 0 : -1}
        href={href(patch, "day")}
        onClick={follow(patch, "day")}
        onFocus={() => {
          at.value = day;
        }}
        aria-label={said}
      >
        {Number(day.slice(8))}
      </a>
      {it?.state === "blank" ? <Corners /> : null}
      {large && it ? <Large it={it} figure={figure} /> : null}
      {small ? <Small it={small.days.get(day)} figure={dayFigure(small.of, day)} /> : null}
    </td>
  );
}

/** A number that opens its evidence; the day itself has the place in the order of tabs, and `e` opens the same. */
function Figure({ value, figure }: { value: number; figure: string | null }) {
  if (!figure) return <span>{number(value)}</span>;
  const patch = { evidence: figure };
  const label = t("open_evidence", { value: number(value) });
  return (
    <a class="fig" tabIndex={-1} href={href(patch)} onClick={follow(patch)} aria-label={label} data-evidence={figure}>
      {number(value)}
    </a>
  );
}

function Large({ it, figure }: { it: Day; figure: string | null }) {
  if (it.state === "zero")
    return (
      <span class="n">
        <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">
          <circle cx="7" cy="7" r="3.6" class="zero strong" />
        </svg>
      </span>
    );
  if (it.value === null) return null;
  return (
    <span class="n">
      <Figure value={it.value} figure={figure} />
    </span>
  );
}

/** AIS of the day; where no source speaks of it nothing is drawn, and the line over the months says since when one does. */
function Small({ it, figure }: { it: Day | undefined; figure: string }) {
  if (!it) return null;
  return (
    <span class="s">
      {it.value === null ? <StateMark state="unobservable" size={14} /> : <Figure value={it.value} figure={figure} />}
    </span>
  );
}

/** Open corners: nothing was reported, and nothing is drawn. */
function Corners() {
  return (
    <svg class="corners" viewBox="0 0 38 37" preserveAspectRatio="none" aria-hidden="true">
      <path
        d="M.5 4.500V.5h4M33.500.5h4v4M37.500 32.500v4h-4M4.500 36.500h-4v-4"
        vector-effect="non-scaling-stroke"
        class="hair"
      />
    </svg>
  );
}

const sayMonth = (month: string) => sayDay(month, "ym");

function totals(month: string, reading: Reading): string {
  const { large } = reading;
  if (!large) return "";
  const { reported, sum, with: having } = monthTotals(month, large.days);
  if (!reported) return t("month_none");
  const binary = unitOf(large.of) === "calendar_days";
  return binary
    ? t("month_with", { with: having, n: reported })
    : t("month_days", { n: reported, sum: number(sum), unit: sayUnit(unitOf(large.of)) });
}
