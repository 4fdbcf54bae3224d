import { expect, test, vi } from "vitest";
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

test("the player rests once a sound is over, and plays the next one", () => {
  vi.useFakeTimers();
  const player = new Player();
  vi.stubGlobal("AudioContext", function () {
    return player;
  });
  for (const sound of ["read", "yes"] as const) {
    play(sound);
    expect(player.runs, "what is seen comes first").toBe(false);
    vi.advanceTimersByTime(150);
    expect(player.runs).toBe(true);
    vi.advanceTimersByTime(1_000);
    expect(player.runs).toBe(false);
  }
  expect(player.started).toBe(tones.read.length + tones.yes.length);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A player that only notes what is asked of it. */
class Player {
  runs = false;
  started = 0;
  currentTime = 0;
  resume = async () => void (this.runs = true);
  suspend = async () => void (this.runs = false);
  createGain = () => ({ gain: { setValueAtTime: () => {}, linearRampToValueAtTime: () => {} }, connect: <T>(next: T) => next });
  createOscillator = () => ({ frequency: { value: 0 }, connect: <T>(next: T) => next, start: () => void this.started++, stop: () => {} });
}
