import { svelte } from "@sveltejs/vite-plugin-svelte";
import { svelteTesting } from "@testing-library/svelte/vite";
import { createHash } from "node:crypto";
import { type Plugin } from "vite";
import { defineConfig } from "vitest/config";

const server = "http://127.0.0.1:3000";

/** Letters beyond the page's own sentences: kept when a name first needs them. */
const NOT_AT_FIRST = /inter-latin-opsz/;

/** Tells the service worker which files the page starts with, and which version they are. */
function tellWorker(): Plugin {
  return {
    name: "tell-worker",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_, bundle) {
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk") return this.error("the service worker was not built");
        const files = Object.values(bundle).filter((file) => file !== worker && !NOT_AT_FIRST.test(file.fileName));
        const hash = createHash("sha256");
        for (const file of files) hash.update(file.type === "chunk" ? file.code : file.source);
        const paths = files.map(({ fileName }) => (fileName === "index.html" ? "/" : `/${fileName}`));
        const facts = { SHELL: [...paths, "/icon.svg"], VERSION: hash.digest("hex").slice(0, 16) };
        const lines = Object.entries(facts).map(([name, value]) => `const ${name}=${JSON.stringify(value)};`);
        worker.code = `(()=>{${lines.join("")}${worker.code}})();`;
      },
    },
  };
}

export default defineConfig({
  base: "/",
  plugins: [svelte({ configFile: false }), svelteTesting(), tellWorker()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: ["es2022", "safari16"],
    // The page runs under `default-src 'self'`: nothing may become an inline script, and fonts
    // stay files because a data: URL is no font source there.
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rollupOptions: {
      input: { index: "index.html", sw: "src/service-worker.ts" },
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
  server: {
    proxy: { "/api": { target: server }, "/ws": { target: server, ws: true } },
  },
  test: { include: ["src/**/*.test.ts"] },
});
