import type { CounterView } from "@reda/shared/wire";
import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Core, counterView, stages } from "../testing/core";
import App from "../App.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
beforeEach(() => {
  core = freshCore();
});
afterEach(cleanup);

async function open(stage: "waiting" | "spending" | "no_answer", more: Partial<CounterView> = {}): Promise<void> {
  core.counter = { ...counterView(stages[stage]), ...more };
  render(App);
  await vi.waitFor(() => expect(screen.getByTestId("stage").dataset.stage).toBe(stage));
}
const key = (key: string, more = {}) => fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more });
const press = async (id: string) => fireEvent.click(await screen.findByTestId(id));

test.each(["waiting", "spending"] as const)("Alt S takes the digits that are read out: %s", async (stage) => {
  await open(stage);
  await screen.findByTestId("read-code");
  await key("s", { altKey: true, code: "KeyS" });
  const field = await screen.findByTestId<HTMLInputElement>("answer-code");
  expect(document.activeElement).toBe(field);
  await fireEvent.input(field, { target: { value: "482 91" } });
  expect(screen.getByTestId<HTMLButtonElement>("answer-code-send").disabled).toBe(true);
  await fireEvent.input(field, { target: { value: "482 913" } });
  await fireEvent.submit(field.form!);
  await vi.waitFor(() => expect(core.calls).toContainEqual(["counter.answer_by_code", { code: "482913" }]));
  await vi.waitFor(() => expect(screen.queryByTestId("answer-code")).toBeNull());
});

test.each(["waiting", "spending"] as const)("Escape leaves the digits before anything else: %s", async (stage) => {
  await open(stage);
  await press("read-code");
  await screen.findByTestId("answer-code");
  await key("Escape");
  await vi.waitFor(() => expect(screen.queryByTestId("answer-code")).toBeNull());
  expect(core.count("counter.clear")).toBe(0);
});

test("a click on the digits' button leaves the focus with them", async () => {
  await open("waiting");
  await fireEvent.click(await screen.findByTestId("read-code"), { detail: 1 });
  expect(document.activeElement).toBe(await screen.findByTestId("answer-code"));
});

test("wrong digits stay, with the reason", async () => {
  const error = { code: "answer_code_wrong", message: "This is not the code that was sent." };
  core.answers["counter.answer_by_code"] = () => Promise.reject(error);
  await open("waiting");
  await press("read-code");
  const field = await screen.findByTestId<HTMLInputElement>("answer-code");
  await fireEvent.input(field, { target: { value: "111111" } });
  await fireEvent.submit(field.form!);
  expect((await screen.findByRole("alert")).textContent).toContain(error.message);
  expect(field.value).toBe("111111");
});

test("the turned screen asks in the customer's language, with two equal answers", async () => {
  await open("waiting");
  await press("turn");
  const dialog = await screen.findByTestId("turned");
  for (const words of ["Join Baraka Points at Baraka Mini-Mart?", "Your phone number", "Your e-mail address", "leave at any time"]) {
    expect(dialog.textContent).toContain(words);
  }
  const [accept, decline] = [screen.getByTestId("turned-accept"), screen.getByTestId("turned-decline")];
  expect(accept.className).toBe(decline.className);
  await fireEvent.click(screen.getByText("Kiswahili"));
  expect(dialog.textContent).toContain("Ujiunge na Baraka Points?");
  await fireEvent.click(accept);
  await vi.waitFor(() =>
    expect(core.calls).toContainEqual(["counter.answer_in_person", { answer: "accept", language: "sw" }]),
  );
  await vi.waitFor(() => expect(screen.queryByTestId("turned")).toBeNull());
});

test("a shop that asks by message says so on the turned screen", async () => {
  const error = { code: "in_person_off", message: "This shop asks by message." };
  core.answers["counter.answer_in_person"] = () => Promise.reject(error);
  await open("waiting");
  await press("turn");
  await press("turned-decline");
  expect((await screen.findByTestId("turned")).textContent).toContain(error.message);
});

test.each(["waiting", "no_answer"] as const)("a shop that asks by message alone does not offer to turn the screen: %s", async (stage) => {
  await open(stage, { in_person: false });
  expect(screen.queryByTestId("turn")).toBeNull();
  cleanup();
  await open(stage);
  await screen.findByTestId("turn");
});

test("about points nobody is asked on the shop's screen", async () => {
  await open("spending");
  await screen.findByTestId("spend");
  expect(screen.queryByTestId("turn")).toBeNull();
});
