/** Printing: one page, on paper, laid out as on the screen. */
import { signal } from "@preact/signals";

/** While the page is printed; charts take the paper palette then. */
export const printing = signal(false);

/** What fits on a sheet of A4 across, in CSS pixels, within its margins. */
const SHEET = { width: 1040, height: 700 };

const LEAST_SCALE = 0.5;

/** Listens for as long as the page is open. */
export function listenToPrint(): void {
  const root = document.documentElement;
  let theme: string | undefined;
  addEventListener("beforeprint", () => {
    theme = root.dataset.theme;
    root.dataset.theme = "light";
    // a list that scrolls on the screen is printed whole; a very long one goes on to further sheets
    const rolled = [...document.querySelectorAll(".list-box,.cannot-box")].reduce(
      (n, e) => n + e.scrollHeight - e.clientHeight,
      0,
    );
    const height = Math.max(document.body.scrollHeight, innerHeight) + rolled;
    const scale = Math.min(SHEET.width / innerWidth, Math.max(SHEET.height / height, LEAST_SCALE), 1);
    root.style.setProperty("--map-h", `${document.querySelector(".map")?.clientHeight ?? 0}px`);
    root.style.setProperty("--print-w", `${innerWidth}px`);
    root.style.setProperty("--print-zoom", scale.toFixed(4));
    printing.value = true;
  });
  addEventListener("afterprint", () => {
    if (theme) root.dataset.theme = theme;
    printing.value = false;
  });
}
