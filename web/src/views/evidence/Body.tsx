/** The evidence of one figure or event: the figure, the thread down to raw lines, parameters, versions, history, who sees it. */
import { useState } from "preact/hooks";
import { type Answer, type Page, useOne, useRows } from "../../api/client";
import { t } from "../../i18n/evidence";
import { Said } from "../../marks/states";
import { clock } from "../../state/state";
import { NONE } from "../vessel/data";
import { Cite } from "./Cite";
import { type Chain, stepsOf } from "./chain";
import { History, Parameters, Sees, Versions } from "./Details";
import { readId, tableOf } from "./figure";
import { Whole } from "./index";
import { type Row, sayFigure } from "./said";
import { Thread } from "./Thread";

export function Body({ id, onClose }: { id: string; onClose?: () => void }) {
  const [all, setAll] = useState(false);
  const asked = readId(id);
  const answer = useOne<Chain & Page<unknown>>(
    `why/${id}`,
    all ? { all: true, limit: 10_000 } : { limit: 10_000 },
  ).value;
  const missing = answer.state === "error" && answer.problem.status === 404;
  const table = asked ? tableOf(asked) : null;
  const found = useRows<Row>(table?.table ?? null, table?.query ?? {}).value;
  const chain = answer.state === "ok" ? answer.data : answer.state === "loading" ? (answer.had ?? null) : null;
  const accounts = table && found.state === "ok" ? found.data.filter((r) => r[table.idColumn] === id) : [];
  const row = accounts.find((r) => !r.received_from) ?? accounts[0] ?? null;
  const steps = chain ? stepsOf(chain.rows) : null;
  const figure = sayFigure(asked, row, steps?.head ?? null);
  return (
    <>
      <div class="ev-top">
        <h2 class="cap">
          {t("evidence")} · {clock.value}
        </h2>
        <span class="ev-keys">
          <Whole id={id} />
          {onClose ? (
            <button type="button" class="key close" onClick={onClose}>
              {t("close")} · Esc
            </button>
          ) : null}
        </span>
      </div>
      <p class="ev-figure">
        <span class="ev-number">{figure.value}</span> <span class="ev-unit">{figure.unit}</span>
      </p>
      {steps && chain ? (
        <>
          <Thread steps={steps} asked={asked} row={row} figure={figure} opened={all} open={() => setAll(true)} />
          <div class="two ev-pair">
            <Parameters steps={steps} />
            <Versions steps={steps} />
          </div>
          <div class="two ev-second">
            <History steps={steps} asked={asked} row={row} />
            <Sees id={id} asked={asked} />
          </div>
          <Cite id={id} asked={asked} chain={chain} table={table} />
        </>
      ) : (
        <Said
          answer={missing ? NONE : (answer as Answer<unknown>)}
          what={missing ? t("none_id", { id }) : t("loading", { id })}
        />
      )}
    </>
  );
}
