/** The head of the page: the views, the clock, the language, the palette, the keys. */
import { t } from "../i18n/shell";
import { CLOCKS, type Clock, clock, LANGS, type Lang, lang, theme } from "../state/state";
import { change, follow, href, VIEWS, view } from "../state/url";
import { helpOpen } from "./keys";

const LANG_NAMES: Record<Lang, string> = { en: "EN", ja: "日本語", "zh-Hant": "繁中" };

export function Logo() {
  return (
    <svg viewBox="0 0 22 22" aria-hidden="true">
      <circle cx="11" cy="11" r="9.6" class="m-ink m-thin" />
      <path d="M1.400 12.600h19.200" class="m-ink m-thin" />
      <path d="M6.200 12.600a4.800 4.800 0 0 1 9.600 0" class="m-mag" />
    </svg>
  );
}

/** The links of the views: in the bar, and as tabs at the foot of a phone. */
export function Views({ className }: { className: string }) {
  return (
    <nav class={className} aria-label={t("views")}>
      {VIEWS.map((name) => (
        <a
          key={name}
          href={href({ evidence: null }, name)}
          onClick={follow({ evidence: null }, name)}
          aria-current={view.value === name ? "page" : undefined}
        >
          {t(name)}
        </a>
      ))}
    </nav>
  );
}

export function ClockChoice() {
  return (
    <div class="seg" role="group" aria-label={t("clock")}>
      {(Object.keys(CLOCKS) as Clock[]).map((name) => (
        <button key={name} type="button" aria-pressed={clock.value === name} onClick={() => change({ clock: name })}>
          {name}
        </button>
      ))}
    </div>
  );
}

export function LangChoice({ className = "" }: { className?: string }) {
  return (
    <div class={`seg ${className}`} role="group" aria-label={t("language")}>
      {LANGS.map((name) => (
        <button
          key={name}
          type="button"
          lang={name}
          aria-pressed={lang.value === name}
          onClick={() => change({ lang: name })}
        >
          {LANG_NAMES[name]}
        </button>
      ))}
    </div>
  );
}

export function ThemeKey() {
  const other = theme.value === "dark" ? "light" : "dark";
  return (
    <button type="button" class="key theme" onClick={() => change({ theme: other })} aria-label={t("palette")}>
      {t(other === "dark" ? "night" : "paper")}
    </button>
  );
}

export function Bar() {
  return (
    <header class="bar">
      <a class="mark" href={href({ evidence: null }, "day")} onClick={follow({ evidence: null }, "day")}>
        <Logo />
        offing
      </a>
      <Views className="nav" />
      <div class="ctl">
        <ClockChoice />
        <LangChoice className="lang" />
        <ThemeKey />
        <button
          type="button"
          class="key"
          aria-label={t("keys")}
          onClick={() => {
            helpOpen.value = true;
          }}
        >
          ?
        </button>
      </div>
    </header>
  );
}
