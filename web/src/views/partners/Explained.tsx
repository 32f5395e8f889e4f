/** One pair explained: hand by hand what passes under which agreement, or what would open the way. */
import type { ComponentChildren } from "preact";
import { ALL_KINDS, sayRecord, sayRecords, t } from "../../i18n/partners";
import type { Name } from "./Matrix";
import { type Cell, type Change, changesOf, type Reach, worthTelling } from "./reach";

function Hand({ who, children }: { who: string; children: ComponentChildren }) {
  return (
    <li>
      <div class="step">
        <bdi>{who}</bdi>
      </div>
      <div>{children}</div>
    </li>
  );
}

const sayKinds = (rows: readonly Reach[]) =>
  rows.length === ALL_KINDS.length ? t("every") : sayRecords(rows.map((r) => r.kind));

export function Explained({ cell, name }: { cell: Cell; name: Name }) {
  const blocked = cell.rows.filter((r) => r.state === "blocked");
  const unknown = cell.rows.filter((r) => r.state === "unknown");
  return (
    <div class="explained" aria-live="polite">
      <h2 class="cap">{t("explained", { a: name(cell.from), b: name(cell.to) })}</h2>
      {cell.open.length ? <Hands cell={cell} name={name} /> : null}
      {blocked.length ? (
        <p class="small">
          {t("blocked", { kinds: sayKinds(blocked) })}{" "}
          {worthTelling(cell).length ? t("opened", { changes: worthTelling(cell).map((set) => saySet(set, name)).join(t("or")) }) : ""}
        </p>
      ) : null}
      {unknown.length ? (
        <p class="small">{t("depends", { pairs: [...new Set(unknown.flatMap((r) => r.depends_on))].map((p) => p.split(" and ").map(name).join(t("and"))).join(", ") })}</p>
      ) : null}
      {cell.open.length ? <p class="small">{t("needs_rule", { a: name(cell.from) })}</p> : null}
    </div>
  ); // biome-ignore format: one thought
}

/** Who hands on to whom: of the way of the first kind that goes, with the agreement under each hand-over. */
function Hands({ cell, name }: { cell: Cell; name: Name }) {
  const [first] = cell.open;
  if (!first) return null;
  const hubs = cell.hubs;
  const under = first.agreements;
  const purposes = [...new Set(cell.open.flatMap((r) => r.purposes))]
    .map((p) => p.replaceAll("_", " "))
    .join(t("comma"));
  const next = hubs[0] ?? cell.to;
  return (
    <ol class="chain hands">
      <Hand who={name(cell.from)}>
        {t("gives", { kinds: sayKinds(cell.open), to: name(next), agreement: under[0] ?? "?" })}{" "}
        {first.label_onward ? t("label", { n: first.label_onward }) : t("label_direct")}
      </Hand>
      {hubs.map((hub, i) => (
        <Hand key={hub} who={name(hub)}>
          {t("hands_on", { a: under[i] ?? "?", b: under[i + 1] ?? "?" })} {first.sealed ? t("sealed") : ""}
        </Hand>
      ))}
      <Hand who={name(cell.to)}>{t("gets", { kinds: sayKinds(cell.open), purposes })}</Hand>
    </ol>
  );
}

function sayChange(c: Change, name: Name): string {
  switch (c.what) {
    case "agreement":
      return t("c_agreement", { a: name(c.a), b: name(c.b) });
    case "onward":
      return t("c_onward", { agreement: c.agreement });
    case "force":
      return t("c_force", { agreement: c.agreement });
    case "kind":
      return t("c_kind", { kind: sayRecord(c.name), agreement: c.agreement });
    case "purpose":
      return t("c_purpose", { purpose: c.name.replaceAll("_", " "), agreement: c.agreement });
    case "other":
      return c.text;
  }
}

const saySet = (set: string, name: Name) => changesOf(set).map((c) => sayChange(c, name)).join(t("and")); // biome-ignore format: one thought
