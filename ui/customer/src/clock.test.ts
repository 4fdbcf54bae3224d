import { expect, test } from "vitest";
import { ServerClock } from "./clock";

function phone(wall: number) {
  const time = { wall, monotonic: 50 };
  return { time, clocks: { monotonicMs: () => time.monotonic, wallMs: () => time.wall } };
}

test("a phone that is an hour off shows server time", () => {
  const { time, clocks } = phone(3_600_000);
  const clock = new ServerClock(clocks, null);
  expect(clock.source).toBe("local");
  clock.heard(10_000, "welcome");
  time.wall += 500;
  time.monotonic += 500;
  expect(clock.nowMs()).toBe(10_500);
  expect(clock.offsetMs()).toBe(10_000 - 3_600_000);
});

test("setting the phone's clock does not move it", () => {
  const { time, clocks } = phone(1000);
  const clock = new ServerClock(clocks, null);
  clock.heard(10_000, "welcome");
  time.wall -= 500_000;
  time.monotonic += 1000;
  expect(clock.nowMs()).toBe(11_000);
  clock.woke();
  expect(clock.nowMs()).toBe(11_000);
});

test("after sleep the wall clock's run counts, until the server speaks", () => {
  const { time, clocks } = phone(1000);
  const clock = new ServerClock(clocks, null);
  clock.heard(10_000, "welcome");
  time.wall += 600_000;
  time.monotonic += 2000;
  clock.woke();
  expect(clock.nowMs()).toBe(610_000);
  clock.heard(611_000, "http");
  expect(clock.nowMs()).toBe(611_000);
});

test("a kept offset serves a page that opens offline", () => {
  const { clocks } = phone(5000);
  const clock = new ServerClock(clocks, -2000);
  expect([clock.nowMs(), clock.source]).toEqual([3000, "kept"]);
});

test("a whole-second header does not replace a welcome", () => {
  const { clocks } = phone(0);
  const clock = new ServerClock(clocks, null);
  clock.heard(7300, "welcome");
  clock.heard(7000, "http");
  clock.heard(Number.NaN, "http");
  expect(clock.nowMs()).toBe(7300);
});
