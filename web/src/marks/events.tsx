/** Marks of events: 16 px, one weight of stroke, the same in the list, on the chart and on the time bar. */
import type { ComponentChildren } from "preact";

export type Mark =
  | "visit"
  | "passage"
  | "gap"
  | "loitering"
  | "encounter"
  | "cable"
  | "swap"
  | "jump"
  | "touch"
  | "unmatched"
  | "withdrawn"
  | "record"
  | "exercise"
  | "incident"
  | "statement";

const SHAPES: Record<Mark, ComponentChildren> = {
  visit: (
    <>
      <rect x="2" y="3" width="12" height="10" class="m-mag" />
      <path d="M2 8h8M7.200 5.200 10 8l-2.800 2.800" class="m-ink" />
    </>
  ),
  passage: (
    <>
      <path d="M8 1.800 14.200 8 8 14.200 1.800 8Z" class="m-ink" />
      <path d="M8 4.800v6.200M5.600 8.600 8 11l2.400-2.400" class="m-ink" />
    </>
  ),
  gap: (
    <>
      <circle cx="2.6" cy="8" r="2" class="f-ink" />
      <circle cx="13.4" cy="8" r="2" class="f-ink" />
      <path d="M6 8h.1M8 8h.1M10 8h.1" class="m-ink m-dots" />
    </>
  ),
  loitering: (
    <path d="M13.500 8A5.500 5.500 0 1 1 8 2.500a3.600 3.600 0 0 1 3.600 3.600A2.400 2.400 0 1 1 8 8" class="m-ink" />
  ),
  encounter: (
    <>
      <circle cx="5" cy="8" r="3.4" class="m-ink" />
      <circle cx="11.2" cy="8" r="3.4" class="m-ink" />
    </>
  ),
  cable: (
    <>
      <path d="M1 9c2-4 3-4 4.700 0s2.800 4 4.600 0 2.700-4 4.700 0" class="m-mag" />
      <circle cx="8" cy="8.6" r="2.2" class="f-ink" />
    </>
  ),
  swap: <path d="M2 5.500h11l-3-3M14 10.500H3l3 3" class="m-ink" />,
  jump: (
    <>
      <circle cx="2.6" cy="12.5" r="1.8" class="f-ink" />
      <circle cx="13.4" cy="3.5" r="1.8" class="f-ink" />
      <path d="M4.500 11 8.500 9 7 6.500l4.500-2" class="m-ink" />
    </>
  ),
  touch: (
    <>
      <path d="M1 8h14" class="m-3 m-dash" />
      <path d="M3 3c1 6 9 6 10 0" class="m-3" />
    </>
  ),
  unmatched: (
    <>
      <circle cx="8" cy="8" r="6" class="m-red" />
      <path d="M5.400 5.400l5.200 5.200M10.600 5.400l-5.200 5.200" class="m-red" />
    </>
  ),
  withdrawn: (
    <>
      <rect x="2.5" y="3.5" width="11" height="9" class="m-3" />
      <path d="M1 14 15 2" class="m-red" />
    </>
  ),
  record: <rect x="2.5" y="2.5" width="11" height="11" class="ring" />,
  exercise: <path d="M2 13h12L8 3Z" class="f-mag" />,
  incident: <path d="M8 2v9M8 13.500v.1" class="m-brass m-dots" />,
  statement: <path d="M2.500 3.500h11v7h-6l-3 3v-3h-2Z" class="m-brass" />,
};

/** The mark of an event; its meaning stands beside it in words. */
export function EventMark({ mark, size = 16 }: { mark: Mark; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
      {SHAPES[mark]}
    </svg>
  );
}

/** The inner shapes alone, for a chart that places them itself. */
export const shapeOf = (mark: Mark) => SHAPES[mark];

/** The mark of a row that the API calls by `kind` and `status`. */
export function markOf(kind: string, status = ""): Mark {
  if (status === "withdrawn") return "withdrawn";
  if (kind === "visit" || kind === "passage" || kind === "gap" || kind === "encounter" || kind === "loitering")
    return kind;
  return kind === "cable_slow_down"
    ? "cable"
    : kind === "identity_swap"
      ? "swap"
      : kind === "impossible_jump"
        ? "jump"
        : "gap";
}
