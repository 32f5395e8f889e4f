/** The list of the window: everything that the chart shows, in time order, and what the sheet cannot say. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { meta } from "../../api/meta";
import { t } from "../../i18n/day";
import { number } from "../../i18n/words";
import { EventMark, markOf } from "../../marks/events";
import { EvidenceLink, Time, ViewLink } from "../../marks/links";
import { Said, StateRow } from "../../marks/states";
import { clock, phone, sel, span } from "../../state/state";
import { say, sayDays } from "../../state/time";
import { change } from "../../state/url";
import { type Day, dataOf, type Entry, MOST_TRACKS, namesOf } from "./data";
import { headAt, hot } from "./state";
import { howOf, namesOfPlace, titleOf } from "./words";

const MOST_ROWS = 400;

export function List({ day }: { day: Day }) {
  const { since_ms, until_ms } = span.value;
  const { chosen } = day;
  const shown = chosen === null ? day.entries : day.entries.filter((e) => e.mmsi === chosen);
  const names = namesOf(day.pieces);
  const live = shown.filter((e) => !e.withdrawn);
  const count = (kind: Entry["kind"]) => live.filter((e) => e.kind === kind).length;
  const positions = day.pieces
    .filter((p) => chosen === null || p.properties.mmsi === chosen)
    .reduce((n, p) => n + p.properties.t_ms.filter((at) => at >= since_ms && at < until_ms).length, 0);
  const hulls = chosen === null ? day.hulls.length : 1;
  const only = chosen ?? (day.hulls.length === 1 ? day.hulls[0] : undefined);
  const busy = [day.visits.value, day.passages.value].find((a) => a.state !== "ok" && a.state !== "none");
  const picked = sel.value;
  const box = useRef<HTMLDivElement>(null);
  // what was chosen on the chart or the time bar is brought into sight in the list
  useEffect(() => {
    const row = picked ? box.current?.querySelector(`[data-id="${CSS.escape(picked)}"]`) : null;
    if (row && !phone.value) row.scrollIntoView({ block: "nearest" });
  }, [picked, shown.length]);
  const broken = [day.visits.value, day.passages.value].find((a) => a.state === "error");
  return (
    <aside aria-label={t("list")}>
      <p class="small">
        <span class="cap">{t("window")}</span>&ensp;
        <Time at={since_ms} /> – <Time at={until_ms} /> {clock.value}
      </p>
      <h1>{sayDays(since_ms, until_ms)}</h1>
      <div class="figs">
        <Figure n={hulls} word={t(hulls === 1 ? "hull" : "hulls")} />
        <Figure n={positions} word={t(positions === 1 ? "position_1" : "positions")} />
        <Figure
          n={count("passage")}
          word={t(count("passage") === 1 ? "passage_1" : "passages")}
          evidence={live.find((e) => e.kind === "passage")?.id}
        />
        <Figure
          n={count("visit")}
          word={t(count("visit") === 1 ? "visit_1" : "visits")}
          evidence={live.find((e) => e.kind === "visit")?.id}
        />
        <Figure n={count("gap")} word={t(count("gap") === 1 ? "gap_1" : "gaps")} />
      </div>
      {only !== undefined ? (
        <div class="who">
          <ViewLink view="vessel" patch={{ sel: String(only) }}>
            <b>{names.get(only) ?? only}</b> <span class="dim">{names.has(only) ? only : ""}</span>
          </ViewLink>
          {chosen !== null ? (
            <button type="button" class="small fig" onClick={() => change({ sel: null })}>
              {t("all_hulls")}
            </button>
          ) : names.has(only) ? null : (
            <span class="small">{t("number_only")}</span>
          )}
        </div>
      ) : null}
      <div class="list-box" ref={box}>
        {broken ? <Said<unknown> answer={broken} what={t("what_list")} /> : null}
        {busy && busy !== broken && shown.length === 0 ? (
          <Said<unknown> answer={busy} what={t(chosen === null ? "what_list" : "what_list_hull")} />
        ) : null}
        {!busy && !broken && shown.length === 0 ? <Empty day={day} /> : null}
        <ul class="rowlist">
          {shown.slice(0, MOST_ROWS).map((e) => (
            <Row key={e.id} entry={e} who={only === undefined ? (names.get(e.mmsi) ?? String(e.mmsi)) : ""} />
          ))}
        </ul>
        {shown.length > MOST_ROWS ? (
          <p class="small">
            {t("fewer", { n: number(MOST_ROWS) })} {t("more", { n: number(shown.length - MOST_ROWS) })}
          </p>
        ) : null}
      </div>
      <Cannot day={day} />
    </aside>
  );
}

function Figure({ n, word, evidence }: { n: number; word: string; evidence?: string | undefined }) {
  return (
    <div>
      <b>
        <EvidenceLink id={evidence ?? null} label={`${n} ${word}`}>
          {number(n)}
        </EvidenceLink>
      </b>
      <small>{word}</small>
    </div>
  );
}

function Empty({ day }: { day: Day }) {
  const covered = day.visits.value.state === "ok" || day.visits.value.state === "none" ? "none" : "not_covered";
  const notes = "notes" in day.visits.value ? day.visits.value.notes : [];
  return (
    <ul class="rowlist states">
      <StateRow state={covered}>
        {t(day.chosen === null ? "what_list" : "what_list_hull")}. {notes.join(" ")}
      </StateRow>
    </ul>
  );
}

function Row({ entry: e, who }: { entry: Entry; who: string }) {
  const is = sel.value === e.id;
  const choose = () => {
    headAt.value = e.from_ms;
    change({ sel: is ? null : e.id });
  };
  const lit = (on: boolean) => () => {
    hot.value = on ? e.id : null;
  };
  return (
    <li
      class={`${is ? "sel" : ""}${e.withdrawn ? " withdrawn" : ""}`}
      data-id={e.id}
      data-evidence={e.kind === "gap" ? undefined : e.id}
      onMouseEnter={lit(true)}
      onMouseLeave={lit(false)}
      onFocusIn={lit(true)}
      onFocusOut={lit(false)}
    >
      <EventMark mark={markOf(e.kind, e.withdrawn ? "withdrawn" : "")} />
      <div class="what">
        <button type="button" class="pick-row" title={namesOfPlace(e)} aria-pressed={is} onClick={choose}>
          {who ? <b class="row-who">{who} </b> : null}
          {titleOf(e)}
        </button>
        <small>
          <i class="known">{howOf(e)}</i>
          {is && e.kind !== "gap" ? (
            <>
              {" · "}
              <EvidenceLink id={e.id}>{t("evidence_of")}</EvidenceLink>
            </>
          ) : null}
        </small>
      </div>
      <div class="when">{e.kind === "gap" ? "" : <Time at={e.from_ms} />}</div>
    </li>
  );
}

/** What was not heard, not asked, or not to be told: said here, and never by leaving it out. */
function Cannot({ day }: { day: Day }) {
  const { since_ms, until_ms } = span.value;
  const held = meta.value?.data_window;
  const first = held ? Date.parse(held.since) : Number.NaN;
  const last = held ? Date.parse(held.until) : Number.NaN;
  const rows: ComponentChildren[] = [];
  if (held && (first > since_ms || last < until_ms))
    rows.push(
      <StateRow key="ais" state="not_covered">
        {t("c_no_ais", { first: say(first, "ymdhm"), last: say(last, "ymdhm") })}
      </StateRow>,
    );
  rows.push(
    <StateRow key="kinds" state="not_covered">
      {t("c_kinds")}
    </StateRow>,
  );
  if (day.hulls.length > MOST_TRACKS)
    rows.push(
      <StateRow key="tracks" state="not_covered">
        {t("c_tracks", { n: number(MOST_TRACKS), all: number(day.hulls.length) })}
      </StateRow>,
    );
  const asks = [
    [day.shapes, t("what_chart")],
    [day.tracks, t("what_tracks")],
  ] as const;
  for (const [answer, what] of asks) {
    const { value } = answer;
    if (what === t("what_tracks") && day.hulls.length === 0) continue;
    if (value.state === "loading" || value.state === "withheld" || value.state === "not_covered")
      rows.push(
        <StateRow key={what} state={value.state}>
          {what}
        </StateRow>,
      );
    if (value.state === "error")
      rows.push(
        <StateRow key={what} state="error">
          {what}: {value.problem.detail || value.problem.title}
        </StateRow>,
      );
  }
  const notes = dataOf(day.visits.value) && "notes" in day.visits.value ? day.visits.value.notes : [];
  for (const note of notes)
    rows.push(
      <li key={note} class="note">
        {note}
      </li>,
    );
  return (
    <div class="cannot-box">
      <p class="cap cannot">{t("cannot")}</p>
      <ul class="rowlist states">{rows}</ul>
    </div>
  );
}
