/** What opens over the page: the list of keys, search, export. */
import type { Signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { address, type Query } from "../api/client";
import { t } from "../i18n/shell";
import { fleet, iso, sel, span, zones } from "../state/state";
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

/** The tables behind each view, and what of the state each of them takes; of a table that needs a zone, only with one. */
const TABLES: Readonly<Record<ViewName, readonly (readonly [table: string, takes: string])[]>> = {
  day: [
    ["visits", "instants zone fleet"],
    ["passages", "instants fleet"],
  ],
  calendar: [
    ["days", "days zone! fleet!"],
    ["bulletins", "days"],
  ],
  records: [
    ["streaks", "zone! fleet!"],
    ["records", ""],
    ["statements", ""],
  ],
  vessel: [
    ["visits", "mmsi"],
    ["passages", "mmsi"],
  ],
  evidence: [["visits", "instants zone fleet"]],
  partners: [
    ["partners", ""],
    ["agreements", ""],
  ],
};

/** The parameters of a table from the state; null where the state lacks one that the table needs. */
export function exportQuery(takes: string): Query | null {
  const words = takes.split(" ");
  const { since_ms, until_ms } = span.value;
  const query: Record<string, string | readonly string[] | null> = {};
  if (words.includes("instants"))
    Object.assign(query, { since: iso(since_ms), until: new Date(until_ms - 1).toISOString() });
  if (words.includes("days"))
    Object.assign(query, {
      since: iso(since_ms).slice(0, 10),
      until: new Date(until_ms - 1).toISOString().slice(0, 10),
    });
  if (takes.includes("zone")) query.zone = zones.value;
  if (takes.includes("fleet")) query.fleet = fleet.value ?? (takes.includes("fleet!") ? "any" : null);
  if (words.includes("mmsi")) query.mmsi = /^\d+$/.test(sel.value ?? "") ? sel.value : null;
  return takes.includes("zone!") && zones.value.length === 0 ? null : query;
}

/** The tables behind the view, whole, in three forms. */
export function Export() {
  const tables = TABLES[view.value].flatMap(([table, takes]) => {
    const query = exportQuery(takes);
    return query ? [{ table, query }] : [];
  });
  return (
    <Sheet open={exportOpen} label={t("export")}>
      <h2>{t("export")}</h2>
      <p class="small">{t("export_of")}</p>
      <ul class="exports">
        {tables.map(({ table, query }) => (
          <li key={table}>
            <b>{table}</b>
            {["csv", "parquet", "json"].map((ending) => (
              <a key={ending} href={address(table, query, ending)} download>
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
