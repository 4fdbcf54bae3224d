import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { whenIdle } from "./idle";

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

test("a till that nobody touches locks, and each touch begins the time anew", () => {
  const locked = vi.fn();
  const stop = whenIdle(10, locked);
  vi.advanceTimersByTime(9 * 60_000);
  window.dispatchEvent(new KeyboardEvent("keydown", { key: "1" }));
  vi.advanceTimersByTime(9 * 60_000);
  expect(locked).not.toHaveBeenCalled();
  vi.advanceTimersByTime(61_000);
  expect(locked).toHaveBeenCalledTimes(1);
  stop();
  vi.advanceTimersByTime(60 * 60_000);
  expect(locked).toHaveBeenCalledTimes(1);
});

test("a till that is told never to lock does not", () => {
  const locked = vi.fn();
  whenIdle(0, locked)();
  vi.advanceTimersByTime(24 * 60 * 60_000);
  expect(locked).not.toHaveBeenCalled();
});
