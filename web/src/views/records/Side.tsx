/** The records in words: each with its days, what it broke and when; what runs now; how to read the chart. */
import type { ComponentChildren } from "preact";
import { sayUnit } from "../../i18n/calendar";
import { t } from "../../i18n/records";
import { number } from "../../i18n/words";
import { EvidenceLink } from "../../marks/links";
import { Said } from "../../marks/states";
import { nameOf, sayDay } from "../calendar/reading";
import type { RecordRow } from "../calendar/rings";
import { type StreakRow, wouldBreak } from "./model";
import type { Reading } from "./reading";

const MOST = 6;

export function Aside({ reading }: { reading: Reading }) {
  const { of, answer, rows, since } = reading;
  const name = of ? nameOf(of) : "";
  const held = rows.filter((r, i) => r.broke !== null || i === 0).reverse();
  return (
    <section>
      <p class="cap">{t("records", { since: since ? sayDay(since) : "–" })}</p>
      {answer.state === "ok" ? (
        <table class="held">
          <thead>
            <tr>
              <th class="num" scope="col">
                {t("days")}
              </th>
              <th scope="col">{t("from_to")}</th>
              <th class="num" scope="col">
                {t("broke")}
              </th>
            </tr>
          </thead>
          <tbody>
            {held.slice(0, MOST).map((r) => (
              <Held key={r.figure_id} r={r} />
            ))}
          </tbody>
        </table>
      ) : (
        <Said answer={answer} what={t("what_streaks", { name })} />
      )}
      <Now reading={reading} />
      <Highest rows={reading.records} />
      <How reading={reading} />
    </section>
  );
}

function ended(r: StreakRow): string {
  if (r.start_day === null) return t("no_days");
  if (r.is_running) return t("running");
  const why =
    r.ended_by === "not_observed" ? t("e_not_observed") : r.ended_by === "unknown" ? t("e_unknown") : t("e_data_end");
  return t("ended", { why });
}

/** First and last day, each unbroken; of a streak without dates the bounds. */
function When({ r }: { r: StreakRow }) {
  if (r.start_day)
    return (
      <>
        <span class="whole">{sayDay(r.start_day)} –</span> <span class="whole">{sayDay(r.end_day ?? r.start_day)}</span>
      </>
    );
  const bounded = r.not_before && r.not_after;
  return (
    <span>
      {bounded
        ? t("between", { from: sayDay(r.not_before ?? "", "ym"), to: sayDay(r.not_after ?? "", "ym") })
        : t("first")}
    </span>
  );
}

function Held({ r }: { r: StreakRow }) {
  const span = r.days_span > r.days_observed ? `–${number(r.days_span)}` : "";
  return (
    <tr>
      <td class="num n">
        <EvidenceLink id={r.figure_id}>
          {number(r.days_observed)}
          {span}
        </EvidenceLink>
      </td>
      <td>
        <When r={r} />
        <br />
        <span class="small" title={r.ended_because}>
          {ended(r)}
        </span>
      </td>
      <td class="num">
        {r.broke_days === null ? (
          t("first")
        ) : (
          <>
            {number(r.broke_days)}
            <br />
            <span class="small whole">{r.broke_on_day ? sayDay(r.broke_on_day) : ""}</span>
          </>
        )}
      </td>
    </tr>
  );
}

/** What runs on the last day, and when it would break the record. */
function Now({ reading }: { reading: Reading }) {
  const { streaks } = reading;
  const now = streaks.findLast((s) => s.running);
  const last = streaks.at(-1);
  if (!last) return null;
  if (!now) return null;
  const breaks = wouldBreak(streaks);
  return (
    <p class="now">
      <svg width="14" height="14" aria-hidden="true">
        <circle cx="7" cy="7" r="4.6" class="m-ink" />
      </svg>
      <span>
        {t("run_now", { n: number(now.n), day: sayDay(now.end) })}{" "}
        {breaks
          ? t("run_break", { n: number(breaks.n), record: number(breaks.record), day: sayDay(breaks.day) })
          : t("run_record")}
      </span>
    </p>
  );
}

/** Days that were higher than any before: the same rings as in the calendar. */
function Highest({ rows }: { rows: readonly RecordRow[] }) {
  const days = rows.filter((r) => r.record_kind === "highest_day" && r.start_day);
  if (!days.length) return null;
  return (
    <>
      <p class="cap gap">{t("highest")}</p>
      <table class="held">
        <tbody>
          {days
            .slice(-3)
            .reverse()
            .map((r) => (
              <tr key={r.figure_id}>
                <td class="num n">
                  <EvidenceLink id={r.figure_id}>{number(r.value)}</EvidenceLink>
                </td>
                <td>
                  {sayUnit(r.unit)} {t("on", { day: sayDay(r.start_day ?? "") })}
                </td>
                <td class="num">{r.previous ?? r.broke_value ?? t("first")}</td>
              </tr>
            ))}
        </tbody>
      </table>
    </>
  );
}

function How({ reading }: { reading: Reading }) {
  const any = (test: boolean, mark: ComponentChildren, text: string) =>
    test ? (
      <li key={text}>
        <svg width="22" height="14" aria-hidden="true">
          {mark}
        </svg>
        {text}
      </li>
    ) : null;
  const { streaks, trends } = reading;
  return (
    <>
      <p class="cap gap">{t("how")}</p>
      <ul class="legend how">
        {any(true, <path d="M1 13 20 2V13Z" class="streak" />, t("h_streak"))}
        {any(streaks.length > 1, <path d="M0 7h22" class="water-line" />, t("h_water"))}
        {any(
          streaks.some((s) => s.undated),
          <path d="M2 13 18 2V13Z" class="streak undated" />,
          t("h_dashed"),
        )}
        {any(
          streaks.some((s) => s.row.days_span > s.n),
          <path d="M11 13V1" class="bridged" />,
          t("h_bridge"),
        )}
        {any(
          trends.some((l) => l.series.breaks.length > 0),
          <path d="M11 13V4" class="form" />,
          t("h_form"),
        )}
        {any(streaks.length > 1, <circle cx="11" cy="7" r="4.6" class="broke" />, t("h_ring"))}
        {any(true, <rect x="4" y="1" width="13" height="12" fill="url(#hatch)" />, t("h_hatch"))}
        {any(
          reading.statements.length > 0,
          <>
            <circle cx="6" cy="7" r="3.6" class="statement says" />
            <circle cx="16" cy="7" r="3.6" class="statement" />
          </>,
          t("h_dot"),
        )}
      </ul>
    </>
  );
}
