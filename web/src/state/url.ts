/** The URL is the state: every choice of the reader stands in it, and everything else is computed from it. */
import { computed, signal } from "@preact/signals";

export const VIEWS = ["day", "calendar", "records", "vessel", "evidence", "partners"] as const;
export type ViewName = (typeof VIEWS)[number];
export type Params = Readonly<Record<string, readonly string[]>>;
export type Patch = Readonly<Record<string, string | readonly string[] | null>>;

export interface Place {
  readonly view: ViewName;
  readonly params: Params;
}

const ORDER = [
  "view",
  "since",
  "until",
  "grain",
  "zone",
  "fleet",
  "pack",
  "sel",
  "cam",
  "clock",
  "lang",
  "theme",
  "v",
  "evidence",
];

export function isView(text: string | null | undefined): text is ViewName {
  return VIEWS.includes(text as ViewName);
}

/** The place that an address names. A view stands as the last step of the path, or as `view=` where paths are files. */
export function parse(pathname: string, search: string): Place {
  const params: Record<string, string[]> = {};
  let view: ViewName | null = null;
  for (const [key, value] of new URLSearchParams(search)) {
    if (key === "view") view = isView(value) ? value : view;
    else {
      const values = params[key] ?? [];
      values.push(value);
      params[key] = values;
    }
  }
  const step = pathname.split("/").pop();
  return { view: view ?? (isView(step) ? step : "day"), params };
}

/** The address of a place. `files`: the page lies on a plain web host, so the view goes into the query. */
export function format(place: Place, files: boolean): string {
  const query = new URLSearchParams();
  if (files) query.set("view", place.view);
  const keys = Object.keys(place.params).sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  for (const key of keys) for (const value of place.params[key] ?? []) query.append(key, value);
  const text = query.toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%40", "@");
  return (files ? "index.html" : place.view) + (text ? `?${text}` : "");
}

const rank = (key: string) => {
  const at = ORDER.indexOf(key);
  return at < 0 ? ORDER.length : at;
};

/** `place` with some parameters changed; null and empty take one out. */
export function patched(place: Place, patch: Patch, view?: ViewName): Place {
  const params: Record<string, readonly string[]> = { ...place.params };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null || value.length === 0) delete params[key];
    else params[key] = typeof value === "string" ? [value] : value;
  }
  return { view: view ?? place.view, params };
}

/** Whether the answers of the API lie beside the page as files (`offing export site`). */
export const FILES = document.querySelector('meta[name="offing-data"]')?.getAttribute("content") === "files";
const BASE = location.pathname.slice(0, location.pathname.lastIndexOf("/") + 1);

export const place = signal<Place>(parse(location.pathname, location.search));
export const view = computed(() => place.value.view);

addEventListener("popstate", () => {
  place.value = parse(location.pathname, location.search);
});

/** The address of this place with some parameters changed, for `href`. */
export function href(patch: Patch, view?: ViewName): string {
  return BASE + format(patched(place.value, patch, view), FILES);
}

/** Change the state. A new view or `push` makes a step that the browser's back button undoes; the rest replaces. */
export function change(patch: Patch, options: { view?: ViewName; push?: boolean } = {}): void {
  const next = patched(place.value, patch, options.view);
  const address = BASE + format(next, FILES);
  if (address === location.pathname + location.search) return;
  const push = options.push ?? next.view !== place.value.view;
  history[push ? "pushState" : "replaceState"](null, "", address);
  place.value = next;
}

/** One parameter, or its fallback. */
export function param(name: string, fallback = ""): string {
  return place.value.params[name]?.[0] ?? fallback;
}

export function params(name: string): readonly string[] {
  return place.value.params[name] ?? [];
}

/** For `onClick` of a link: stay in this page, unless the reader wants another tab. */
export function follow(patch: Patch, view?: ViewName) {
  return (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    change(patch, { push: true, ...(view ? { view } : {}) });
  };
}
