import { expect, test } from "vitest";
import { backoffMs } from "./backoff";

test("waits grow from half a second to half a minute and never leave these bounds", () => {
  expect([0, 1, 2, 3].map((n) => backoffMs(n, 1))).toEqual([500, 1000, 2000, 4000]);
  expect(backoffMs(50, 1)).toBe(30_000);
  expect(backoffMs(50, 0)).toBe(15_000);
  expect(backoffMs(0, 0)).toBe(500);
});
