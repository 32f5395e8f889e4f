/** Below the thread: parameters with their units, versions, history with withdrawals, and which partners may see it. */
import type { ComponentChildren } from "preact";
import { useOne, useRows } from "../../api/client";
import { meta } from "../../api/meta";
import { t } from "../../i18n/evidence";
import { EventMark } from "../../marks/events";
import { EvidenceLink, Time } from "../../marks/links";
import { StateMark } from "../../marks/states";
import { say } from "../../state/time";
import { at } from "../vessel/data";
import type { Steps } from "./chain";
import { type Asked, isoOf } from "./figure";
import type { Row } from "./said";

interface Parameter {
  readonly parameter: string;
  readonly unit: string;
  readonly meaning: string;
}

function Part({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div>
      <h3 class="cap">{name}</h3>
      {children}
    </div>
  );
}

export function Parameters({ steps }: { steps: Steps }) {
  const method = useRows<Parameter>("method").value;
  const known = new Map(method.state === "ok" ? method.data.map((p) => [p.parameter, p]) : []);
  return (
    <Part name={t("parameters")}>
      {steps.parameters.length ? (
        <dl class="kv small">
          {steps.parameters.map(([name, value]) => (
            <>
              <dt key={`${name} name`} title={known.get(name)?.meaning}>
                {name}
              </dt>
              <dd key={name}>
                {value} {known.get(name)?.unit}
              </dd>
            </>
          ))}
        </dl>
      ) : (
        <p class="small">–</p>
      )}
    </Part>
  );
}

export function Versions({ steps }: { steps: Steps }) {
  return (
    <Part name={t("versions")}>
      <dl class="kv small">
        {steps.versions.map(([what, value, title]) => (
          <>
            <dt key={`${what} ${value} name`}>{t(what)}</dt>
            <dd key={`${what} ${value}`} title={title}>
              {what === "data" ? <DataWindow text={value} /> : value}
            </dd>
          </>
        ))}
        {meta.value ? (
          <>
            <dt>offing</dt>
            <dd>
              {meta.value.version} · {meta.value.data_version.slice(0, 12)}
            </dd>
          </>
        ) : null}
      </dl>
    </Part>
  );
}

function DataWindow({ text }: { text: string }) {
  const [first, last] = text.split(" ");
  return (
    <>
      <Time at={first} f="ymd" /> – <Time at={last} f="ymdhm" />
    </>
  );
}

const VERSION = /^version (\d+) of (\S+): (\w+); (.*?)(?:; superseded by (\S+))?$/;

export function History({ steps, asked, row }: { steps: Steps; asked: Asked | null; row: Row | null }) {
  const known = asked?.more.known_at;
  const event = asked?.kind === "visit" || asked?.kind === "passage";
  const withdrawn = row?.status === "withdrawn";
  return (
    <Part name={t("history")}>
      {known ? <p class="small">{t("as_known", { time: say(at(isoOf(known)), "ymdhm") })}</p> : null}
      {steps.history.length ? (
        <ol class="small ev-history">
          {steps.history.map((link) => {
            const said = VERSION.exec(link.text);
            if (!said) return <li key={link.text}>{link.text}</li>;
            const [, n, when, status, reason, by] = said;
            return (
              <li key={link.text}>
                {status === "withdrawn" ? <EventMark mark="withdrawn" size={13} /> : null} v{n} · <Time at={when} f="ymdhm" /> ·{" "}
                {status === "withdrawn" ? <b>{t("withdrawn")}</b> : status}: <span lang="en">{reason}</span>
                {by ? (
                  <>
                    {" · "}
                    <EvidenceLink id={by}>{t("superseded", { id: by })}</EvidenceLink>
                  </>
                ) : null}
              </li>
            );
          })}
        </ol>
      ) : event ? (
        <p class="small">
          {withdrawn ? `${t("withdrawn")}: ${String(row?.reason ?? "")}` : row?.version ? t("stands", { n: String(row.version) }) : t("says")}
        </p>
      ) : known ? null : (
        <p class="small">{t("stands_figure")}</p>
      )}
    </Part>
  ); // biome-ignore format: one thought
}

interface Partner {
  readonly partner: string;
  readonly name: string | null;
}

/** Which partners get this record, by the rules and agreements of this node; the owner's to know. */
export function Sees({ id, asked }: { id: string; asked: Asked | null }) {
  const office = asked !== null && asked.source !== "ais";
  const node = Boolean(meta.value?.node);
  const partners = useRows<Partner>(node && !office ? "partners" : null).value;
  return (
    <Part name={t("sees")}>
      {office ? (
        <p class="small">{t("sees_series")}</p>
      ) : !node ? (
        <p class="small">{t("no_node")}</p>
      ) : partners.state === "withheld" ? (
        <p class="small">
          <StateMark state="withheld" size={13} /> {t("role")}
        </p>
      ) : partners.state === "none" ? (
        <p class="small">{t("no_partner")}</p>
      ) : partners.state === "ok" ? (
        <ul class="small ev-sees">
          {partners.data.map((p) => (
            <One key={p.partner} id={id} partner={p} />
          ))}
        </ul>
      ) : null}
    </Part>
  ); // biome-ignore format: one thought
}

function One({ id, partner }: { id: string; partner: Partner }) {
  const told = useOne<{ released?: boolean; rows: readonly { sentence: string }[] }>("explain", {
    record: id,
    to: partner.partner,
  }).value;
  if (told.state === "loading") return null;
  const name = partner.name || partner.partner;
  const yes = told.state === "ok" && told.data.released === true;
  const why = told.state === "ok" ? told.data.rows.map((r) => r.sentence) : [];
  return (
    <li>
      {why.length ? (
        <details>
          <summary>{t(yes ? "sees_yes" : "sees_no", { partner: name })}</summary>
          {why.map((w) => (
            <p key={w} lang="en">
              {w}
            </p>
          ))}
        </details>
      ) : (
        t("sees_no", { partner: name })
      )}
    </li>
  );
}
