/** Evidence: a drawer over any view, or a view of its own with the track that the chain names beside it. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useRows } from "../../api/client";
import { t } from "../../i18n/evidence";
import { EvidenceLink, Time, ViewLink } from "../../marks/links";
import { Said } from "../../marks/states";
import { sources } from "../../shell/Foot";
import { evidence, sel } from "../../state/state";
import { change, place } from "../../state/url";
import { sayPlace } from "../day/words";
import { at, type Visit } from "../vessel/data";
import { Beside } from "./Beside";
import { Body } from "./Body";
import "./evidence.css";

/** What the URL names: an evidence, else a selected event. */
const chosen = () => evidence.value ?? (sel.value?.includes(":") ? sel.value : null);

export function View() {
  const id = chosen();
  useEffect(() => {
    sources.value = id ? t("same", { id }) : null;
    return () => {
      sources.value = null;
    };
  });
  if (!id) return <Choose />;
  return (
    <div class="evwrap whole">
      <Beside id={id} />
      <section class="drawer" aria-label={t("evidence")}>
        <Body key={id} id={id} />
      </section>
    </div>
  );
}

/** The drawer over the view that it explains. Escape closes it (a key of the page); focus returns to what opened it. */
export function Drawer() {
  const id = evidence.value;
  const at = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    at.current?.querySelector<HTMLElement>(".close")?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  if (!id) return null;
  const close = () => change({ evidence: null }, { push: true });
  return (
    <div
      class="ev-over"
      ref={at}
      role="dialog"
      aria-modal="true"
      aria-label={t("evidence")}
      onKeyDown={(e) => trap(e, at.current)}
    >
      <button type="button" class="ev-scrim" tabIndex={-1} aria-hidden="true" onClick={close} />
      <div class="drawer">
        <Body key={id} id={id} onClose={close} />
      </div>
    </div>
  );
}

/** Tab stays inside the drawer while it is open. */
function trap(event: KeyboardEvent, root: HTMLElement | null): void {
  if (event.key !== "Tab" || !root) return;
  const all = [...root.querySelectorAll<HTMLElement>("a[href],button:not([tabindex='-1']),input,summary")].filter(
    (e) => e.offsetParent,
  );
  const [first, last] = [all[0], all.at(-1)];
  const [from, to] = event.shiftKey ? [first, last] : [last, first];
  if (document.activeElement === from && to) {
    event.preventDefault();
    to.focus();
  }
}

const LATEST = 12;

/** Nothing is chosen: give an id, or take one of the latest visits. */
function Choose() {
  const [text, setText] = useState("");
  const answer = useRows<Visit>("visits").value;
  const latest =
    answer.state === "ok"
      ? [...answer.data].sort((a, b) => at(b.entry_t_utc) - at(a.entry_t_utc)).slice(0, LATEST)
      : [];
  return (
    <div class="pad ev-choose">
      <h1>{t("choose")}</h1>
      <p class="sub">{t("choose_how")}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim()) change({ evidence: text.trim() }, { push: true });
        }}
      >
        <input
          aria-label={t("id")}
          placeholder={t("id")}
          value={text}
          onInput={(e) => setText(e.currentTarget.value)}
        />
        <button type="submit" class="key">
          {t("open_id")}
        </button>
      </form>
      <h2 class="cap">{t("latest")}</h2>
      <Said answer={answer} what={t("latest_none")} />
      <ul class="rowlist">
        {latest.map((v) => (
          <li key={`${v.event_id} ${v.originator ?? ""}`}>
            <span />
            <div class="what">
              <EvidenceLink id={v.event_id}>{sayPlace(v.zone_id)}</EvidenceLink>
              <small>{v.mmsi}</small>
            </div>
            <span class="when">
              <Time at={v.entry_t_utc} f="ymdhm" />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** The link that opens the drawer's content as a view of its own. */
export function Whole({ id }: { id: string }) {
  return place.value.view === "evidence" ? null : (
    <ViewLink view="evidence" patch={{ evidence: id }} class="key ev-whole">
      {t("whole")}
    </ViewLink>
  );
}
