import { afterEach, expect, test, vi } from "vitest";
import { AGAIN_AFTER_MS, digitsOf, keepSent, sentBefore } from "./one-time";

const kept = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, text: string) => kept.set(name, text),
  removeItem: (name: string) => kept.delete(name),
});
afterEach(() => kept.clear());

test("a code is taken with whatever stands between its digits", () => {
  expect([digitsOf("1234 5678"), digitsOf("code: 12-34-56-78."), digitsOf("123456789")]).toEqual([
    "12345678",
    "12345678",
    "12345678",
  ]);
});

test("a page that was thrown away still asks for the code it sent", () => {
  const sent = { to: { phone: "0722481412" }, at: 1_000 };
  keepSent(sent);
  expect(sentBefore(1_000 + AGAIN_AFTER_MS)).toEqual(sent);
});

test("a code that no longer counts is not asked for", () => {
  keepSent({ to: { email: "amina@example.org" }, at: 1_000 });
  expect(sentBefore(1_000 + 10 * 60_000)).toBeNull();
  keepSent(null);
  expect(sentBefore(1_000)).toBeNull();
});
