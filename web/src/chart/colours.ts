/** The tokens of the palette in use, for what cannot read CSS. */
const NAMES = [
  "ground",
  "ink",
  "ink-2",
  "ink-3",
  "hair",
  "hair-2",
  "sea",
  "shoal-1",
  "shoal-2",
  "land",
  "land-ink",
  "coast",
  "water-ink",
  "magenta",
  "magenta-2",
  "brass",
  "red",
] as const;
export type Colours = Readonly<Record<(typeof NAMES)[number], string>>;

export function colours(): Colours {
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(NAMES.map((n) => [n, style.getPropertyValue(`--${n}`).trim()])) as unknown as Colours;
}
