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
