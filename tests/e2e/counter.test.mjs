// The whole of the counter by the keyboard alone: from the lock over a look-up, asking, taking back, a
// yes in person and an award to points that are asked for, as a cashier without a mouse works all day.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { rows } from "./database.mjs";
import { pressOn, switchOn, write } from "./keyboard.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { Key, testid } from "./webdriver.mjs";

const CASHIER = ["Grace", "1357"];
const PHONE = "0733000444";
// The demo programme earns 1 point per KES 100.00, and its first reward costs 50.
const AMOUNT = "5500";
const POINTS = 55;

describe("the counter by the keyboard alone", { timeout: 120_000 }, () => {
  let till;

  before(async () => {
    till = await Till.start({ profile: "e2e-counter" });
    await till.online();
  });
  after(() => till?.stop());
  afterEach((t) => keepEvidence(t, { till }));

  async function lookUp() {
    await till.page.press(Key.f3);
    await write(till.page, "look-up", PHONE);
    await till.page.press(Key.enter);
  }

  test("is opened by a PIN, and its keys are shown by one", async () => {
    await switchOn(till, ...CASHIER);
    await till.stage("idle");
    await till.page.press(Key.f1);
    await till.page.waitFor(testid("keys-dialog"));
    await till.page.press(Key.escape);
    await till.stage("idle");
  });

  test("asks, keeps points waiting, and takes the request back with them", async () => {
    await lookUp();
    await till.stage("not_member");
    await till.page.press(Key.f5);
    await till.stage("waiting");
    await write(till.page, "amount", AMOUNT);
    await till.page.press(Key.enter);
    await till.page.reads(testid("waiting-points"), new RegExp(`${POINTS} points`));
    await pressOn(till.page, "cancel");
    await till.stage("cancelled");
    const posted = "SELECT COUNT(*) FROM points_entries WHERE delta = ?";
    assert.deepEqual(await rows(till.ready.database, posted, POINTS), [[0]]);
    await till.page.press(Key.escape);
    await till.stage("idle");
  });

  test("turns the screen for a yes, and awards", async () => {
    await lookUp();
    await till.stage("not_member");
    await till.page.press(Key.f5);
    await till.stage("waiting");
    await pressOn(till.page, "turn");
    await pressOn(till.page, "turned-accept");
    await till.stage("accepted");
    await write(till.page, "amount", AMOUNT);
    await till.page.press(Key.enter);
    await till.page.reads(testid("balance"), new RegExp(String(POINTS)));
  });

  test("asks for points, and takes that back", async () => {
    await till.page.press(Key.f8);
    await till.page.waitFor(testid("reward"));
    await till.page.press(Key.enter);
    await till.page.waitFor(`${testid("spend")}[data-state="waiting"]`);
    await till.page.press(Key.escape);
    await till.page.waitFor(`${testid("spend")}[data-state="cancelled"]`);
    await till.page.press(Key.enter);
    await till.stage("member");
    await till.page.reads(testid("balance"), new RegExp(String(POINTS)));
  });

  test("leaves for each screen and comes back to the customer, who then goes", async () => {
    const screens = { 2: "customers", 3: "enrol", 4: "inbox", 5: "settings" };
    for (const [key, screen] of [...Object.entries(screens), ["1", "counter"]]) {
      await till.page.press(Key.control, key);
      await till.page.waitFor(`${testid(`rail-${screen}`)}[aria-current="page"]`);
    }
    await till.stage("member");
    await till.page.press(Key.escape);
    await till.stage("idle");
  });
});
