/** Which limits are drawn and listed: by kind, by who draws them, or only the zones named. None is privileged. */

import { meta, zoneOf } from "../../api/meta";
import { KINDS } from "../../chart/limits";
import { t } from "../../i18n/day";
import { sayClaimant, sayKind } from "../../i18n/shell";
import { named } from "../../i18n/words";
import { fleet, zones } from "../../state/state";
import { change, param, params } from "../../state/url";
import { type Day, kindsDrawn } from "./data";

export function Limits({ day }: { day: Day }) {
  const known = meta.value?.zones ?? [];
  const kinds = KINDS.filter((k) => known.some((z) => z.kind === k));
  const whose = [...new Set(known.flatMap((z) => z.claimants))].sort();
  const drawn = kindsDrawn();
  const chosen = params("claimant");
  const turn = (name: string, list: readonly string[], one: string, all: readonly string[]) => {
    const next = list.includes(one) ? list.filter((k) => k !== one) : [...list, one];
    change({ [name]: next.length === all.length && all.every((k) => next.includes(k)) ? null : next });
  };
  const claimants = chosen.length ? chosen : whose;
  return (
    <details class="limits">
      <summary class="key">
        {t("limits")} <span class="dim">{day.drawn.length}</span>
      </summary>
      <div class="limits-box">
        {zones.value.length ? (
          <>
            <p class="cap">{t("zones_only")}</p>
            {zones.value.map((id) => (
              <label key={id}>
                <input type="checkbox" checked onChange={() => change({ zone: zones.value.filter((z) => z !== id) })} />
                {named(zoneOf(id)?.names, id)}
              </label>
            ))}
          </>
        ) : (
          <>
            {[...kinds, "lines"].map((kind) => (
              <label key={kind}>
                <input type="checkbox" checked={drawn.includes(kind)} onChange={() => turn("draw", drawn, kind, [])} />
                {kind === "lines" ? t("lines") : sayKind(kind)}
              </label>
            ))}
            <p class="cap">{t("limits_whose")}</p>
            {whose.map((code) => (
              <label key={code}>
                <input
                  type="checkbox"
                  checked={claimants.includes(code)}
                  onChange={() => turn("claimant", claimants, code, whose)}
                />
                {sayClaimant(code)}
              </label>
            ))}
          </>
        )}
        <label class="limits-fleet">
          {t("fleet")}
          <select value={fleet.value ?? ""} onChange={(e) => change({ fleet: e.currentTarget.value || null })}>
            <option value="">{t("any_fleet")}</option>
            {(meta.value?.fleets ?? [])
              .filter((f) => f.id !== "any")
              .map((f) => (
                <option key={f.id} value={f.id}>
                  {named(f.names, f.id)}
                </option>
              ))}
          </select>
        </label>
        <label>
          <input
            type="checkbox"
            checked={param("withdrawn") === "true"}
            onChange={() => change({ withdrawn: param("withdrawn") === "true" ? null : "true" })}
          />
          {t("show_withdrawn")}
        </label>
      </div>
    </details>
  );
}
