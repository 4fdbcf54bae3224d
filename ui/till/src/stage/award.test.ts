import type { CounterStage } from "@reda/shared/wire";
import { expect, test } from "vitest";
import { stages } from "../testing/core";
import { whyNoAward } from "./award";

const why = (stage: CounterStage, more = {}) =>
  whyNoAward({ stage, error: null, wrong: null, typed: "1700", online: true, ...more });

test("points can be awarded to a member, and wait while the customer is asked", () => {
  expect([stages.member, stages.waiting, stages.accepted].map((stage) => why(stage))).toEqual([null, null, null]);
});

test("every other stage says in words why not", () => {
  for (const stage of Object.values(stages)) {
    if (!("award" in stage)) expect(why(stage)).toMatch(/\w/);
  }
});

test("without the line nothing is awarded, whoever is at the counter", () => {
  expect(why(stages.member, { online: false })).toBe("Needs the line");
});

test("an amount that the core refuses is refused in the core's words, and before it is whole it is missing", () => {
  const error = { code: "earns_nothing", message: "This amount is too small to earn a point." };
  expect(why(stages.member, { error, wrong: error })).toBe(error.message);
  expect(why(stages.member, { error })).toBe("Type the amount first");
});
