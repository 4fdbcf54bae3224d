import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import type { ShopView } from "@reda/shared/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import Approvals from "./Approvals.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
let shop: ShopView;
beforeEach(() => {
  core = freshCore();
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

async function limits(): Promise<void> {
  shop.codes_approve = true;
  core.answers["shop.check_code_limits"] = ({ once, day }) => {
    const wrong = Number(day) < Number(once) ? [{ field: "day", why: { why: "out_of_range", min: Number(once), max: 1_000_000 } }] : [];
    return { wrong, sound: wrong.length > 0 ? null : { once, day } };
  };
  core.answers["shop.save_code_limits"] = ({ once, day }) => {
    Object.assign(shop, { code_points: Number(once), code_points_day: Number(day) });
    return {};
  };
  render(Approvals, { online: true, owner: true });
  await screen.findByTestId("limit-once");
}
const limit = (of: string) => screen.getByTestId<HTMLInputElement>(`limit-${of}`);
const type = (of: string, value: string) => fireEvent.input(limit(of), { target: { value } });

test("the owner changes how far codes go", async () => {
  await limits();
  expect([limit("once").value, limit("day").value]).toEqual(["500", "1000"]);
  expect(screen.getByTestId<HTMLButtonElement>("save-limits").disabled).toBe(true);
  await type("once", "700");
  await fireEvent.submit(limit("once").form!);
  await vi.waitFor(() => expect(screen.getByTestId("codes-limits").textContent).toContain("up to 700 points at once"));
  expect(core.calls).toContainEqual(["shop.save_code_limits", { once: "700", day: "1000" }]);
  expect(screen.getByTestId<HTMLButtonElement>("save-limits").disabled).toBe(true);
});

test("a day that holds less than one code is refused beside its field", async () => {
  await limits();
  await type("day", "400");
  await fireEvent.submit(limit("day").form!);
  expect((await screen.findByTestId("limit-day-wrong")).textContent).toBe("From 500 to 1,000,000.");
  expect(document.activeElement).toBe(limit("day"));
  expect(core.count("shop.save_code_limits")).toBe(0);
});

test("nobody but the owner has the fields", async () => {
  shop.codes_approve = true;
  render(Approvals, { online: true, owner: false });
  await toggle();
  expect(screen.queryByTestId("limit-once")).toBeNull();
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
