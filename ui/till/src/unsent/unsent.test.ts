import { cleanup, fireEvent, render, screen, within } from "@testing-library/svelte";
import type { UnsentLine } from "@reda/shared/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import App from "../App.svelte";
import type { Core } from "../testing/core";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

const at = "2026-11-20T09:30:00Z";
const left: UnsentLine[] = [
  { id: "o1", at, what: "awarded", whom: "Amina Odhiambo", points: null, amount: { amount: 170000, currency: "KES" }, shop: "Baraka" },
  { id: "o2", at, what: "points_asked", whom: null, points: 200, amount: null, shop: "Baraka" },
];
let core: Core;
beforeEach(() => {
  core = freshCore();
  Object.assign(core.app, { unsent: 2, locked: true, staff: null });
  core.app.connection.status = "refused";
  core.answers["staff.who"] = () => ({ staff: [] });
  core.answers["app.unsent"] = () => ({ items: left });
  core.answers["app.save_unsent"] = () => ({ path: "/home/joseph/never-confirmed.csv", name: "never-confirmed.csv" });
  core.answers["app.forget_unsent"] = () => {
    core.app.unsent = 0;
    core.changed("app");
    return {};
  };
});
afterEach(cleanup);

const button = (name: string) => screen.getByTestId<HTMLButtonElement>(name);

async function list(): Promise<void> {
  await fireEvent.click(await screen.findByTestId("show-unsent"));
  await screen.findAllByTestId("unsent-row");
}

test("a till that was taken out says how much was never confirmed, and lists it", async () => {
  render(App);
  expect((await screen.findByTestId("unsent")).textContent).toContain("2 things were never confirmed by the shop");
  await list();
  const rows = screen.getAllByTestId("unsent-row").map((row) => row.textContent!.replace(/\s+/g, " "));
  expect(rows[0]).toMatch(/Award.*Amina Odhiambo.*KES 1,700/);
  expect(rows[1]).toMatch(/Points asked for.*customer not known.*200 points/);
});

test("it is saved to a file, and only then deleted", async () => {
  render(App);
  await list();
  expect(button("forget-unsent").disabled).toBe(true);
  await fireEvent.click(button("save-unsent"));
  expect((await screen.findByTestId("unsent-saved")).textContent).toContain("/home/joseph/never-confirmed.csv");
  await fireEvent.click(button("forget-unsent"));
  await vi.waitFor(() => expect(screen.queryByTestId("unsent")).toBeNull());
  expect(core.count("app.forget_unsent")).toBe(1);
});

test("a file that cannot be saved is said, and nothing is deleted", async () => {
  core.answers["app.save_unsent"] = () => Promise.reject({ code: "not_saved", message: "Is there room on the disk?" });
  render(App);
  await list();
  await fireEvent.click(button("save-unsent"));
  const alert = await within(screen.getByTestId("unsent-list")).findByRole("alert");
  expect(alert.textContent).toContain("Is there room on the disk?");
  expect(button("forget-unsent").disabled).toBe(true);
});

test("it is there after a restart too, when this till knows no shop any more", async () => {
  core.app.setup = { state: "first_run" };
  render(App);
  await list();
});

test("it is no news where nothing is left", async () => {
  core.app.unsent = 0;
  render(App);
  await screen.findByTestId("leave");
  expect(screen.queryByTestId("unsent")).toBeNull();
});
