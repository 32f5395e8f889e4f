/** Calendar: years as strips, four months at the right; the office's count beside AIS, never their sum. */
import { useEffect, useMemo } from "preact/hooks";
import { sayUnit, t } from "../../i18n/calendar";
import { number } from "../../i18n/words";
import { Said } from "../../marks/states";
import { rules, sources } from "../../shell/Foot";
import { useKeys } from "../../shell/keys";
import { phone } from "../../state/state";
import { follow, href } from "../../state/url";
import { type Bin, binsOf, plusMonths } from "./days";
import "./calendar.css";
import { dayFigure } from "./choose";
import { Missing } from "./Missing";
import { Months, moveMonths } from "./Months";
import { Picks } from "./Picks";
import {
  fleetName,
  type Layer,
  MONTHS_SHOWN,
  nameOf,
  officeName,
  type Reading,
  ruleOf,
  sayDay,
  sayRule,
  unitOf,
  useReading,
  zoneKind,
} from "./reading";
import { Legend, Strips } from "./Strips";

export function View() {
  const reading = useReading();
  const { large, listed } = reading;
  const bins = useMemo(() => binsOf(large ? valuesOf(large) : []), [large]);
  useFoot(reading);
  useKeys({
    ArrowLeft: (event) => moveMonths(reading, event.shiftKey ? -10 : -1),
    ArrowRight: (event) => moveMonths(reading, event.shiftKey ? 10 : 1),
    PageUp: (event) => stepped(event, reading, -1),
    PageDown: (event) => stepped(event, reading, 1),
  });
  if (!large)
    return (
      <div class="pad">
        <Said
          answer={listed.state === "ok" ? { state: "none", data: [], notes: [], dataVersion: "" } : listed}
          what={t("what_series")}
        />
      </div>
    );
  return (
    <>
      <div class="pad cal-head">
        <h1>{titleOf(large)}</h1>
        <Missing rows={reading.series} />
        <Sub layer={large} />
        <Picks reading={reading} />
      </div>
      {large.answer.state === "ok" ? (
        <Sheet reading={reading} bins={bins} />
      ) : (
        <div class="pad">
          <Said answer={large.answer} what={t("what", { name: nameOf(large.of) })} />
        </div>
      )}
    </>
  );
}

function Sheet({ reading, bins }: { reading: Reading; bins: readonly Bin[] }) {
  return (
    <div class="cal">
      <section>
        <Strips reading={reading} bins={bins} />
        <Legend reading={reading} bins={bins} />
      </section>
      <section>
        <Aside reading={reading} />
        <Months reading={reading} bins={bins} />
        <Beneath reading={reading} />
      </section>
    </div>
  );
}

function stepped(event: KeyboardEvent, reading: Reading, by: number): void {
  event.preventDefault();
  moveMonths(reading, by);
}

/** A number a day is told day by day; a series of days says so in its name. */
const titleOf = ({ of }: Layer) =>
  of.by === "ais" || of.row.window === "span" ? nameOf(of) : t("title", { name: nameOf(of) });

/** What is counted, by whom, in which days, how many of them, and how many stay blank. */
function Sub({ layer }: { layer: Layer }) {
  const { of, days, reach } = layer;
  if (!reach) return null;
  const all = [...days.values()];
  const known = all.filter((d) => d.value !== null).length;
  const told = {
    rule: sayRule(ruleOf(of)),
    first: sayDay(reach.first),
    last: sayDay(reach.last),
    unit: sayUnit(unitOf(of)),
  };
  const breaks = of.by === "office" && of.row.breaks.length ? of.row.breaks : [];
  return (
    <p class="sub" title={breaks.map((text) => t("breaks", { text })).join("\n")}>
      {of.by === "office"
        ? t(of.row.window === "span" ? "sub_span" : "sub", {
            ...told,
            unit: capital(told.unit),
            office: officeName(of.row.office),
            n: number(known),
            blank: number(all.length - known),
          })
        : t("sub_ais", {
            ...told,
            fleet: fleetName(of.fleet),
            n: number(all.length),
            blank: number(all.length - known),
          })}
    </p>
  );
}

const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1);

/** What is large and what is small, how far AIS reaches, and the steps to other months. */
function Aside({ reading }: { reading: Reading }) {
  const { large, small, month } = reading;
  if (!large) return null;
  const named = small
    ? t("large_small", { large: lineOf(large), small: lineOf(small) })
    : t("large_only", { large: lineOf(large) });
  const end = plusMonths(month, MONTHS_SHOWN - 1);
  return (
    <div class="cal-aside">
      <p class="small">
        {named}
        {small?.of.by === "ais" && small.answer.state !== "loading" ? ` ${reachOf(small)}` : ""}
      </p>
      <p class="steps">
        {phone.value ? (
          <span class="small">{t("shown_phone", { from: sayDay(month, "ym"), to: sayDay(end, "ym") })}</span>
        ) : null}
        <button
          type="button"
          class="key"
          aria-label={t("earlier")}
          title={t("earlier")}
          onClick={() => moveMonths(reading, -1)}
        >
          ←
        </button>
        <button
          type="button"
          class="key"
          aria-label={t("later")}
          title={t("later")}
          onClick={() => moveMonths(reading, 1)}
        >
          →
        </button>
      </p>
    </div>
  );
}

function lineOf(layer: Layer): string {
  const { of } = layer;
  return of.by === "office"
    ? t("count_of", { office: officeName(of.row.office) })
    : t("hulls_ais", { zone: of.zones.map(zoneKind).join("; ") });
}

function reachOf(layer: Layer): string {
  const { reach } = layer;
  return reach ? t("ais_reach", { first: sayDay(reach.first), last: sayDay(reach.last) }) : t("ais_nothing");
}

/** Two sources stand side by side; why they differ is told by the evidence of a day that both speak of. */
function Beneath({ reading }: { reading: Reading }) {
  const { large, small } = reading;
  if (!large || !small) return null;
  const both = [...small.days.keys()]
    .filter((day) => large.days.get(day)?.value != null)
    .sort()
    .at(-1);
  const patch = { evidence: both ? dayFigure(small.of, both) : null };
  return (
    <p class="small beneath">
      {t("never_added")}{" "}
      {both ? (
        <a class="fig" href={href(patch)} onClick={follow(patch)}>
          {t("why_differ")}
        </a>
      ) : null}
    </p>
  );
}

const valuesOf = (layer: Layer) => [...layer.days.values()].flatMap((d) => (d.value === null ? [] : [d.value]));

function useFoot(reading: Reading): void {
  const { large } = reading;
  const rule = large ? ruleOf(large.of) : null;
  const source = !large
    ? null
    : large.of.by === "office"
      ? t("sources", { office: officeName(large.of.row.office) })
      : t("sources_ais");
  useEffect(() => {
    rules.value = rule;
    sources.value = source;
    return () => {
      rules.value = null;
      sources.value = null;
    };
  }, [rule, source]);
}
