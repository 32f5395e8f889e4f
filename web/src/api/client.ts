/** The API as the page reads it: every answer is in one of six states, and never nothing. */
import { type Signal, signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { FILES } from "../state/url";

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | null | undefined>>;

/** Why something could not be answered, as RFC 9457 tells it. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly hint: string;
}

interface Told {
  readonly notes: readonly string[];
  readonly dataVersion: string;
}

export type Answer<T> =
  | { readonly state: "loading"; readonly had?: T }
  | ({ readonly state: "ok"; readonly data: T } & Told)
  | ({ readonly state: "none"; readonly data: T } & Told)
  | ({ readonly state: "not_covered" } & Told)
  | ({ readonly state: "withheld" } & Told)
  | { readonly state: "error"; readonly problem: Problem };

export interface Page<R> {
  readonly rows: readonly R[];
  readonly next: string | null;
  readonly total: number | null;
}

/** Of the latest answer: what the data is now. A link that names another was made before the data changed. */
export const dataVersion = signal<string | null>(null);
/** How many answers are on their way. */
export const pending = signal(0);

const LIMIT = 10_000;
const KEPT = 200;
const held = new Map<string, Promise<Answer<unknown>>>();

/** The address of an answer, relative to the page. `table` may hold steps, as in `why/ID`; ids in it are escaped. */
export function address(table: string, query: Query = {}, ending = "json"): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(query).sort()) {
    const value = query[key];
    if (value === null || value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? [...value].sort() : [value]) search.append(key, String(one));
  }
  const path = table.split("/").map(encodeURIComponent).join("/");
  const text = search.toString();
  return `api/v1/${path}.${ending}${text ? `?${text}` : ""}`;
}

/** The rows of a table (or the features of a GeoJSON) as one answer. Asked again only when the data has changed. */
export function get<T>(table: string, query: Query = {}, ending = "json"): Promise<Answer<T>> {
  const key = address(table, query, ending);
  const known = held.get(key);
  if (known) {
    held.delete(key);
    held.set(key, known);
    return known as Promise<Answer<T>>;
  }
  const answer = ask<T>(key);
  held.set(key, answer as Promise<Answer<unknown>>);
  for (const old of held.keys()) {
    if (held.size <= KEPT) break;
    held.delete(old);
  }
  answer.then((a) => a.state === "error" && held.delete(key));
  return answer;
}

/** All rows of a table, page after page; `data` is the list. */
export async function rows<R>(table: string, query: Query = {}): Promise<Answer<readonly R[]>> {
  const all: R[] = [];
  let after: string | null = null;
  for (;;) {
    const answer: Answer<Page<R>> = await get<Page<R>>(table, { limit: LIMIT, ...query, after });
    if (answer.state !== "ok" && answer.state !== "none") return answer as Answer<readonly R[]>;
    all.push(...answer.data.rows);
    after = answer.data.next;
    if (!after) return { ...answer, state: all.length ? "ok" : "none", data: all };
  }
}

/** An answer as a signal that follows its question. Null asks nothing and stays `loading`. */
function useAnswer<T>(key: string | null, fetcher: () => Promise<Answer<T>>): Signal<Answer<T>> {
  const answer = useMemo(() => signal<Answer<T>>({ state: "loading" }), []);
  const version = dataVersion.value;
  useEffect(() => {
    if (key === null) return;
    let wanted = true;
    const before = answer.peek();
    answer.value = before.state === "ok" ? { state: "loading", had: before.data } : { state: "loading" };
    fetcher().then((got) => {
      if (wanted) answer.value = got;
    });
    return () => {
      wanted = false;
    };
  }, [key, version]);
  return answer;
}

/** The rows of a table, for a component; `null` asks nothing. */
export function useRows<R>(table: string | null, query: Query = {}): Signal<Answer<readonly R[]>> {
  return useAnswer(table === null ? null : address(table, query), () => rows<R>(table ?? "", query));
}

/** One answer that is not a table: meta, a vessel, a chain of `why`, GeoJSON. */
export function useOne<T>(table: string | null, query: Query = {}, ending = "json"): Signal<Answer<T>> {
  return useAnswer(table === null ? null : address(table, query, ending), () => get<T>(table ?? "", query, ending));
}

async function ask<T>(key: string): Promise<Answer<T>> {
  pending.value++;
  try {
    const where = FILES ? await fileOf(key) : key;
    if (where === null) return { state: "not_covered", notes: [], dataVersion: dataVersion.peek() ?? "" };
    const response = await fetch(where, { headers: { accept: "application/json, application/geo+json" } });
    if (!response.ok) return failed(response);
    return judged<T>((await response.json()) as Body);
  } catch (error) {
    return { state: "error", problem: { status: 0, title: "unreachable", detail: String(error), hint: "" } };
  } finally {
    pending.value--;
  }
}

interface Body {
  readonly state?: "ok" | "none" | "not_covered" | "withheld";
  readonly rows?: readonly unknown[];
  readonly features?: readonly unknown[];
  readonly because?: string | null;
  readonly notes?: readonly string[];
  readonly data_version?: string;
}

function judged<T>(body: Body): Answer<T> {
  const version = body.data_version ?? dataVersion.peek() ?? "";
  if (body.data_version && body.data_version !== dataVersion.peek()) {
    if (dataVersion.peek() !== null) held.clear();
    dataVersion.value = body.data_version;
  }
  const because = body.because ? [body.because] : [];
  const told: Told = { notes: [...because, ...(body.notes ?? [])], dataVersion: version };
  if (body.state === "not_covered" || body.state === "withheld") return { state: body.state, ...told };
  const list = body.rows ?? body.features;
  return { state: list && list.length === 0 ? "none" : "ok", data: body as T, ...told };
}

async function failed<T>(response: Response): Promise<Answer<T>> {
  const text = await response.text();
  let told: Partial<Problem> = {};
  try {
    told = JSON.parse(text) as Partial<Problem>;
  } catch {
    told = { detail: text.slice(0, 200) };
  }
  if (response.status === 403) return { state: "withheld", notes: told.detail ? [told.detail] : [], dataVersion: "" };
  const { title = response.statusText, detail = "", hint = "" } = told;
  return { state: "error", problem: { status: response.status, title, detail, hint } };
}

let index: Promise<Record<string, string>> | null = null;

/** On a plain web host: the file that holds this answer, by the index that was written with it; null if none does. */
async function fileOf(key: string): Promise<string | null> {
  index ??= fetch("api/v1/index.json").then((r) => r.json() as Promise<Record<string, string>>);
  return (await index)[key] ?? null;
}

/** Drops every kept answer: the data has changed. */
export function forget(): void {
  held.clear();
}
