import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import type { ShopView } from "@reda/shared/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Core } from "../testing/core";

const held = vi.hoisted(() => ({ core: null as unknown as Core }));
vi.mock("@reda/shared/platform", () => ({
  call: (...args: Parameters<Core["call"]>) => held.core.call(...args),
  changes: (...what: Parameters<Core["changes"]>) => held.core.changes(...what),
  onEvent: () => held.core.onEvent(),
  asWireError: (thrown: unknown) => thrown,
}));
const { default: Approvals } = await import("./Approvals.svelte");

let core: Core;
let shop: ShopView;
beforeEach(() => {
  core = held.core = new Core();
  const codes = { codes_approve: false, code_points: 500, code_points_day: 1000 };
  shop = { name: "Baraka", country: "KE", currency: "KES", device: "d1", till: "Front", server: "http://x", ...codes };
  core.answers["shop.view"] = () => structuredClone(shop);
  core.answers["shop.let_codes_approve"] = ({ on }) => {
    shop.codes_approve = on;
    return {};
  };
});
afterEach(cleanup);

const toggle = () => screen.findByTestId<HTMLButtonElement>("codes-approve");

test("it is off, and the owner who lets codes approve is told how far they go", async () => {
  render(Approvals, { online: true, owner: true });
  expect((await toggle()).getAttribute("aria-checked")).toBe("false");
  await fireEvent.click(await toggle());
  await vi.waitFor(() => expect(screen.getByTestId("codes-limits").textContent).toContain("up to 500 points at once"));
  expect(core.calls).toContainEqual(["shop.let_codes_approve", { on: true }]);
});

test("a refusal is said, and the switch stays as the shop has it", async () => {
  core.answers["shop.let_codes_approve"] = () => Promise.reject({ code: "busy", message: "Too much at once." });
  render(Approvals, { online: true, owner: true });
  await fireEvent.click(await toggle());
  expect((await screen.findByRole("alert")).textContent).toContain("Too much at once.");
  expect((await toggle()).getAttribute("aria-checked")).toBe("false");
});

test.each([
  [{ online: true, owner: false }, "The owner changes this."],
  [{ online: false, owner: true }, "Needs the line"],
])("where it cannot be changed it says why: %o", async (props, why) => {
  render(Approvals, props);
  expect((await toggle()).disabled).toBe(true);
  expect(screen.getByText(why)).toBeTruthy();
});
