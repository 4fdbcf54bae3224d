// Every sentence is said somewhere, and every key that a screen names has its sentence in both
// languages (the second half is the compiler's work; this reads the sources as they are).
import { expect, test } from "vitest";
import { en } from "./en";
import { sw } from "./sw";

const sources = import.meta.glob(["../**/*.svelte", "../**/*.ts", "!../**/*.test.ts", "!../words/*.{en,sw}.ts", "!../words/{en,sw}.ts", "!../testing/**"], {
  query: "?raw",
  import: "default",
  eager: true,
}) as Record<string, string>;

/** Said by the name of a role, a status or a screen, as the core gives it. */
const namedByTheCore = new Set(["cashier", "manager", "owner", "online", "connecting", "offline", "refused"]);

const text = Object.values(sources).join("\n");

test("no sentence is left over", () => {
  const said = new Set([...text.matchAll(/"([a-z][a-z0-9_]*)"/g)].map(([, key]) => key));
  const left = Object.keys(en).filter((key) => !said.has(key) && !namedByTheCore.has(key));
  expect(left).toEqual([]);
});

test("no screen names a sentence that is missing", () => {
  const named = [...text.matchAll(/\bt\(\s*"([a-z0-9_]+)"/g)].map(([, key]) => key!);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter((key) => !(key in en) || !(key in sw))).toEqual([]);
});

test("no sentence stands in the screens untranslated", () => {
  const markup = (source: string) => source.replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>|<!--[\s\S]*?-->/g, "");
  const bare = Object.entries(sources)
    .filter(([path]) => path.endsWith(".svelte"))
    .flatMap(([path, source]) => {
      // Words between tags, outside of braces.
      const outside = markup(source).replace(/\{[^{}]*(\{[^{}]*\}[^{}]*)*\}|&\w+;/g, "");
      return [...outside.matchAll(/>([^<>]*[a-z]{3,}[^<>]*)</g)].map(([, words]) => `${path}: ${words!.trim()}`);
    });
  // Key caps say what stands on the keyboard.
  expect(bare.filter((line) => !/: (Enter|Esc|Ctrl|Alt)$/.test(line))).toEqual([]);
});
