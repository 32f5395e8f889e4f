/** The head of the time bar, which play moves and nothing else; and what the pointer is over. */
import { computed, signal } from "@preact/signals";
import { grain, iso, phone, span } from "../../state/state";
import { change } from "../../state/url";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
export const STEP_MS = { hour: HOUR_MS, day: DAY_MS, month: 30 * DAY_MS, year: 365 * DAY_MS } as const;

/** Where the reader put the head, UTC ms; null: the end of the window. */
export const headAt = signal<number | null>(null);
export const head = computed(() => {
  const { since_ms, until_ms } = span.value;
  return Math.min(Math.max(headAt.value ?? until_ms, since_ms), until_ms);
});
export const playing = signal(false);
export const hot = signal<string | null>(null);

/** Whole window in about 30 s, in steps that a grain can be seen in. */
const FRAMES_PER_S = 10;
const PLAY_S = 24;
let timer = 0;

export function play(): void {
  if (playing.value) {
    stop();
    return;
  }
  const { since_ms, until_ms } = span.value;
  if (head.value >= until_ms) headAt.value = since_ms;
  playing.value = true;
  timer = window.setInterval(() => {
    const { since_ms: low, until_ms: high } = span.value;
    const next = head.value + (high - low) / (PLAY_S * FRAMES_PER_S);
    headAt.value = next;
    if (next >= high) stop();
  }, 1000 / FRAMES_PER_S);
}

export function stop(): void {
  clearInterval(timer);
  playing.value = false;
}

/** Moves the head by steps of the grain; past an end of the window it takes the window along. */
export function step(by: number): void {
  stop();
  const move_ms = by * (grain.value === "day" ? 6 * HOUR_MS : grain.value === "hour" ? HOUR_MS : STEP_MS[grain.value]);
  const { since_ms, until_ms } = span.value;
  const next = head.value + move_ms;
  if (next < since_ms || next > until_ms) shift(by);
  else headAt.value = next;
}

/** Moves the window by steps of the grain. */
export function shift(by: number): void {
  const { since_ms, until_ms } = span.value;
  const move_ms = by * STEP_MS[grain.value];
  headAt.value = null;
  setWindow(since_ms + move_ms, until_ms + move_ms);
}

export function setWindow(since_ms: number, until_ms: number): void {
  change({ since: iso(since_ms), until: iso(until_ms) });
}

export { phone };
