/** A link to a series that is not here. */
import { t } from "../../i18n/calendar";
import { StateMark } from "../../marks/states";
import { param } from "../../state/url";
import { isMissing, type SeriesRow } from "./choose";

/** Said where the link names a series that is not here: what is shown is another. */
export function Missing({ rows }: { rows: readonly SeriesRow[] }) {
  const asked = param("series") || null;
  return isMissing(asked, rows) ? (
    <p class="said" role="status">
      <StateMark state="not_covered" />
      <span>{t("no_series", { id: asked ?? "" })}</span>
    </p>
  ) : null;
}
