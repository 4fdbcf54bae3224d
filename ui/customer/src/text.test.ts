import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tables } from "./text";

const holes = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();

test("both languages name the same facts in every sentence", () => {
  for (const key of Object.keys(tables.en) as (keyof typeof tables.en)[]) {
    expect(holes(tables.sw[key]), key).toEqual(holes(tables.en[key]));
  }
});

test("no sentence is empty or shouts", () => {
  for (const text of [...Object.values(tables.en), ...Object.values(tables.sw)]) {
    expect(text).not.toBe("");
    expect(text).not.toContain("!");
  }
});

test("every sentence is used somewhere", () => {
  const source = files("src").map((file) => readFileSync(file, "utf8")).join("\n");
  const unused = Object.keys(tables.en).filter((key) => !new RegExp(`["']${key}["']`).test(source));
  expect(unused).toEqual([]);
});

test("nothing that people read is written beside the tables", () => {
  const found = files("src").filter((file) => file.endsWith(".svelte")).flatMap((file) =>
    words(readFileSync(file, "utf8")).map((text) => `${file}: ${text}`),
  );
  // The names of the languages are the same in both.
  expect(found.filter((line) => !/: (EN|SW)( \w+)?$/.test(line))).toEqual([]);
});

/** The page's files but the tables and the tests. */
function files(folder: string): string[] {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path));
  return paths.filter((path) => /\.(svelte|ts)$/.test(path) && !/text\.ts$|\.test\.ts$/.test(path));
}

/** What stands between tags, or in an attribute that is read out, and is no expression. */
function words(source: string): string[] {
  const markup = source.replace(/<(script|style)[\s\S]*?<\/\1>|<!--[\s\S]*?-->/g, "");
  const plain = markup.replace(/=>/g, "").replace(/\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}/g, "{}");
  const between = [...plain.matchAll(/>([^<>]+)</g)].map(([, text]) => text!);
  const read = [...plain.matchAll(/ (?:aria-label|title|alt|placeholder)="([^"]*)"/g)].map(([, text]) => text!);
  const texts = [...between, ...read].map((text) => text.replaceAll("{}", "").trim());
  return texts.filter((text) => /[A-Za-z]{2}/.test(text));
}
