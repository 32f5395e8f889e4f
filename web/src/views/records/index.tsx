/** Records: streaks with the record line, and on the same axis, each in its own unit, years, counts and statements. */
import { useEffect } from "preact/hooks";
import { sayMetric } from "../../i18n/calendar";
import { t } from "../../i18n/records";
import { Said } from "../../marks/states";
import { rules, sources } from "../../shell/Foot";
import { change } from "../../state/url";
import { type Counted, daily, idOf, type SeriesRow } from "../calendar/choose";
import { Missing } from "../calendar/Missing";
import { Pick } from "../calendar/Picks";
import { nameOf, officeName, ruleOf, sayRule } from "../calendar/reading";
import { Chart } from "./Chart";
import { type Reading, useReading } from "./reading";
import "./records.css";
import { Aside } from "./Side";
import { Readout } from "./Statements";

export function View() {
  const reading = useReading();
  const { of, listed } = reading;
  useFoot(reading);
  if (!of)
    return (
      <div class="pad">
        <h1>{t("title")}</h1>
        <Said
          answer={listed.state === "ok" ? { state: "none", data: [], notes: [], dataVersion: "" } : listed}
          what={t("what_series")}
        />
      </div>
    );
  return (
    <>
      <div class="pad rec-head">
        <h1>{t("title")}</h1>
        <p class="sub">{t("sub", { name: nameOf(of), rule: sayRule(ruleOf(of)) })}</p>
        <Missing rows={reading.series} />
        <Picks reading={reading} of={of} />
      </div>
      <div class="rec">
        <section>
          <Chart reading={reading} />
          <Readout />
        </section>
        <Aside reading={reading} />
      </div>
    </>
  );
}

/** The series of the streaks, and those that stand under it. */
function Picks({ reading, of }: { reading: Reading; of: Counted }) {
  const rows = daily(reading.series);
  const offices = [...new Set(rows.map((r) => r.office))];
  const value = idOf(of);
  const under = reading.trends.map((l) => l.series.series);
  const beside = (i: number, id: string) => change({ beside: under.map((u, k) => (k === i ? id : u)) }, { push: true });
  const counted = rows.filter((r) => r.window === "day");
  return (
    <div class="pick">
      <Pick label={t("series")} value={value} onPick={(series) => change({ series, month: null }, { push: true })}>
        {of.by === "ais" ? <option value={value}>{nameOf(of)}</option> : null}
        {offices.map((office) => (
          <optgroup key={office} label={officeName(office)}>
            {rows.filter((r) => r.office === office).map(option)}
          </optgroup>
        ))}
      </Pick>
      {under.map((id, i) => (
        <Pick
          key={i}
          label={i === 0 ? t("beside") : ""}
          name={t("beside")}
          value={id}
          onPick={(next) => beside(i, next)}
        >
          {counted
            .filter((r) => r.series === id || !under.includes(r.series))
            .map((r) => (
              <option key={r.series} value={r.series}>
                {sayMetric(r.metric)}
              </option>
            ))}
        </Pick>
      ))}
    </div>
  );
}

const option = (row: SeriesRow) => (
  <option key={row.series} value={row.series}>
    {nameOf({ by: "office", row })}
  </option>
);

function useFoot(reading: Reading): void {
  const { of, trends, statements } = reading;
  const rule = of ? `${ruleOf(of)}; ${t("unit_axis")}` : null;
  const offices = [
    ...new Set([...(of?.by === "office" ? [of.row.office] : []), ...trends.map((l) => l.series.office)]),
  ];
  const source = t("sources", { offices: offices.map(officeName).join("; "), n: statements.length });
  useEffect(() => {
    rules.value = rule;
    sources.value = source;
    return () => {
      rules.value = null;
      sources.value = null;
    };
  }, [rule, source]);
}
