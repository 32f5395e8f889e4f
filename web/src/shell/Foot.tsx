/** The foot: clock, pack, rules, version of the data, sources. It prints with every view. */

import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { dataVersion } from "../api/client";
import { meta } from "../api/meta";
import { t } from "../i18n/shell";
import { clock } from "../state/state";
import { LangChoice, ThemeKey } from "./Bar";

/** What the view at hand says of its sources; a view sets it while it is shown. */
export const sources = signal<ComponentChildren>(null);
/** The parameters that the view at hand used, in words; a view sets it while it is shown. */
export const rules = signal<string | null>(null);

function ruleOfRun(): string | null {
  const run = meta.value?.last_run;
  if (!run) return null;
  const values = run.parameters ?? {};
  const gap = values["visit.max_gap_h"];
  const rejoin = values["visit.rejoin_min"];
  const said = ["visits"];
  if (gap !== undefined) said.push(`max_gap ${gap} h`);
  if (rejoin !== undefined) said.push(`rejoin ${rejoin} min`);
  return said.join(", ");
}

export function Foot() {
  const pack = meta.value?.pack;
  const rule = rules.value ?? ruleOfRun();
  return (
    <footer class="foot">
      <span>
        {t("clock")} <b>{clock.value}</b>
      </span>
      {pack ? (
        <span title={pack.hash}>
          {t("pack")} {pack.id} {pack.version}
        </span>
      ) : null}
      {rule ? (
        <span>
          {t("rule")} {rule}
        </span>
      ) : null}
      {dataVersion.value ? (
        <span>
          {t("data")} <span class="mono">{dataVersion.value.slice(0, 12)}</span>
        </span>
      ) : null}
      <span class="r">{sources.value}</span>
      <div class="phone ctl2">
        <LangChoice />
        <ThemeKey />
      </div>
    </footer>
  );
}
