/** The thread: Figure, Days, Visit, Positions, Lines; of what an office published, Notices. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { useRows } from "../../api/client";
import { t } from "../../i18n/evidence";
import { t as vesselWord } from "../../i18n/vessel";
import { number } from "../../i18n/words";
import { EvidenceLink, Time } from "../../marks/links";
import { StateMark } from "../../marks/states";
import { lasting } from "../../state/time";
import { sayGate, sayPlace } from "../day/words";
import { at, fileName } from "../vessel/data";
import { sayHow } from "../vessel/Lists";
import { type Day, type Link, type RawFile, type Steps, share } from "./chain";
import { type Asked, readId } from "./figure";
import { type Figure, type Row, sayDay, sayFleet } from "./said";

interface Props {
  readonly steps: Steps;
  readonly asked: Asked | null;
  readonly row: Row | null;
  readonly figure: Figure;
  readonly opened: boolean;
  readonly open: () => void;
}

const FIRST = 6;
const FIRST_DAYS = 31;
const FIRST_LINES = 12;

function Step({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <li>
      <div class="step">{name}</div>
      <div>{children}</div>
    </li>
  );
}

export function Thread({ steps, asked, row, figure, opened, open }: Props) {
  const isEvent = asked?.kind === "visit" || asked?.kind === "passage";
  const events = steps.events;
  return (
    <ol class="chain">
      {isEvent ? null : (
        <Step name={t("figure")}>
          <b>{figure.value}</b> {figure.unit}
          <FigureRule asked={asked} row={row} steps={steps} />
        </Step>
      )}
      {steps.days.length && !isEvent ? (
        <Step name={t("days")}>
          <Days days={steps.days} />
        </Step>
      ) : null}
      {events.length ? (
        <Step name={t(events[0]?.kind === "passage" ? "passage" : events.length > 1 ? "events" : "visit")}>
          <Events events={events} row={isEvent ? row : null} />
        </Step>
      ) : null}
      {steps.crossings.length ? (
        <Step name={t("positions")}>
          <Crossings steps={steps} row={isEvent ? row : null} asked={asked} />
        </Step>
      ) : null}
      {steps.notices.length ? (
        <Step name={t("notices")}>
          <Some rows={steps.notices} row={(n) => <p key={n.text} class="ev-notice" lang="en">{n.text}</p>} />
        </Step>
      ) : null}
      {steps.received.length ? (
        <Step name={t("partners")}>
          <Some rows={steps.received} row={(n, i) => <p key={`${i} ${n.text}`} class="small" lang="en">{n.text}</p>} />
        </Step>
      ) : null}
      {steps.files.length ? (
        <Step name={t("lines")}>
          <Lines files={steps.files} />
        </Step>
      ) : null}
      {steps.more.length && !opened ? (
        <Step name="…">
          <button type="button" class="fig" onClick={open}>
            {t("all")}
          </button>
        </Step>
      ) : null}
    </ol>
  ); // biome-ignore format: one thought
}

function FigureRule({ asked, row, steps }: { asked: Asked | null; row: Row | null; steps: Steps }) {
  if (!asked) return null;
  const rule = row?.day_rule ?? steps.versions.find(([what]) => what === "rule")?.[1];
  const said = [
    asked.kind === "streak" ? t("unit", { unit: t("calendar_days") }) : "",
    rule ? t("day_rule", { rule: String(rule) }) : "",
    asked.fleet ? t("fleet_is", { fleet: sayFleet(asked.fleet) }) : "",
    asked.source === "ais" ? "AIS" : t("source_is", { source: asked.source }),
    row && asked.kind === "streak"
      ? row.is_running === true
        ? t("running")
        : row.is_running === null
          ? t("running_unknown")
          : ""
      : "",
  ];
  return (
    <>
      <br />
      <span class="small">{said.filter(Boolean).join(" · ")}</span>
      {steps.rules.map((r) => (
        <p key={r.text} class="small" lang="en">
          {r.id ? <EvidenceLink id={r.id}>{r.text}</EvidenceLink> : r.text}
        </p>
      ))}
    </>
  ); // biome-ignore format: one thought
}

/** The first few, and a key for the rest. */
function Some<R>({
  rows,
  row,
  first = FIRST,
}: {
  rows: readonly R[];
  row: (r: R, i: number) => ComponentChildren;
  first?: number;
}) {
  const [all, setAll] = useState(false);
  return (
    <>
      {(all ? rows : rows.slice(0, first)).map(row)}
      {rows.length > first && !all ? (
        <button type="button" class="fig small" onClick={() => setAll(true)}>
          {t("more", { n: rows.length - first })}
        </button>
      ) : null}
    </>
  );
}

const COUNTED = ["observed", "not_observed", "unobservable"] as const;

function Days({ days }: { days: readonly Day[] }) {
  const counts = COUNTED.map((state) => [state, days.filter((d) => d.state === state).length] as const).filter(
    ([, n]) => n > 0,
  );
  return (
    <>
      <span>{counts.map(([state, n]) => t(`${state}_n`, { n: number(n) })).join(" · ")}</span>
      <div class="ev-days">
        <Some
          rows={days}
          first={FIRST_DAYS}
          row={(d) => (
            <span key={d.id ?? d.text} class={`ev-day ev-${d.state}`} title={d.text}>
              {d.state === "unobservable" ? <StateMark state="unobservable" size={11} /> : null}
              {d.state === "not_observed" ? <StateMark state="zero" size={11} /> : null}
              <EvidenceLink id={d.id} label={d.text}>
                {d.day ? sayDay(d.day) : d.text}
              </EvidenceLink>
            </span>
          )}
        />
      </div>
    </>
  );
}

const STATUS = ["open", "closed", "withdrawn"] as const;

function Events({ events, row }: { events: readonly Link[]; row: Row | null }) {
  return (
    <Some
      rows={events}
      row={(e) => (
        <div key={e.id ?? e.text} class="ev-event">
          <EvidenceLink id={e.id}>
            <span class="mono">{e.id}</span>
          </EvidenceLink>
          {row ? <Known row={row} /> : <Brief link={e} />}
        </div>
      )}
    />
  );
}

/** An event of which the row is at hand: its status, both ends and how they are known. */
function Known({ row }: { row: Row }) {
  const status = String(row.status);
  const said = (STATUS as readonly string[]).includes(status) ? t(status as (typeof STATUS)[number]) : status;
  if (row.t_utc)
    return (
      <>
        {" · "}
        {said}
        <br />
        <span class="small">
          <Time at={String(row.t_utc)} f="ymdhm" /> · {sayGate(String(row.gate_id))}
        </span>
      </>
    );
  return (
    <>
      {" · "}
      {said}
      <br />
      <span class="small">
        <Time at={row.entry_t_utc as string | null} f="dhm" /> <i>{sayHow(row.entry_how as string | null)}</i> →{" "}
        <Time at={row.exit_t_utc as string | null} f="dhm" />{" "}
        <i>{row.status === "open" ? vesselWord("still_inside") : sayHow(row.exit_how as string | null)}</i>
        {typeof row.duration_s === "number" ? ` · ${lasting(row.duration_s)}` : ""}
      </span>
    </>
  );
}

const STAY = /from (\S+Z) \((\w+)\) to (\S+Z) \((\w+)\)/;

/** An event below a figure: its place, and both ends as the chain's line gives them. */
function Brief({ link }: { link: Link }) {
  const asked = link.id ? readId(link.id) : null;
  const ends = STAY.exec(link.text);
  const where = asked
    ? asked.kind === "passage"
      ? sayGate(asked.places[0] ?? "")
      : sayPlace(asked.places[0] ?? "")
    : "";
  return (
    <>
      <br />
      <span class="small" title={link.text}>
        {asked?.mmsi} · {where}
        {ends ? (
          <>
            {" · "}
            <Time at={ends[1]} /> <i>{sayHow(ends[2] ?? null)}</i> → <Time at={ends[3]} />{" "}
            <i>{sayHow(ends[4] ?? null)}</i>
          </>
        ) : null}
      </span>
    </>
  );
}

const PLACE = /(\d+\.\d+)([NS]) (\d+\.\d+)([EW])/;

function Crossings({ steps, row, asked }: { steps: Steps; row: Row | null; asked: Asked | null }) {
  const inside = row && typeof row.positions_n === "number" ? t("inside_n", { n: number(row.positions_n) }) : null;
  const passage = asked?.kind === "passage";
  const [before, mid, after] = passage
    ? [row?.before_utc, row?.t_utc, row?.after_utc]
    : row?.entry_how === "crossed"
      ? [row.entry_before_utc, row.entry_t_utc, row.entry_after_utc]
      : [row?.exit_before_utc, row?.exit_t_utc, row?.exit_after_utc];
  const part = row ? share(at(before as string), at(mid as string), at(after as string)) : null;
  const minutes = Math.round((at(after as string) - at(before as string)) / 60_000);
  const between =
    part === null || !Number.isFinite(minutes)
      ? null
      : t(passage ? "between_gate" : "between", { minutes, share: Math.round(part * 100) });
  const where = PLACE.exec(steps.crossings.find((c) => c.text.includes("crossed"))?.text ?? "");
  const crossed = steps.crossings.some((c) => c.text.includes("crossed"));
  return (
    <>
      {row ? (
        <p>
          {[inside, between ?? (crossed ? null : t("no_crossing"))].filter(Boolean).join("; ")}{" "}
          {where && between ? <span class="small">{`(${Number(where[1]).toFixed(4)}${where[2]} ${Number(where[3]).toFixed(4)}${where[4]})`}</span> : null}
        </p>
      ) : null}
      <Some rows={row ? [] : steps.crossings} row={(c) => <p key={c.text} class="small" lang="en">{c.text}</p>} />
      {row ? (
        <details class="small">
          <summary>{t("says")}</summary>
          {[...steps.crossings, ...steps.positions].map((c) => (
            <p key={c.text} lang="en">
              {c.text}
            </p>
          ))}
        </details>
      ) : null}
    </>
  ); // biome-ignore format: one thought
}

interface FileRow {
  readonly path: string;
  readonly sha256: string;
  readonly rows: number;
  readonly positions: number;
  readonly statics: number;
  readonly fragments: number;
  readonly ignored: Readonly<Record<string, number>>;
  readonly duplicates: number;
  readonly rejects: Readonly<Record<string, number>>;
}

const sum = (parts: Readonly<Record<string, number>>) => Object.values(parts).reduce((a, b) => a + b, 0);

/** The account of a file: where its rows went; what is none of and need not be told is left out. */
function sayRows(row: FileRow): string {
  const always = ["positions", "duplicates", "rejects"];
  const parts = { positions: row.positions, statics: row.statics, fragments: row.fragments, ignored: sum(row.ignored), duplicates: row.duplicates, rejects: sum(row.rejects) }; // biome-ignore format: one thought
  const told = (Object.keys(parts) as (keyof typeof parts)[]).filter((k) => parts[k] > 0 || always.includes(k));
  return `${t("rows_n", { n: number(row.rows) })} = ${told.map((k) => t(`${k}_n`, { n: number(parts[k]) })).join(" + ")}`;
}

function Lines({ files }: { files: readonly RawFile[] }) {
  const held = useRows<FileRow>("status").value;
  return (
    <>
      {files.map((file) => {
        const row = held.state === "ok" ? held.data.find((r) => r.path === file.path) : undefined;
        return (
          <div key={file.path} class="ev-file">
            <div class="small">
              <bdi class="mono" title={file.path}>
                {fileName(file.path)}
              </bdi>
              {row ? (
                <>
                  {" · sha256 "}
                  <span class="mono" title={row.sha256}>{`${row.sha256.slice(0, 10)}…`}</span>
                  {" · "}
                  {sayRows(row)}
                </>
              ) : null}
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and a keyboard must reach what scrolls */}
            <div class="rawl" role="group" aria-label={`${t("lines")} ${fileName(file.path)}`} tabIndex={0}>
              <Some
                rows={file.lines}
                first={FIRST_LINES}
                row={(l) => (
                  <div key={`${l.line} ${l.text}`}>
                    <i>{l.line ?? "–"}</i>
                    {l.entry && !l.missing ? <mark>{l.text}</mark> : <span>{l.missing ? `${l.text} (${t("line_missing")})` : l.text}</span>}
                  </div>
                )}
              />
            </div>
          </div>
        );
      })}
    </>
  ); // biome-ignore format: one thought
}
