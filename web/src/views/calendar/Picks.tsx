/** Zone, fleet, unit, and what stands beside: each a part of the URL. */
import type { ComponentChildren } from "preact";
import { meta } from "../../api/meta";
import { sayMetric, sayUnit, t } from "../../i18n/calendar";
import { named } from "../../i18n/words";
import { fleet } from "../../state/state";
import { change, param } from "../../state/url";
import { ANY_FLEET, aisId, type Counted, daily, fullest, idOf, NOTHING, type SeriesRow } from "./choose";
import "./picks.css";
import { fleetName, officeName, type Reading, zoneName } from "./reading";

interface PickProps {
  readonly label: string;
  readonly value: string;
  readonly onPick: (value: string) => void;
  readonly children: ComponentChildren;
  readonly disabled?: boolean;
  /** Said aloud where no label stands. */
  readonly name?: string;
}

/** A choice as the sheet draws it: a label in small capitals, the value underlined. */
export function Pick({ label, value, onPick, children, disabled = false, name }: PickProps) {
  return (
    <label>
      {label ? <span class="cap">{label}</span> : null}
      <select
        class="v"
        aria-label={label || name}
        value={value}
        disabled={disabled}
        onChange={(event) => onPick(event.currentTarget.value)}
      >
        {children}
      </select>
    </label>
  );
}

/** Offices and the areas that they count in: one choice, whatever they count there. */
const placeOf = (row: SeriesRow) => `${row.office}|${row.area}`;
const AIS = "ais|";

function placeName(row: SeriesRow): string {
  const office = officeName(row.office);
  return row.area ? t("in_area", { office, area: zoneName(row.area) }) : t("own_area", { office });
}

export function Picks({ reading }: { reading: Reading }) {
  const { chosen, series } = reading;
  if (!chosen) return null;
  return (
    <div class="pick">
      <Zone large={chosen.large} rows={daily(series)} />
      <Fleet large={chosen.large} small={chosen.small} />
      <Unit large={chosen.large} rows={daily(series)} />
      <Beside large={chosen.large} small={chosen.small} rows={daily(series)} />
    </div>
  );
}

export function Zone({ large, rows }: { large: Counted; rows: readonly SeriesRow[] }) {
  const places = [...new Map(rows.map((r) => [placeOf(r), r])).values()];
  const value = large.by === "office" ? placeOf(large.row) : AIS + large.zones.join("+");
  const zones = meta.value?.zones ?? [];
  const pick = (next: string) => {
    if (next.startsWith(AIS))
      change({ series: "ais", zone: next.slice(AIS.length).split("+"), compare: null, month: null }, { push: true });
    else
      change(
        { series: fullest(rows.filter((r) => placeOf(r) === next))?.series ?? null, compare: null, month: null },
        { push: true },
      );
  };
  const unlisted = large.by === "ais" && !zones.some((z) => AIS + z.id === value);
  return (
    <Pick label={t("zone")} value={value} onPick={pick}>
      <optgroup label={t("office_group")}>
        {places.map((row) => (
          <option key={placeOf(row)} value={placeOf(row)}>
            {placeName(row)}
          </option>
        ))}
      </optgroup>
      <optgroup label={t("ais_group")}>
        {unlisted ? <option value={value}>{large.zones.map(zoneName).join(", ")}</option> : null}
        {zones.map((z) => (
          <option key={z.id} value={AIS + z.id}>
            {named(z.names, z.id)}
          </option>
        ))}
      </optgroup>
    </Pick>
  );
}

/** The fleet of what is heard; an office counts what it counts. */
function Fleet({ large, small }: { large: Counted; small: Counted | null }) {
  const heard = large.by === "ais" ? large : small?.by === "ais" ? small : null;
  if (!heard)
    return (
      <Pick label={t("fleet")} value="" onPick={() => {}} disabled>
        <option value="">
          {large.by === "office" && large.row.fleet ? fleetName(large.row.fleet) : t("as_office")}
        </option>
      </Pick>
    );
  const fleets = meta.value?.fleets ?? [];
  const known = fleets.some((f) => f.id === ANY_FLEET);
  return (
    <Pick
      label={t("fleet")}
      value={heard.fleet}
      onPick={(id) => change({ fleet: id, compare: fitted(id) }, { push: true })}
    >
      {known ? null : <option value={ANY_FLEET}>{fleetName(ANY_FLEET)}</option>}
      {fleets.some((f) => f.id === heard.fleet) || heard.fleet === ANY_FLEET ? null : (
        <option value={heard.fleet}>{heard.fleet}</option>
      )}
      {fleets.map((f) => (
        <option key={f.id} value={f.id}>
          {fleetName(f.id)}
        </option>
      ))}
    </Pick>
  );
}

/** `compare` with another fleet, where it names one. */
function fitted(id: string): string | null {
  const was = param("compare");
  const [source, zones] = was.split(":");
  return source === "ais" && zones ? `ais:${zones}:${id}` : was || null;
}

function Unit({ large, rows }: { large: Counted; rows: readonly SeriesRow[] }) {
  if (large.by === "ais")
    return (
      <Pick label={t("unit")} value="vessels" onPick={() => {}} disabled>
        <option value="vessels">{sayMetric("vessels")}</option>
      </Pick>
    );
  const there = rows.filter((r) => placeOf(r) === placeOf(large.row));
  return (
    <Pick
      label={t("unit")}
      value={large.row.series}
      disabled={there.length < 2}
      onPick={(series) => change({ series, month: null }, { push: true })}
    >
      {there.map((r) => (
        <option key={r.series} value={r.series}>
          {`${sayMetric(r.metric)} (${sayUnit(r.unit)})`}
        </option>
      ))}
    </Pick>
  );
}

function Beside({ large, small, rows }: { large: Counted; small: Counted | null; rows: readonly SeriesRow[] }) {
  const value = small ? idOf(small) : NOTHING;
  const fleetId =
    (small?.by === "ais" ? small.fleet : null) ??
    fleet.value ??
    (large.by === "office" && large.row.fleet ? large.row.fleet : ANY_FLEET);
  const offices = large.by === "ais" ? rows.filter((r) => r.counts_in.some((z) => large.zones.includes(z))) : [];
  const zones = large.by === "office" ? (meta.value?.zones ?? []) : [];
  const listed = zones.some((z) => aisId([z.id], fleetId) === value);
  return (
    <Pick label={t("compare")} value={value} onPick={(compare) => change({ compare }, { push: true })}>
      <option value={NOTHING}>{t("beside_none")}</option>
      {small?.by === "ais" && !listed ? (
        <option value={value}>{t("ais_of", { zone: small.zones.map(zoneName).join(", ") })}</option>
      ) : null}
      {offices.map((r) => (
        <option key={r.series} value={r.series}>
          {`${officeName(r.office)}: ${sayMetric(r.metric)}`}
        </option>
      ))}
      {zones.map((z) => (
        <option key={z.id} value={aisId([z.id], fleetId)}>
          {t("ais_of", { zone: named(z.names, z.id) })}
        </option>
      ))}
    </Pick>
  );
}
