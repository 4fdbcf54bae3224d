import type { CustomerConsent } from "@reda/shared/wire";
import { expect, test } from "vitest";
import { isYesToJoining } from "./timeline";

const yes: CustomerConsent = {
  request: "r",
  program: "p",
  answer: "accept",
  channel: "app",
  wording: "enrollment-1",
  language: "en",
  at: "2026-03-09T08:00:00.000Z",
};

test("a yes to joining shares, neither a no nor a yes about points", () => {
  expect(isYesToJoining(yes)).toBe(true);
  expect(isYesToJoining({ ...yes, answer: "decline" })).toBe(false);
  expect(isYesToJoining({ ...yes, wording: "points-1" })).toBe(false);
});
