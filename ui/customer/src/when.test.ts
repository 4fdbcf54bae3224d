import { expect, test } from "vitest";
import { dayOf, openDays, when } from "./when";

const now = new Date(2026, 10, 21, 15, 0).getTime();
const at = (...parts: [number, number, number, number, number]) => new Date(...parts).toISOString();

test("near days have names, far ones have dates", () => {
  expect(when(at(2026, 10, 21, 14, 35), now)).toBe("Today 14:35");
  expect(when(at(2026, 10, 20, 23, 59), now)).toBe("Yesterday 23:59");
  expect(when(at(2026, 10, 17, 9, 5), now)).toBe("17 Nov, 09:05");
  expect(when(at(2025, 10, 17, 9, 5), now)).toBe("17 Nov 2025, 09:05");
});

test("a day of the calendar is that day, wherever the phone is", () => {
  expect([dayOf("2026-12-21"), dayOf("2026-01-01")]).toEqual(["21 Dec", "1 Jan"]);
});

test("a request of seven days says seven", () => {
  const expires = new Date(now + 7 * 86_400_000 - 2000).toISOString();
  expect(openDays(expires, now)).toBe(7);
  expect(openDays(new Date(now + 3_600_000).toISOString(), now)).toBe(0);
  expect(openDays(new Date(now + 86_400_000).toISOString(), now)).toBe(1);
});
