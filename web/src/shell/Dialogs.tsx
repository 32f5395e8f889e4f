/** What opens over the page: the list of keys, search, export. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { address } from "../api/client";
import { t } from "../i18n/shell";
import { fleet, iso, span, zones } from "../state/state";
import { type ViewName, view } from "../state/url";
import { exportOpen, helpOpen } from "./keys";

/** A dialog that follows a signal. */
export function Sheet({
  open,
  label,
  children,
}: {
  open: Signal<boolean>;
  label: string;
  children: ComponentChildren;
}) {
  const at = useRef<HTMLDialogElement>(null);
  const shown = open.value;
  useEffect(() => {
    const dialog = at.current;
    if (!dialog) return;
    if (shown && !dialog.open) dialog.showModal();
    if (!shown && dialog.open) dialog.close();
  }, [shown]);
  return (
    <dialog
      ref={at}
      aria-label={label}
      onClose={() => {
        open.value = false;
      }}
    >
      {shown ? children : null}
    </dialog>
  );
}

export function Help() {
  const keys: [string, string][] = [
    [t("space"), t("k_play")],
    ["← →", t("k_step")],
    ["[ ]", t("k_grain")],
    ["/", t("k_search")],
    ["e", t("k_evidence")],
    ["c", t("k_copy")],
    ["x", t("k_export")],
    ["u", t("k_clock")],
    ["t", t("k_theme")],
    ["l", t("k_lang")],
    [t("go_then", { g: "g", keys: "d c r v e p" }), t("k_go")],
    ["Esc", t("k_close")],
    ["?", t("k_help")],
  ];
  return (
    <Sheet open={helpOpen} label={t("keys")}>
      <h2>{t("keys")}</h2>
      <table class="keys">
        <tbody>
          {keys.map(([key, what]) => (
            <tr key={key}>
              <td>
                <kbd>{key}</kbd>
              </td>
              <td>{what}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <form method="dialog">
        <button type="submit" class="key">
          {t("close")}
        </button>
      </form>
    </Sheet>
  );
}

const TABLES: Readonly<Record<ViewName, readonly string[]>> = {
  day: ["visits", "passages"],
  calendar: ["days", "bulletins"],
  records: ["streaks", "records", "statements"],
  vessel: ["visits", "passages"],
  evidence: ["visits"],
  partners: ["partners", "agreements"],
};

/** The tables behind the view, whole, in three forms. */
export function Export() {
  const { since_ms, until_ms } = span.value;
  const query = { since: iso(since_ms), until: iso(until_ms), zone: zones.value, fleet: fleet.value };
  return (
    <Sheet open={exportOpen} label={t("export")}>
      <h2>{t("export")}</h2>
      <p class="small">{t("export_of")}</p>
      <ul class="exports">
        {TABLES[view.value].map((table) => (
          <li key={table}>
            <b>{table}</b>
            {["csv", "parquet", "json"].map((ending) => (
              <a key={ending} href={address(table, view.value === "partners" ? {} : query, ending)} download>
                {ending.toUpperCase()}
              </a>
            ))}
          </li>
        ))}
      </ul>
      <form method="dialog">
        <button type="submit" class="key">
          {t("close")}
        </button>
      </form>
    </Sheet>
  );
}
