/** Partners: the matrix of who reaches whom, the net, one path explained, what is withheld by which rule, health. */
import { useEffect } from "preact/hooks";
import { type Answer, type Page, useOne, useRows } from "../../api/client";
import { meta } from "../../api/meta";
import { t } from "../../i18n/partners";
import { Said } from "../../marks/states";
import { sources } from "../../shell/Foot";
import { lang } from "../../state/state";
import { change, param } from "../../state/url";
import { Explained } from "./Explained";
import { Legend, Matrix } from "./Matrix";
import { Net } from "./Net";
import { type Agreement, type Cell, cells, type Reach } from "./reach";
import { Health, Withheld } from "./Tables";
import "./partners.css";

interface Body extends Page<Reach> {
  readonly partners: Readonly<Record<string, string>>;
  readonly example: boolean;
  readonly day: string;
}

export function View() {
  const own = useOne<Body>("reach", { limit: 10_000 }).value;
  const bare = own.state === "none" && !meta.value?.node;
  const sample = useOne<Body>(bare ? "reach" : null, { example: true, limit: 10_000 }).value;
  const answer = bare ? sample : own;
  const example = bare ? { example: true } : {};
  const agreed = useRows<Agreement>(own.state === "ok" || bare ? "agreements" : null, example).value;
  const agreements = agreed.state === "ok" ? agreed.data : [];
  useEffect(() => {
    const node = meta.value?.node;
    const said = [
      node ? t("node_is", { node }) : "",
      t("agreements_n", { n: agreements.length }),
      bare ? t("sample") : "",
    ];
    sources.value = said.filter(Boolean).join(" · ");
    return () => {
      sources.value = null;
    };
  });
  const body = answer.state === "ok" || answer.state === "none" ? answer.data : null;
  return (
    <>
      <div class="pad par-head">
        <h1>{t("title")}</h1>
        <p class="sub">
          {bare ? t("no_node") : meta.value?.node ? t("seen_from", { node: body?.partners?.[meta.value.node] ?? meta.value.node }) : ""} {t("about")}{" "}
          {bare ? <span class="sample">{t("sample")}</span> : null}
        </p>
      </div>
      {body && answer.state === "ok" ? (
        <Shown body={body} agreements={agreements} example={bare} />
      ) : (
        <div class="pad">
          <Said answer={answer as Answer<unknown>} what={t("asked")} />
        </div>
      )}
    </>
  ); // biome-ignore format: one thought
}

function Shown({ body, agreements, example }: { body: Body; agreements: readonly Agreement[]; example: boolean }) {
  const found = cells(body.rows);
  const told = new Set(body.rows.map((r) => r.from));
  const partners = Object.keys(body.partners).filter((p) => told.has(p));
  const name = (id: string) => (example ? region(id, body.partners[id]) : body.partners[id] || id);
  const chosen =
    found.get(param("pair").replace(",", " ")) ??
    telling(partners.flatMap((a) => partners.flatMap((b) => found.get(`${a} ${b}`) ?? [])));
  const choose = (cell: Cell) => change({ pair: `${cell.from},${cell.to}` });
  return (
    <div class="par">
      <section>
        <Matrix partners={partners} cells={found} name={name} chosen={chosen} choose={choose} />
        <Legend />
        <div class="two par-tables">
          <Withheld partners={partners.filter((p) => p !== meta.value?.node)} name={name} example={example} />
          <Health name={name} example={example} />
        </div>
      </section>
      <section>
        <Net partners={partners} agreements={agreements} name={name} chosen={chosen} cells={found} />
        {chosen ? <Explained cell={chosen} name={name} /> : null}
      </section>
    </div>
  );
}

/** The pair to explain first: one that reaches through others, else any. */
function telling(all: readonly Cell[]): Cell | null {
  const own = meta.value?.node;
  return (
    all.find((c) => c.state === "through" && c.from === own) ?? all.find((c) => c.state === "through") ?? all[0] ?? null
  );
}

/** A party of the worked example in the language shown: its id is that of a state or union. */
function region(id: string, fallback: string | undefined): string {
  if (lang.value === "en") return fallback || id;
  try {
    return (
      new Intl.DisplayNames([lang.value === "zh-Hant" ? "zh-Hant-TW" : lang.value], { type: "region" }).of(
        id.toUpperCase(),
      ) ?? id
    );
  } catch {
    return fallback || id;
  }
}
