/** A hull and a state in words. */
import { sayClaimant } from "../../i18n/shell";
import { shipType, t } from "../../i18n/vessel";
import { lang } from "../../state/state";
import { midOf, typeClass, type Vessel } from "./data";

/** What kind of ship it says it is, its number, and which state the number names. */
export function sayHull(vessel: Vessel): string {
  const known = typeClass(vessel.ship_type);
  const mmsi = String(vessel.mmsi);
  const said = known ? t("heard", { type: shipType(known), mmsi }) : t("heard_untyped", { mmsi });
  const mid = midOf(vessel.mmsi);
  if (!mid) return `${said} ${t("mid_none")}`;
  return `${said} ${vessel.flag ? t("mid", { mid, flag: country(vessel.flag) }) : t("mid_unknown", { mid })}`;
}

/** A state by its two letters, in the language shown. */
export function country(code: string): string {
  const own = sayClaimant(code);
  if (own !== code) return own;
  try {
    return new Intl.DisplayNames([lang.value], { type: "region" }).of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}
