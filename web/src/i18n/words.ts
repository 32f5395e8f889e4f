/** One typed table of words for each part of the page: a word that a language lacks is a type error. */
import { type Lang, lang } from "../state/state";

export interface Table<K extends string> {
  readonly en: Readonly<Record<K, string>>;
  readonly ja: Readonly<Record<NoInfer<K>, string>>;
  readonly zhHant: Readonly<Record<NoInfer<K>, string>>;
}

/** A reader of the table in the language shown; `{name}` in a text is replaced by the value of that name. */
export function words<K extends string>(table: Table<K>) {
  return (key: K, values: Readonly<Record<string, string | number>> = {}): string => {
    const text = (lang.value === "en" ? table.en : lang.value === "ja" ? table.ja : table.zhHant)[key];
    return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
  };
}

export type Names = Readonly<Partial<Record<string, string>>>;

/** A name in the reader's language, else in English, else any. */
export function named(names: Names | null | undefined, fallback = "", tongue: Lang = lang.value): string {
  if (!names) return fallback;
  return names[tongue] ?? names.en ?? Object.values(names).find(Boolean) ?? fallback;
}

/** All names, the reader's language first, each once. */
export function allNames(names: Names | null | undefined, tongue: Lang = lang.value): string[] {
  if (!names) return [];
  const ordered = [names[tongue], names.en, ...Object.values(names)].filter((n): n is string => Boolean(n));
  return [...new Set(ordered)];
}

/** A whole or decimal number with thin groups, as the language writes it. */
export function number(value: number, digits = 0): string {
  return value.toLocaleString(lang.value === "zh-Hant" ? "zh-Hant-TW" : lang.value, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
