/** What this node keeps back, by rule and reason, and how its links are. Both are the owner's to see. */
import { useEffect, useState } from "preact/hooks";
import { get, type Page, useRows } from "../../api/client";
import { sayReason, sayRecord, t } from "../../i18n/partners";
import { number } from "../../i18n/words";
import { Time } from "../../marks/links";
import { Said, StateMark } from "../../marks/states";
import { lasting } from "../../state/time";
import { at, NONE } from "../vessel/data";
import type { Name } from "./Matrix";

interface Kept {
  readonly to: string;
  readonly rule: string | number | null;
  readonly reason: string;
  readonly rows: number;
}

interface Rule {
  readonly n: number;
  readonly kind: string;
}

/** What is kept back from each partner; null until all have answered. */
function useKept(partners: readonly string[]): readonly Kept[] | null {
  const [kept, setKept] = useState<readonly Kept[] | null>(null);
  const key = partners.join(" ");
  useEffect(() => {
    let wanted = true;
    const asks = key.split(" ").filter(Boolean).map(async (to) => {
      const answer = await get<Page<Omit<Kept, "to">>>("withheld", { to });
      return answer.state === "ok" ? answer.data.rows.map((row) => ({ to, ...row })) : [];
    });
    Promise.all(asks).then((all) => wanted && setKept(all.flat()));
    return () => {
      wanted = false;
    };
  }, [key]);
  return kept;
} // biome-ignore format: one thought

export function Withheld({ partners, name, example }: { partners: readonly string[]; name: Name; example: boolean }) {
  const kept = useKept(example ? [] : partners);
  const rules = useRows<Rule>(example ? null : "rules").value;
  const kindOf = new Map(rules.state === "ok" ? rules.data.map((r) => [String(r.n), r.kind]) : []);
  return (
    <div>
      <h2 class="cap">
        {t("withheld")} <StateMark state="withheld" size={12} />
      </h2>
      {kept === null ? (
        <Said answer={{ state: "loading" }} what={t("none_withheld")} />
      ) : kept.length === 0 ? (
        <Said answer={NONE} what={rules.state === "none" ? t("none_rules") : t("none_withheld")} />
      ) : (
        <table>
          <thead>
            <tr>
              <th>{t("to")}</th>
              <th>{t("kind")}</th>
              <th class="num">{t("rows")}</th>
              <th>{t("reason")}</th>
            </tr>
          </thead>
          <tbody>
            {kept.map((k) => (
              <tr key={`${k.to} ${k.rule} ${k.reason}`}>
                <td>
                  <bdi>{name(k.to)}</bdi>
                </td>
                <td>
                  {sayRecord(kindOf.get(String(k.rule)) ?? "")}
                  <br />
                  <span class="small">{k.rule ? t("rule_n", { n: k.rule }) : t("no_rule")}</span>
                </td>
                <td class="num">{number(k.rows)}</td>
                <td class="small">{sayReason(k.reason)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {example ? null : <p class="small par-note">{t("only_owner")}</p>}
    </div>
  );
}

interface Link {
  readonly partner: string;
  readonly state: string;
  readonly last_seen_utc: string | null;
  readonly vouched_by: string | null;
  readonly gaps: number;
  readonly refused: readonly string[];
  readonly quarantined: readonly string[];
  readonly alarms: readonly string[];
}

/** A length of time without the seconds that nobody needs. */
const whole_s = (s: number) => (s < 60 ? Math.max(0, s) : Math.floor(s / 60) * 60);

function sayState(l: Link, name: Name): string {
  if (l.alarms.length) return t("alarms", { n: l.alarms.length });
  if (l.state === "in step") return t("in_step");
  if (l.state === "never seen") return l.vouched_by ? t("vouched", { by: name(l.vouched_by) }) : t("never_seen");
  return l.state === "waiting" ? t("waiting") : l.state;
}

export function Health({ name, example }: { name: Name; example: boolean }) {
  const answer = useRows<Link>(example ? null : "sharing").value;
  const now_ms = Date.now();
  return (
    <div>
      <h2 class="cap">{t("health")}</h2>
      {example ? (
        <Said answer={NONE} what={t("example_health")} />
      ) : (
        <Said answer={answer} what={t("none_health")} />
      )}
      {answer.state === "ok" ? (
        <table>
          <thead>
            <tr>
              <th>{t("node")}</th>
              <th class="num">{t("seen")}</th>
              <th class="num">{t("gaps")}</th>
              <th class="num">{t("refused")}</th>
              <th>{t("state")}</th>
            </tr>
          </thead>
          <tbody>
            {answer.data.map((l) => (
              <tr key={l.partner}>
                <td>
                  <bdi>{name(l.partner)}</bdi>
                </td>
                <td class="num">
                  {l.last_seen_utc ? (
                    <span title={l.last_seen_utc}>
                      {now_ms - at(l.last_seen_utc) < 2 * 86_400_000 ? lasting(whole_s((now_ms - at(l.last_seen_utc)) / 1000)) : <Time at={l.last_seen_utc} f="ymdhm" />}
                    </span>
                  ) : (
                    t("never")
                  )}
                </td>
                <td class="num">{l.gaps}</td>
                <td class="num">{l.refused.length}</td>
                <td class={l.alarms.length ? "small alarm" : "small"} title={[...l.alarms, ...l.quarantined, ...l.refused].join("\n")}>
                  {l.alarms.length ? <StateMark state="error" size={12} /> : null} {sayState(l, name)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      ) : null}
    </div>
  ); // biome-ignore format: one thought
}
