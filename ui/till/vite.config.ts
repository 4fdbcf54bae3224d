import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  base: "./",
  plugins: [svelte(), svelteTesting()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "safari16",
    // The window runs under `default-src 'self'`: no inline script, and no font as a data: URL.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
  },
  // Fixed, because the window of `tauri dev` opens this address.
  server: { host: "127.0.0.1", port: 1420, strictPort: true },
  test: { environment: "jsdom", include: ["src/**/*.test.ts", "../shared/src/**/*.test.ts"], setupFiles: ["src/testing/setup.ts"] },
});
