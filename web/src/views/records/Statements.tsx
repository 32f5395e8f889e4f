/** Statements as dots in four lanes; open where the text does not name the Strait. One stop of the keyboard, arrows step. */
import { signal } from "@preact/signals";
import { t } from "../../i18n/records";
import { sayClaimant } from "../../i18n/shell";
import { lang } from "../../state/state";
import { sayDay } from "../calendar/reading";
import { type Frame, Side } from "./Chart";
import { type LaneId, lanesOf, type StatementRow } from "./model";

/** The statement that is read out under the chart. */
export const pointed = signal<StatementRow | null>(null);

/** A party: the name of its claimant, else of its region in the reader's language. */
export function sayParty(code: string): string {
  if (code === "us") return { en: "US", ja: "米国", "zh-Hant": "美國" }[lang.value];
  if (code === "eu") return "EU";
  const known = sayClaimant(code);
  if (known !== code) return known;
  try {
    return (
      new Intl.DisplayNames(lang.value === "zh-Hant" ? "zh-Hant-TW" : lang.value, { type: "region" }).of(
        code.toUpperCase(),
      ) ?? code
    );
  } catch {
    return code;
  }
}

const sayParties = (codes: readonly string[]) => codes.map(sayParty).join(lang.value === "en" ? ", " : "、");

export function Statements({
  rows,
  frame,
  top,
  step,
}: {
  rows: readonly StatementRow[];
  frame: Frame;
  top: number;
  step: number;
}) {
  if (!rows.length) return null;
  const { axis, left, right } = frame;
  const { pair, lanes } = lanesOf(rows);
  const names: Record<LaneId, string> = {
    g7: "G7",
    pair: sayParties(pair),
    three: t("three"),
    others: t("others"),
  };
  const order: LaneId[] = ["g7", "pair", "three", "others"];
  const inTime = [...rows].sort((a, b) => (a.day < b.day ? -1 : 1));
  const move = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    const at = pointed.value ? inTime.findIndex((r) => r.statement_id === pointed.value?.statement_id) : -1;
    pointed.value = inTime[Math.min(Math.max(at + by, 0), inTime.length - 1)] ?? null;
  };
  return (
    <g>
      <Side lines={[t("statements"), t("statements_2")]} y={top} frame={frame} />
      <g
        tabindex={0}
        role="listbox"
        aria-label={t("statements_long")}
        aria-activedescendant={pointed.value?.statement_id}
        onKeyDown={move}
      >
        <rect x={left} y={top - 4} width={right - left} height={4 * step} class="hit" />
        {order.map((lane, i) => {
          const y = top + 8 + i * step;
          return (
            <g key={lane}>
              <path d={`M${left} ${y}H${right}`} class="hair2" />
              <text x={left + 2} y={y - (frame.small ? 3 : 5)} class="t-3">
                {names[lane]}
              </text>
              {lanes[lane].map((r) => (
                <Dot key={r.statement_id} r={r} x={axis.x(r.day)} y={y} />
              ))}
            </g>
          );
        })}
      </g>
    </g>
  );
}

function Dot({ r, x, y }: { r: StatementRow; x: number; y: number }) {
  const at = pointed.value?.statement_id === r.statement_id;
  const point = () => {
    pointed.value = r;
  };
  const said = `${sayDay(r.day)}: ${r.title}`;
  return (
    <circle
      id={r.statement_id}
      role="option"
      aria-selected={at}
      aria-label={said}
      cx={x.toFixed(1)}
      cy={y}
      r={at ? 5.4 : 3.6}
      class={`statement ${r.names_taiwan_strait ? "says" : ""} ${at ? "at" : ""}`}
      onPointerEnter={point}
      onClick={point}
    >
      <title>{said}</title>
    </circle>
  );
}

/** The statement pointed at, in words; else how to read them. */
export function Readout() {
  const r = pointed.value;
  return (
    <p class="small readout" aria-live="polite">
      {r ? (
        <>
          <b>{sayDay(r.day)}</b> {r.title} ({sayParties(r.parties)}):{" "}
          {r.quote ? <q>{r.quote}</q> : t(r.names_taiwan_strait ? "names_strait" : "not_strait")}{" "}
          <span class="dim">{r.source}</span>
        </>
      ) : (
        t("read")
      )}
    </p>
  );
}
