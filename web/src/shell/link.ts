/** The permanent link of what is shown: absolute UTC, with the versions of data and pack. */
import { signal } from "@preact/signals";
import { dataVersion } from "../api/client";
import { meta } from "../api/meta";
import { clock, grain, iso, lang, span, theme } from "../state/state";
import { FILES, format, patched, place } from "../state/url";

/** For two seconds after a link was copied. */
export const copied = signal(false);

export function permanentLink(): string {
  const { since_ms, until_ms } = span.value;
  const whole = patched(place.value, {
    since: iso(since_ms),
    until: iso(until_ms),
    grain: grain.value,
    clock: clock.value,
    lang: lang.value,
    theme: theme.value,
    v: dataVersion.value,
    pack: meta.value?.pack?.hash ?? null,
  });
  return new URL(format(whole, FILES), location.href).href;
}

export async function copyLink(): Promise<void> {
  const link = permanentLink();
  try {
    await navigator.clipboard.writeText(link);
  } catch {
    const field = document.createElement("textarea");
    field.value = link;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  copied.value = true;
  setTimeout(() => {
    copied.value = false;
  }, 2000);
}
