// Pictures of every view on the built page, desktop and phone, by day and by night.
// node scripts/shots.mjs ADDRESS OUT [VIEW...]   the page must be served at ADDRESS; extra query by SHOTS_QUERY
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const [address, out, ...only] = process.argv.slice(2);
if (!address || !out) {
  console.error("node scripts/shots.mjs ADDRESS OUT [VIEW...]");
  process.exit(2);
}
const VIEWS = ["day", "calendar", "records", "vessel", "evidence", "partners"];
const SIZES = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const THEMES = (process.env.SHOTS_THEMES ?? "light,dark").split(",");
const QUERY = JSON.parse(process.env.SHOTS_QUERY ?? "{}");
const FLAGS = [
  "--no-sandbox",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

mkdirSync(out, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const host = new URL(address).host;
let bad = 0;
try {
  for (const [size, viewport] of Object.entries(SIZES)) {
    if (process.env.SHOTS_SIZES && !process.env.SHOTS_SIZES.split(",").includes(size)) continue;
    const page = await browser.newPage({ viewport });
    page.on("request", (r) => {
      if (!["data:", "blob:"].includes(new URL(r.url()).protocol) && new URL(r.url()).host !== host) {
        bad++;
        console.error(`asked another host: ${r.url()}`);
      }
    });
    page.on("pageerror", (e) => {
      bad++;
      console.error(`${size}: ${e.message}`);
    });
    page.on("console", (m) => {
      if (m.type() === "error") console.error(`${size}: ${m.text()}`);
    });
    for (const view of VIEWS.filter((v) => only.length === 0 || only.includes(v))) {
      for (const theme of THEMES) {
        const query = new URLSearchParams({ ...(QUERY[view] ?? {}), theme });
        const began = Date.now();
        await page.goto(new URL(`${view}?${query}`, address).href);
        await settled(page);
        const took = Date.now() - began;
        await page.screenshot({ path: `${out}/${view}-${size}-${theme}.png` });
        console.log(`${view}-${size}-${theme} ${took} ms`);
      }
    }
    await page.close();
  }
} finally {
  await browser.close();
}
process.exit(bad ? 1 : 0);

/** Until the view stands, nothing is loading, and a chart has drawn all it has. */
async function settled(page) {
  await page.waitForSelector("main > *");
  await page
    .waitForFunction(
      () => {
        const map = document.querySelector(".chart-map")?.sheet;
        const loading = document.querySelector(".said-loading");
        return !loading && (!document.querySelector(".chart") || (map?.loaded() && map.areTilesLoaded()));
      },
      null,
      { timeout: 20_000 },
    )
    .catch(() => console.error("not settled in 20 s"));
  await page.waitForTimeout(400);
}
