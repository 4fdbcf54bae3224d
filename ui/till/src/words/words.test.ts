import { setLanguage } from "@reda/shared/i18n.svelte";
import { afterEach, expect, test } from "vitest";
import { ago, earnRule, moneyText, plusPoints, points } from ".";
import { en } from "./en";
import { sw } from "./sw";

afterEach(() => setLanguage("en"));

test("the Swahili sentences carry the same facts as the English ones", () => {
  const facts = (sentence: string) => [...sentence.matchAll(/\{\w+\}/g)].map(([fact]) => fact).sort();
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect([key, facts(sw[key])]).toEqual([key, facts(en[key])]);
  }
});

test("one point is one point", () => {
  expect([points(1), points(1240), plusPoints(34)]).toEqual(["1 point", "1,240 points", "+34 points"]);
  setLanguage("sw");
  expect(points(34)).toBe("pointi 34");
});

test("money in a sentence drops cents that are none", () => {
  expect(moneyText({ amount: 170000, currency: "KES" })).toBe("KES 1,700");
  expect(moneyText({ amount: 9950, currency: "KES" })).toBe("KES 99.50");
});

test("the earn rule is said as a rule", () => {
  const earn = { points: 1, per: { amount: 10000, currency: "KES" } };
  expect(earnRule({ earn })).toBe("1 point for each KES 100");
});

test("times ago are seconds, then minutes", () => {
  const at = new Date(1_000_000).toISOString();
  expect([ago(at, 1_012_000), ago(at, 1_000_000 + 240_000), ago(at, 999_000)]).toEqual(["12 s ago", "4 min ago", "0 s ago"]);
});
