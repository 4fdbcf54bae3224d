import { expect, test } from "vitest";
import { soundOf } from "./sounds.svelte";
import { play, tones } from "./tones";

test("every sound is short", () => {
  for (const notes of Object.values(tones)) expect(Math.max(...notes.map((note) => note.atMs)) + 45).toBeLessThan(150);
});

test("a yes, a no and a refusal are heard; waiting is not", () => {
  expect((["accepted", "declined", "refused", "waiting", "idle"] as const).map(soundOf)).toEqual([
    "yes",
    "no",
    "error",
    null,
    null,
  ]);
});

test("a computer without a player stays silent and goes on", () => {
  expect(() => play("yes")).not.toThrow();
});
