import type { CustomerConsent, InteractionLine } from "@reda/shared/wire";
import { expect, test } from "vitest";
import { isYesToJoining, said, sharesLine, takesBack } from "./timeline";

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

const entry: InteractionLine = {
  at: "2026-03-09T08:00:00.000Z",
  kind: "points",
  id: "e1",
  what: "earn",
  points: 17,
  balance: 17,
};

test("an entry is taken back once, and a taking back never", () => {
  expect(takesBack(entry)).toBe(true);
  expect(takesBack({ ...entry, result: "reversed" })).toBe(false);
  expect(takesBack({ ...entry, what: "reverse" })).toBe(false);
  expect(takesBack({ ...entry, kind: "request" })).toBe(false);
});

test("every kind of entry says who did it, and one that was taken back says so", () => {
  const title = (what: string, points: number) => said({ ...entry, what, points }).title;
  expect(title("earn", 17)).toBe("Earned 17 points");
  expect(title("redeem", -17)).toBe("Used 17 points");
  expect(title("adjust", 17)).toBe("17 points added by the shop");
  expect(title("adjust", -17)).toBe("17 points removed by the shop");
  expect(title("reverse", -17)).toBe("17 points taken back");
  expect(title("reverse", 17)).toBe("17 points given back");
  expect(title("expire", -17)).toBe("17 points ran out");
  expect(said({ ...entry, result: "reversed" }).more).toContain("Taken back");
});

test("a yes about points is no joining", () => {
  const closed = (what: string, result: string) => said({ ...entry, kind: "closed", what, result }).title;
  expect(closed("enrollment", "accepted")).toBe("Accepted to join");
  expect(closed("points_deduction", "accepted")).toBe("Approved");
  expect(closed("points_deduction", "declined")).toBe("Declined");
});

test("only what was shared is said to be shared", () => {
  expect(sharesLine({ phone: null, email: null })).toBe("Shares name and purchases here");
  expect(sharesLine({ phone: "0722", email: null })).toBe("Shares name, phone and purchases here");
  expect(sharesLine({ phone: null, email: "a@b.c" })).toBe("Shares name, e-mail and purchases here");
  expect(sharesLine({ phone: "0722", email: "a@b.c" })).toBe("Shares name, phone, e-mail and purchases here");
});
