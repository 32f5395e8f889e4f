/** The citation, the permanent link, the row's table in three forms, and the same figure as held at another instant. */
import { useState } from "preact/hooks";
import { address, type Query } from "../../api/client";
import { t } from "../../i18n/evidence";
import { copyLink, permanentLink } from "../../shell/link";
import { change, follow, href } from "../../state/url";
import type { Chain } from "./chain";
import { type Asked, knownAt } from "./figure";

interface Props {
  readonly id: string;
  readonly asked: Asked | null;
  readonly chain: Chain;
  readonly table: { readonly table: string; readonly query: Query } | null;
}

const SHAPED = ["visits", "passages"];

export function Cite({ id, asked, chain, table }: Props) {
  const [copied, setCopied] = useState(false);
  const [asking, setAsking] = useState(false);
  const endings = table && SHAPED.includes(table.table) ? ["csv", "parquet", "geojson"] : ["csv", "parquet"];
  const copy = async () => {
    const text = `${chain.citation} ${permanentLink()}`;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      selectCitation();
      document.execCommand("copy");
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  const figure = asked && asked.mmsi === null && asked.places.length > 0 && asked.source === "ais" ? asked : null;
  return (
    <section class="ev-cite">
      <h3 class="cap">{t("cite")}</h3>
      <p class="small ev-citation" id="citation" lang="en">
        <bdi>{chain.citation}</bdi>
      </p>
      <div class="btns">
        <button type="button" class="main" onClick={copy}>
          {t(copied ? "copied_citation" : "copy_citation")}
        </button>
        <button type="button" onClick={copyLink}>
          {t("copy_link")}
        </button>
        {endings.map((ending) => (
          <a key={ending} href={table ? address(table.table, table.query, ending) : address(`why/${id}`, {}, ending)} download title={t("table")}>
            {{ csv: "CSV", parquet: "Parquet", geojson: "GeoJSON" }[ending]}
          </a>
        ))}
        {figure ? (
          <button type="button" aria-expanded={asking} onClick={() => setAsking(!asking)}>
            {t("recompute")}
          </button>
        ) : null}
      </div>
      {figure && asking ? <Recompute asked={figure} /> : null}
    </section>
  ); // biome-ignore format: one thought
}

function selectCitation(): void {
  const at = document.getElementById("citation");
  const range = document.createRange();
  if (!at) return;
  range.selectNodeContents(at);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}

function Recompute({ asked }: { asked: Asked }) {
  const [text, setText] = useState(new Date().toISOString().slice(0, 16));
  const now = asked.id.split(/[,;]/).filter((part) => !part.startsWith("known_at=")).join(","); // biome-ignore format: one thought
  return (
    <form
      class="ev-recompute"
      onSubmit={(event) => {
        event.preventDefault();
        const at_ms = Date.parse(`${text}:00Z`);
        if (Number.isFinite(at_ms)) change({ evidence: knownAt(asked, at_ms) }, { push: true });
      }}
    >
      <label class="small">
        {t("recompute_at")} <input type="datetime-local" value={text} onInput={(e) => setText(e.currentTarget.value)} />
      </label>
      <button type="submit" class="key">
        {t("recompute_go")}
      </button>
      {asked.more.known_at ? (
        <a class="fig small" href={href({ evidence: now })} onClick={follow({ evidence: now })}>
          {t("recompute_now")}
        </a>
      ) : null}
    </form>
  );
}
