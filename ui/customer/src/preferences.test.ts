import type { PreferencesBody, UpdatePreferences } from "@reda/shared/wire";
import { beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "./api";

const answer = vi.hoisted(() => vi.fn());
vi.mock("./account.svelte", () => ({ call: (method: string, _: string, { body }: { body?: unknown }) => answer(method, body) }));
const { Preferences } = await import("./preferences.svelte");

const kept = { email_enabled: true, sms_enabled: false } as PreferencesBody;
const busy = new ApiError(503, { code: "busy", message: "The server is busy. Try again." });

beforeEach(() => {
  answer.mockReset();
  answer.mockImplementation((method: string, change?: UpdatePreferences) =>
    Promise.resolve({ preferences: method === "GET" ? kept : { ...kept, ...change } }),
  );
});

test("a switch moves before the server has answered", async () => {
  const preferences = new Preferences();
  await preferences.read();
  const changing = preferences.change({ sms_enabled: true });
  expect(preferences.body?.sms_enabled).toBe(true);
  await changing;
  expect(preferences.body?.sms_enabled).toBe(true);
});

test("a switch that the server does not take moves back, and says why", async () => {
  const preferences = new Preferences();
  await preferences.read();
  answer.mockRejectedValue(busy);
  await preferences.change({ sms_enabled: true });
  expect([preferences.body?.sms_enabled, preferences.error]).toEqual([false, busy.message]);
});

test("without a line what was read stays, without a complaint", async () => {
  const preferences = new Preferences();
  await preferences.read();
  answer.mockRejectedValue(busy);
  await preferences.read();
  expect([preferences.body?.email_enabled, preferences.error]).toEqual([true, null]);
});
