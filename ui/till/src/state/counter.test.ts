import { tick } from "svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Core, stages } from "../testing/core";
import { Counter } from "./counter.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
let counter: Counter;
beforeEach(async () => {
  core = freshCore();
  counter = new Counter();
  await vi.waitUntil(() => counter.view);
});
afterEach(() => counter.stop());

test("an answer about an older amount is dropped", async () => {
  const answers: ((points: number) => void)[] = [];
  core.answers["counter.amount"] = () =>
    new Promise((resolve) => answers.push((points) => resolve({ amount: null, points, error: null })));
  const typed = [counter.sale.type("17"), counter.sale.type("1700")];
  answers[1]!(34);
  await typed[1];
  answers[0]!(1);
  await typed[0];
  expect(counter.earns).toBe(34);
});

test("a second press while a call runs does nothing", async () => {
  await Promise.all([counter.ask(), counter.ask()]);
  expect(core.count("counter.ask")).toBe(1);
});

test("a call that fails says why and leaves the stage alone", async () => {
  const offline = { code: "offline", message: "No connection to the server." };
  core.answers["counter.ask"] = () => Promise.reject(offline);
  await counter.ask();
  expect(counter.failure).toEqual(offline);
  expect(counter.stage.stage).toBe("idle");
});

test("a look-up that worked empties its field, one that failed keeps it", async () => {
  counter.search = " 0722 000 412 ";
  core.answers["counter.look_up"] = () => Promise.reject({ code: "bad_phone", message: "" });
  await counter.lookUp();
  expect(counter.search).toBe(" 0722 000 412 ");
  delete core.answers["counter.look_up"];
  await counter.lookUp();
  expect(core.calls.at(-2)).toEqual(["counter.look_up", { text: "0722 000 412" }]);
  expect(counter.search).toBe("");
});

test("Enter before the core has looked leaves it to the core", async () => {
  core.answers["counter.amount"] = () => ({ amount: null, points: null, error: { code: "bad_amount", message: "" } });
  await counter.sale.type("1,7");
  expect([counter.sale.wrong, counter.sale.ends()?.code]).toEqual([null, "bad_amount"]);
  void counter.sale.type("1,700");
  expect(counter.sale.ends()).toBeNull();
});

async function awarded(): Promise<void> {
  core.counter.stage = stages.member;
  core.counter.last_award = { name: "Amina Hassan", points: 34, balance: 1274, at: "2026-11-21T14:32:00Z" };
  core.changed("counter");
  await vi.waitUntil(() => counter.view?.last_award);
  await tick();
}

test("the amount empties once its award is there", async () => {
  await counter.sale.type("1700");
  await counter.award();
  expect(counter.sale.text).toBe("1700");
  await awarded();
  expect(counter.sale.text).toBe("");
});

test("an amount typed while the award was on its way stays", async () => {
  await counter.sale.type("1700");
  await counter.award();
  await counter.sale.type("250");
  await awarded();
  expect(counter.sale.text).toBe("250");
});
