/** Four states, four words, four marks; and the three more that a calendar keeps apart. */
import type { ComponentChildren } from "preact";
import type { Answer } from "../api/client";
import { t } from "../i18n/shell";

export type State = "loading" | "none" | "not_covered" | "withheld" | "error";

const box = (children: ComponentChildren, size: number) => (
  <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true">
    {children}
  </svg>
);

export function StateMark({ state, size = 16 }: { state: State | "blank" | "zero" | "unobservable"; size?: number }) {
  if (state === "loading") return box(<rect x="2" y="2" width="12" height="12" class="m-load" />, size);
  if (state === "none")
    return box(
      <>
        <rect x="2" y="2" width="12" height="12" class="m-frame" />
        <circle cx="8" cy="8" r="2.6" class="m-2" />
      </>,
      size,
    );
  if (state === "not_covered" || state === "unobservable")
    return box(
      <>
        <rect x="2" y="2" width="12" height="12" class="m-frame" />
        <path d="M2 7 7 2M2 11.5 11.5 2M3 14 14 3M7.5 14 14 7.5M11.5 14l2.5-2.500" class="m-hatch" />
      </>,
      size,
    );
  if (state === "withheld")
    return box(
      <>
        <rect x="2" y="2" width="12" height="12" class="m-2 m-thin" />
        <rect x="4" y="6" width="8" height="4" class="f-2" />
      </>,
      size,
    );
  if (state === "zero") return box(<circle cx="8" cy="8" r="3.6" class="m-2" />, size);
  if (state === "blank") return box(<path d="M2 5V2h3M11 2h3v3M14 11v3h-3M5 14H2v-3" class="m-frame" />, size);
  return box(
    <>
      <circle cx="8" cy="8" r="6" class="m-red" />
      <path d="M5.4 5.4l5.200 5.200M10.600 5.400l-5.200 5.200" class="m-red" />
    </>,
    size,
  );
}

const WORD = {
  loading: "loading",
  none: "none",
  not_covered: "not_covered",
  withheld: "withheld",
  error: "error",
} as const;

/** A state as a row: mark, word, and what was looked for and where. */
export function StateRow({ state, children }: { state: State; children: ComponentChildren }) {
  return (
    <li class="state">
      <StateMark state={state} />
      <div class="what">
        <b>{t(WORD[state])}</b> · {children}
      </div>
    </li>
  );
}

/** What stands in the place of an answer that has no rows; nothing where it has some. `what` says what was looked for. */
export function Said<T>({ answer, what }: { answer: Answer<T>; what: string }) {
  if (answer.state === "ok") return null;
  const more =
    answer.state === "error"
      ? [answer.problem.detail || answer.problem.title, answer.problem.hint].filter(Boolean).join(" ")
      : answer.state === "loading"
        ? ""
        : answer.notes.join(" ");
  return (
    <p class={`said said-${answer.state}`} role={answer.state === "error" ? "alert" : "status"}>
      <StateMark state={answer.state} />
      <span>
        <b>{t(WORD[answer.state])}</b> · {what}
        {more ? ` ${more}` : ""}
      </span>
    </p>
  );
}

/** The hatch of what is not covered, for `fill="url(#hatch)"`; once in the page. */
export function Patterns() {
  return (
    <svg class="patterns" width="0" height="0" aria-hidden="true">
      <defs>
        <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
          <line x1="0" y1="0" x2="0" y2="5" class="m-hatch" />
        </pattern>
      </defs>
    </svg>
  );
}
