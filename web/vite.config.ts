import preact from "@preact/preset-vite";
import license from "rollup-plugin-license";
import { defineConfig } from "vitest/config";

const API = process.env.OFFING_API ?? "http://127.0.0.1:8000";

export default defineConfig({
  base: "./",
  plugins: [
    preact(),
    license({ thirdParty: { output: { file: "../src/offing/faces/http/static/THIRD-PARTY.txt" } } }) as never,
  ],
  build: {
    outDir: "../src/offing/faces/http/static",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: "es" },
  test: { setupFiles: ["src/testing/page.ts"] },
  server: { host: "127.0.0.1", proxy: { "/api": API } },
});
