// @vitest-environment jsdom
import { fireEvent, render, screen, waitFor } from "@testing-library/svelte";
import { beforeEach, expect, test, vi } from "vitest";
import type { SharedBusiness } from "@reda/shared/wire";

const shop: SharedBusiness = {
  id: "0198c2a8-0000-7000-8000-000000000022",
  name: "Pwani Bakery",
  currency: "KES",
  joined_at: "2025-03-04T10:00:00Z",
  visits: 3,
  spend: 120_000,
  cards: [],
};

const fetched = vi.fn<typeof fetch>();
const json = (body: unknown) => new Response(JSON.stringify(body), { status: 200 });

beforeEach(() => {
  localStorage.setItem("reda.session", JSON.stringify({ token: "t", refresh_token: "r", expires_at_ms: 9e15, user: { id: "u" } }));
  // jsdom opens no dialogs.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});

test("a shop is left only after a second yes, and then gone", async () => {
  const { default: SharedShops } = await import("./SharedShops.svelte");
  let left = false;
  fetched.mockImplementation(async (url, options) => {
    if (options?.method === "POST") {
      expect(String(url)).toBe(`/api/me/businesses/${shop.id}/leave`);
      left = true;
      return new Response(null, { status: 204 });
    }
    return json({ items: left ? [] : [shop] });
  });
  render(SharedShops);
  await fireEvent.click(await screen.findByTestId("leave-shop"));
  expect(left).toBe(false);
  expect(screen.getByTestId("confirm").textContent).toContain("Pwani Bakery");
  await fireEvent.click(screen.getByTestId("confirm-yes"));
  await waitFor(() => expect(screen.queryByTestId("shared-shop")).toBeNull());
  expect(left).toBe(true);
});

test("what the server refuses is said in the question", async () => {
  const { default: SharedShops } = await import("./SharedShops.svelte");
  fetched.mockImplementation(async (_, options) => {
    if (options?.method !== "POST") return json({ items: [shop] });
    const error = { code: "busy", message: "The server is busy. Try again." };
    return new Response(JSON.stringify({ error }), { status: 503 });
  });
  render(SharedShops);
  await fireEvent.click(await screen.findByTestId("leave-shop"));
  await fireEvent.click(screen.getByTestId("confirm-yes"));
  expect((await screen.findByRole("alert", { hidden: true })).textContent).toContain("busy");
});
