/** No hull is chosen: those there are, those heard on the most days first. */
import { useState } from "preact/hooks";
import { useRows } from "../../api/client";
import { t } from "../../i18n/vessel";
import { number } from "../../i18n/words";
import { ViewLink } from "../../marks/links";
import { Said } from "../../marks/states";
import { fleet } from "../../state/state";
import { country } from "./said";

interface Row {
  readonly mmsi: number;
  readonly name: string | null;
  readonly names_n: number;
  readonly callsign: string | null;
  readonly imo: string | null;
  readonly flag: string | null;
  readonly first_day: string | null;
  readonly last_day: string | null;
  readonly days_n: number | null;
}

const MOST = 100;

export function Choose() {
  const [q, setQ] = useState("");
  const answer = useRows<Row>("vessels", { q: q.trim(), fleet: fleet.value }).value;
  const rows =
    answer.state === "ok" ? [...answer.data].sort((a, b) => (b.days_n ?? 0) - (a.days_n ?? 0) || a.mmsi - b.mmsi) : [];
  return (
    <div class="pad choose">
      <h1>{t("choose")}</h1>
      <p class="sub">{t("choose_how")}</p>
      <input
        type="search"
        class="find"
        aria-label={t("find")}
        placeholder={t("find")}
        value={q}
        onInput={(e) => setQ(e.currentTarget.value)}
      />
      <Said answer={answer} what={t("none_vessels")} />
      {rows.length ? (
        <div class="scrollx">
          <table>
            <thead>
              <tr>
                <th>MMSI</th>
                <th>{t("name")}</th>
                <th>{t("callsign")}</th>
                <th>{t("imo")}</th>
                <th>{t("flag")}</th>
                <th class="num">{t("days")}</th>
                <th class="num">{t("first_day")}</th>
                <th class="num">{t("last_day")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.slice(0, MOST).map((r) => (
                <tr key={r.mmsi}>
                  <td>
                    <ViewLink patch={{ sel: String(r.mmsi), since: null, until: null }} class="fig">
                      {r.mmsi}
                    </ViewLink>
                  </td>
                  <td>
                    <bdi>{r.name ?? <span class="dim">{t("unnamed")}</span>}</bdi>
                    {r.names_n > 1 ? <span class="small"> · {t("other_names", { n: r.names_n })}</span> : null}
                  </td>
                  <td>
                    <bdi>{r.callsign}</bdi>
                  </td>
                  <td>
                    <bdi>{r.imo}</bdi>
                  </td>
                  <td>{r.flag ? country(r.flag) : ""}</td>
                  <td class="num">{r.days_n === null ? "" : number(r.days_n)}</td>
                  <td class="num">{r.first_day}</td>
                  <td class="num">{r.last_day}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {rows.length > MOST ? <p class="small">{`${MOST} / ${number(rows.length)}`}</p> : null}
        </div>
      ) : null}
    </div>
  );
}
