/** What the logbook says of itself, asked once at the start. */
import { computed, signal } from "@preact/signals";
import type { Names } from "../i18n/words";
import { type Answer, dataVersion, forget, get } from "./client";

export interface MetaZone {
  readonly id: string;
  readonly kind: string;
  readonly names: Names;
  readonly claimants: readonly string[];
  readonly day_rule?: string;
}

export interface MetaNamed {
  readonly id: string;
  readonly names: Names;
}

export interface Meta {
  readonly version: string;
  readonly data_version: string;
  readonly pack: {
    readonly id: string;
    readonly version: string;
    readonly hash: string;
    readonly label: string;
  } | null;
  readonly node: string | null;
  readonly data_window: { readonly since: string; readonly until: string } | null;
  readonly zones: readonly MetaZone[];
  readonly fleets: readonly MetaNamed[];
  readonly offices: readonly MetaNamed[];
  readonly gates: readonly MetaNamed[];
  readonly last_run?: {
    readonly id?: string;
    readonly method?: string;
    readonly parameters?: Readonly<Record<string, number | string>>;
    readonly rule_version?: string;
    readonly at_utc?: string;
  } | null;
}

const asked = signal<Answer<Meta>>({ state: "loading" });

export const meta = computed<Meta | null>(() => (asked.value.state === "ok" ? asked.value.data : null));
export const metaAnswer = computed(() => asked.value);

export async function askMeta(): Promise<void> {
  asked.value = await get<Meta>("meta");
}

/** Asks now and then whether the data has changed; what is shown is asked again if so. */
export function watchData(every_ms = 60_000): void {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const response = await fetch("api/v1/meta.json", { cache: "no-cache" });
      const told = response.ok ? ((await response.json()) as Meta) : null;
      if (told && told.data_version !== dataVersion.peek()) {
        forget();
        dataVersion.value = told.data_version;
        await askMeta();
      }
    } catch {
      // unreachable for now: what is shown stays, and says of which data it is
    }
  }, every_ms);
}

export const zoneOf = (id: string) => meta.value?.zones.find((z) => z.id === id) ?? null;
export const gateOf = (id: string) => meta.value?.gates.find((g) => g.id === id) ?? null;
