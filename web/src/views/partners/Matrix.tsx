/** The matrix: a row for each originator, a column for each recipient, one mark for each outcome. */
import { sayRecords, t } from "../../i18n/partners";
import type { Cell, CellState } from "./reach";

export type Name = (id: string) => string;

/** The mark of an outcome: shape first, colour second. */
export function CellMark({ state }: { state: CellState }) {
  return (
    <svg width="30" height="18" viewBox="-15 -9 30 18" aria-hidden="true">
      {shape(state)}
    </svg>
  );
}

function shape(state: CellState) {
  if (state === "direct") return <circle r="7" class="f-ink" />;
  if (state === "limited")
    return (
      <>
        <circle r="7" class="m-ink heavy" />
        <path d="M0 -7a7 7 0 0 1 0 14Z" class="f-ink" />
      </>
    );
  if (state === "through")
    return (
      <>
        <path d="M-13 0H13" class="m-mag" />
        <circle r="4.6" class="m-mag heavy onpaper" />
      </>
    );
  if (state === "consent") return <path d="M-13 0H-5M5 0H13M-4 -5V5M4 -5V5" class="m-2" />;
  if (state === "unknown") return <text y="4" text-anchor="middle">?</text>; // biome-ignore format: a mark
  return <path d="M-4 -4l8 8M4 -4l-8 8" class="m-3" />;
}

/** The outcome of a cell in words. */
export function sayCell(cell: Cell, name: Name): string {
  const kinds = sayRecords(cell.open.map((r) => r.kind));
  const direct = sayRecords(cell.rows.filter((r) => r.state === "direct").map((r) => r.kind));
  const said = {
    direct: () => t("s_direct"),
    limited: () => t("s_limited", { kinds: direct }),
    through: () => t("s_through", { hubs: cell.hubs.map(name).join(t("comma")), kinds }),
    consent: () => t("s_consent"),
    none: () => t("s_none"),
    unknown: () => t("s_unknown"),
  }[cell.state]();
  return t("cell", { a: name(cell.from), b: name(cell.to), state: said });
}

interface Props {
  readonly partners: readonly string[];
  readonly cells: ReadonlyMap<string, Cell>;
  readonly name: Name;
  readonly chosen: Cell | null;
  readonly choose: (cell: Cell) => void;
}

export function Matrix({ partners, cells, name, chosen, choose }: Props) {
  return (
    <table class="matrix" aria-label={t("matrix")}>
      <thead>
        <tr>
          <td class="corner">{t("from_to")}</td>
          {partners.map((b) => (
            <th key={b} scope="col">
              <span>
                <bdi>{name(b)}</bdi>
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {partners.map((a) => (
          <tr key={a}>
            <th scope="row">
              <bdi>{name(a)}</bdi>
            </th>
            {partners.map((b) => {
              const cell = cells.get(`${a} ${b}`);
              if (!cell) return <td key={b} class="self" />;
              const words = sayCell(cell, name);
              return (
                <td key={b}>
                  <button
                    type="button"
                    title={words}
                    aria-label={words}
                    aria-pressed={cell === chosen}
                    onClick={() => choose(cell)}
                  >
                    <CellMark state={cell.state} />
                  </button>
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const STATES: readonly CellState[] = ["direct", "limited", "through", "consent", "none", "unknown"];

export function Legend() {
  return (
    <p class="legend par-legend">
      {STATES.map((state) => (
        <span key={state}>
          <CellMark state={state} />
          {t(state)}
        </span>
      ))}
    </p>
  );
}
