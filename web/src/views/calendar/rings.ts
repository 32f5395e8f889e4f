/** New records of a series, as rings on the days that set them. */

/** A row of the table `records`. */
export interface RecordRow {
  readonly figure_id: string;
  readonly record_kind: string;
  readonly value: number;
  readonly value_at_most: number;
  readonly unit: string;
  readonly start_day: string | null;
  readonly end_day: string | null;
  readonly previous?: number | null;
  readonly broke_value?: number | null;
  readonly stands_since: string | null;
  readonly stands: boolean;
  readonly series_start?: string | null;
}

/** Days higher than all before them, by the day. The first day of a series breaks nothing. */
export function ringsOf(rows: readonly RecordRow[]): Map<string, RecordRow> {
  const broke = (r: RecordRow) => r.previous ?? r.broke_value ?? null;
  const kept = rows.filter((r) => r.record_kind === "highest_day" && r.start_day && broke(r) !== null);
  return new Map(kept.map((r) => [r.start_day ?? "", r]));
}
