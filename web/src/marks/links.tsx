/** Numbers that open their evidence, times in the clock shown, links that keep the state. */
import type { ComponentChildren } from "preact";
import { type Form, ms, say } from "../state/time";
import { follow, href, type Patch, type ViewName } from "../state/url";

/** A number with a dotted underline: opens the evidence drawer over the view that shows it. Without an id it is only a number. */
export function EvidenceLink(props: {
  id: string | null | undefined;
  children: ComponentChildren;
  label?: string;
  tab?: number;
}) {
  const { id, children, label, tab } = props;
  if (!id) return <span>{children}</span>;
  return (
    <a
      class="fig"
      href={href({ evidence: id })}
      onClick={follow({ evidence: id })}
      aria-label={label}
      tabIndex={tab}
      data-evidence={id}
    >
      {children}
    </a>
  );
}

/** A link to a view with some of the state changed. */
export function ViewLink(props: {
  patch?: Patch;
  view?: ViewName;
  children: ComponentChildren;
  class?: string;
  label?: string;
}) {
  const { patch = {}, view, children, label } = props;
  return (
    <a class={props.class} href={href(patch, view)} onClick={follow(patch, view)} aria-label={label}>
      {children}
    </a>
  );
}

/** An instant, in the clock shown; its title is the whole UTC instant. `at` is an ISO text or UTC milliseconds. */
export function Time({ at, f = "dhm" }: { at: string | number | null | undefined; f?: Form }) {
  const value = typeof at === "number" ? at : ms(at);
  if (!Number.isFinite(value)) return null;
  const utc = new Date(value).toISOString();
  return (
    <time dateTime={utc} title={utc}>
      {say(value, f)}
    </time>
  );
}
