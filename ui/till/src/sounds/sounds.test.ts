import { expect, test } from "vitest";
import type { CounterStage, SpendState } from "@reda/shared/wire";
import { stages } from "../testing/core";
import { place, soundOf } from "./sounds.svelte";
import { play, tones } from "./tones";

test("every sound is short", () => {
  for (const notes of Object.values(tones)) expect(Math.max(...notes.map((note) => note.atMs)) + 45).toBeLessThan(150);
});

const heard = (stage: CounterStage) => soundOf(place(stage));

test("a yes, a no and a refusal are heard; waiting is not", () => {
  const { accepted, declined, refused, waiting, idle } = stages;
  expect([accepted, declined, refused, waiting, idle].map(heard)).toEqual(["yes", "no", "error", null, null]);
});

test("so are the ends of a question about points, and a code that is no yes to it", () => {
  const of = (state: SpendState) => heard({ ...stages.spending, state });
  expect([of({ state: "approved", at: "" }), of({ state: "declined" }), of({ state: "timed_out" })]).toEqual(["yes", "no", "no"]);
  expect([of({ state: "cancelled" }), of({ state: "asking" }), heard(stages.spending)]).toEqual([null, null, null]);
  const used = { code: "code_used", message: "This code was shown before." };
  expect(of({ ...stages.spending.state, by_code: true, refused: used } as SpendState)).toBe("error");
});

test("a computer without a player stays silent and goes on", () => {
  expect(() => play("yes")).not.toThrow();
});
