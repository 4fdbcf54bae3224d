import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PAUSE_MS, Said } from "./said.svelte";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const fresh = () => new Said<string>((wrong) => wrong);
/** One key, and what is wrong then. */
function key(said: Said<string>, ...wrong: string[]): string[] {
  said.typed();
  said.found(wrong);
  return said.wrong;
}

test("what is wrong on the way is never said", () => {
  const said = fresh();
  const seen = [key(said, "too small"), key(said, "no amount"), key(said, "no amount"), key(said)];
  vi.advanceTimersByTime(PAUSE_MS);
  expect([...seen, said.wrong]).toEqual([[], [], [], [], []]);
});

test("it is said once the typing pauses, counted from the last key", () => {
  const said = fresh();
  key(said, "too small");
  vi.advanceTimersByTime(PAUSE_MS - 1);
  key(said, "no amount");
  vi.advanceTimersByTime(PAUSE_MS - 1);
  expect(said.wrong).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(said.wrong).toEqual(["no amount"]);
});

test("it is said at once where the typing ends", () => {
  const said = fresh();
  key(said, "too small");
  said.pause();
  expect(said.wrong).toEqual(["too small"]);
});

test("what was said goes with the key that mends it, and stays with one that does not", () => {
  const said = fresh();
  key(said, "no amount");
  said.pause();
  expect(key(said, "no amount")).toEqual(["no amount"]);
  expect(key(said, "too small")).toEqual([]);
  key(said, "too small");
  said.pause();
  expect(key(said)).toEqual([]);
});

test("what is found after the pause is said when it comes, and nothing older is", () => {
  const said = fresh();
  key(said, "too small");
  said.typed();
  vi.advanceTimersByTime(PAUSE_MS);
  expect(said.wrong).toEqual([]);
  said.found(["no amount"]);
  expect(said.wrong).toEqual(["no amount"]);
});
