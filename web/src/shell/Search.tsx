/** Search: a hull by number or name, a zone, a gate, a fleet, or the id of a figure. */
import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { meta } from "../api/meta";
import { sayZone, t } from "../i18n/shell";
import { allNames, type Names, named } from "../i18n/words";
import { change, type Patch, type ViewName } from "../state/url";
import { Sheet } from "./Dialogs";
import { searchOpen } from "./keys";

interface Found {
  readonly id: string;
  readonly title: string;
  readonly what: string;
  readonly patch: Patch;
  readonly view?: ViewName;
}

const MOST = 12;

/** What a text means: what the logbook names so, then what a number or an id may be. */
export function find(text: string): Found[] {
  const wanted = text.trim().toLocaleLowerCase();
  const known = meta.value;
  if (!wanted || !known) return [];
  const meets = (id: string, names: Names) =>
    [id, ...allNames(names)].some((n) => n.toLocaleLowerCase().includes(wanted));
  const out: Found[] = [];
  if (/^\d{4,9}$/.test(wanted))
    out.push({ id: wanted, title: wanted, what: "MMSI", patch: { sel: wanted, evidence: null }, view: "vessel" });
  if (wanted.includes(":"))
    out.push({ id: text.trim(), title: text.trim(), what: t("evidence"), patch: { evidence: text.trim() } });
  for (const z of known.zones)
    if (meets(z.id, z.names))
      out.push({
        id: z.id,
        title: named(z.names, z.id),
        what: sayZone(z.kind, z.claimants),
        patch: { zone: [z.id], cam: null },
      });
  for (const g of known.gates)
    if (meets(g.id, g.names))
      out.push({ id: g.id, title: named(g.names, g.id), what: "gate", patch: { gate: g.id, cam: null }, view: "day" });
  for (const f of known.fleets)
    if (meets(f.id, f.names))
      out.push({ id: f.id, title: named(f.names, f.id), what: "fleet", patch: { fleet: f.id } });
  return out.slice(0, MOST);
}

const typed = signal("");

export function Search() {
  const field = useRef<HTMLInputElement>(null);
  const open = searchOpen.value;
  useEffect(() => {
    if (open) {
      typed.value = "";
      field.current?.focus();
    }
  }, [open]);
  const found = open ? find(typed.value) : [];
  const take = (one: Found | undefined) => {
    if (!one) return;
    searchOpen.value = false;
    change(one.patch, { push: true, ...(one.view ? { view: one.view } : {}) });
  };
  return (
    <Sheet open={searchOpen} label={t("search")}>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          take(found[0]);
        }}
      >
        <input
          ref={field}
          type="search"
          placeholder={t("search")}
          aria-label={t("search")}
          value={typed.value}
          onInput={(event) => {
            typed.value = event.currentTarget.value;
          }}
        />
        <ul>
          {found.map((one) => (
            <li key={one.id + one.what}>
              <button type="button" onClick={() => take(one)}>
                <span>{one.title}</span>
                <small>{one.what}</small>
              </button>
            </li>
          ))}
        </ul>
        {typed.value && found.length === 0 ? <p class="small">{t("search_none")}</p> : null}
      </form>
    </Sheet>
  );
}
