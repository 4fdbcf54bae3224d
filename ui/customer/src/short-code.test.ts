// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const fetched = vi.fn<typeof fetch>();

function answers(code: string, inMs: number): void {
  const body = { code, expires_at: new Date(Date.now() + inMs).toISOString() };
  fetched.mockResolvedValueOnce(new Response(JSON.stringify(body), { status: 200 }));
}

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.setItem("reda.session", JSON.stringify({ token: "t", refresh_token: "r", expires_at_ms: 9e15, user: { id: "u" } }));
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  vi.useRealTimers();
});

test("a code is fetched anew before it ends, and gone once nobody looks", async () => {
  const { shortCode, show } = await import("./short-code.svelte");
  answers("482913", 120_000);
  const hide = show();
  await vi.advanceTimersByTimeAsync(10);
  expect(shortCode.code?.code).toBe("482913");
  answers("117204", 240_000);
  await vi.advanceTimersByTimeAsync(119_000);
  expect(shortCode.code?.code).toBe("117204");
  hide();
  expect(shortCode.code).toBeNull();
  const asked = fetched.mock.calls.length;
  await vi.advanceTimersByTimeAsync(600_000);
  expect(fetched.mock.calls.length).toBe(asked);
});

test("without an answer none is shown, and it is asked again", async () => {
  const { shortCode, show } = await import("./short-code.svelte");
  fetched.mockRejectedValueOnce(new TypeError("offline"));
  const hide = show();
  await vi.advanceTimersByTimeAsync(10);
  expect(shortCode.code).toBeNull();
  answers("482913", 120_000);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(shortCode.code?.code).toBe("482913");
  hide();
});

test("it is read out in two halves", async () => {
  const { spoken } = await import("./short-code.svelte");
  expect(spoken("482913")).toBe("482 913");
});
