import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import EnrolScreen from "../screens/EnrolScreen.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
beforeEach(() => {
  core = freshCore();
  core.answers["enrol.view"] = () => ({ programs: [core.counter.program], open: [], answered: [] });
  core.answers["customers.view"] = () => ({ total: 0, count: 0, page: [], programs: [], waiting: 0 });
  core.answers["enrol.write_down"] = core.answers["enrol.ask"] = () => ({});
});
afterEach(cleanup);

const open = (more = {}) => render(EnrolScreen, { online: true, writesDown: true, oncounter: () => {}, ...more });
const field = (id: string) => screen.getByTestId<HTMLInputElement>(id);
const type = (id: string, value: string) => fireEvent.input(field(id), { target: { value } });
const submit = () => fireEvent.submit(screen.getByTestId("write-down").querySelector("form:not([method])")!);

test("who was written down stays in the field, and Enter asks them", async () => {
  open();
  await type("enrol-whom", "0733 000 777");
  await fireEvent.click(field("write-down-open"));
  expect([field("write-down-whom").value, document.activeElement]).toEqual(["0733 000 777", field("write-down-name")]);
  await type("write-down-name", " Auntie ");
  await submit();
  await vi.waitFor(() => expect(screen.queryByTestId("write-down")).toBeNull());
  expect(core.calls).toContainEqual(["enrol.write_down", { text: "0733 000 777", name: " Auntie " }]);
  expect(await screen.findByText(/Auntie is written down/)).toBeTruthy();
  expect(document.activeElement).toBe(field("enrol-whom"));
  await fireEvent.submit(field("enrol-whom").form!);
  await vi.waitFor(() => expect(core.count("enrol.ask")).toBe(1));
  expect(screen.queryByText(/is written down/)).toBeNull();
});

test("a refusal is said where it was typed, and nothing is taken over", async () => {
  core.answers["enrol.write_down"] = () => {
    throw { code: "bad_phone", message: "This is no phone number." };
  };
  open();
  await fireEvent.click(field("write-down-open"));
  expect(document.activeElement).toBe(field("write-down-whom"));
  await type("write-down-whom", "Auntie");
  await submit();
  expect((await screen.findByRole("alert")).textContent).toContain("This is no phone number.");
  expect([field("write-down-whom").value, field("enrol-whom").value]).toEqual(["Auntie", ""]);
});

test("it is for those who may, and needs the line", () => {
  open({ writesDown: false });
  expect(screen.queryByTestId("write-down-open")).toBeNull();
  cleanup();
  open({ online: false });
  expect(screen.getByTestId<HTMLButtonElement>("write-down-open").disabled).toBe(true);
});
