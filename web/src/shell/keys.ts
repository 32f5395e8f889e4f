/** The keyboard. A view adds its own keys while it is shown. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { CLOCKS, type Clock, clock, evidence, GRAINS, grain, LANGS, lang, sel, theme } from "../state/state";
import { change, type ViewName } from "../state/url";
import { copyLink } from "./link";

export const helpOpen = signal(false);
export const searchOpen = signal(false);
export const exportOpen = signal(false);

export type Keys = Readonly<Record<string, (event: KeyboardEvent) => void>>;
let ofView: Keys = {};

/** Keys of the view at hand, by `event.key`: `" "`, `ArrowLeft`. They come before the page's own. */
export function useKeys(keys: Keys): void {
  useEffect(() => {
    ofView = keys;
    return () => {
      if (ofView === keys) ofView = {};
    };
  });
}

const GO: Readonly<Record<string, ViewName>> = {
  d: "day",
  c: "calendar",
  r: "records",
  v: "vessel",
  e: "evidence",
  p: "partners",
};

const next = <T>(list: readonly T[], now: T, by = 1): T =>
  list[(list.indexOf(now) + by + list.length) % list.length] ?? now;

/** The evidence of what has the focus, else of the selection. */
function openEvidence(): void {
  const focused =
    document.activeElement?.closest("[data-evidence]") ?? document.activeElement?.querySelector("[data-evidence]");
  const id = focused?.getAttribute("data-evidence") ?? (sel.value?.includes(":") ? sel.value : null);
  if (id) change({ evidence: id }, { push: true });
}

const OWN: Keys = {
  "?": () => {
    helpOpen.value = !helpOpen.value;
  },
  "/": (event) => {
    event.preventDefault();
    searchOpen.value = true;
  },
  u: () => change({ clock: next(Object.keys(CLOCKS) as Clock[], clock.value) }),
  t: () => change({ theme: theme.value === "dark" ? "light" : "dark" }),
  l: () => change({ lang: next(LANGS, lang.value) }),
  c: () => copyLink(),
  x: () => {
    exportOpen.value = !exportOpen.value;
  },
  e: openEvidence,
  "[": () => change({ grain: GRAINS[Math.min(GRAINS.indexOf(grain.value) + 1, GRAINS.length - 1)] ?? "day" }),
  "]": () => change({ grain: GRAINS[Math.max(GRAINS.indexOf(grain.value) - 1, 0)] ?? "day" }),
  Escape: () => {
    if (helpOpen.value || searchOpen.value || exportOpen.value) {
      helpOpen.value = searchOpen.value = exportOpen.value = false;
    } else if (evidence.value) change({ evidence: null });
    else if (sel.value) change({ sel: null });
  },
};

let going = false;

/** Listens for as long as the page is open. */
export function listen(): void {
  addEventListener("keydown", (event) => {
    const at = event.target as HTMLElement | null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (at?.matches("input,textarea,select") && event.key !== "Escape") return;
    if (event.key === " " && at?.matches("button,a,summary")) return;
    if (going) {
      going = false;
      const name = GO[event.key];
      if (name) change({ evidence: null }, { view: name });
      return;
    }
    if (event.key === "g") {
      going = true;
      return;
    }
    const act = ofView[event.key] ?? OWN[event.key];
    act?.(event);
  });
}
