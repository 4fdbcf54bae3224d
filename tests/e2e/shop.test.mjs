// A shop of its own: first run, PIN, a scan; a second till that joins it; languages and colours.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { forgedCode, qrPng } from "./qr.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";

const PIN = "2468";
const WRONG = "1111";

describe("a shop of its own", { timeout: 240_000 }, () => {
  let till, second;

  before(async () => {
    till = await Till.start({ profile: "e2e-shop", demo: false });
  });
  after(async () => {
    await second?.stop();
    await till?.stop();
  });
  afterEach((t) => keepEvidence(t, { till: second ?? till }));

  test("is started by whoever fills in the form", async () => {
    await till.page.click(testid("start-shop"));
    await fill(till.page, {
      "shop-name": "Baraka Mini-Mart",
      "owner-name": "Joseph Mwangi",
      "owner-address": "0720000001",
      "owner-password": "short",
      "owner-pin": PIN,
    });
    await till.page.click(testid("make-shop"));
    await till.page.reads('[role="alert"]', /8 to 200/);
    await till.page.clear(testid("owner-password"));
    await till.page.type(testid("owner-password"), "a long enough password");
    await till.page.press(Key.enter);
    await till.page.waitFor(testid("pin-screen"));
    await till.page.reads(testid("who"), /Joseph Mwangi/);
  });

  test("opens by the right PIN alone", async () => {
    await typePin(till.page, WRONG);
    await till.page.reads(testid("pin-says"), /not the PIN/);
    await typePin(till.page, PIN);
    await till.stage("idle");
    await till.online();
  });

  test("reads a code that is held up", async () => {
    await till.camera.show(qrPng(forgedCode()));
    await till.stage("refused");
    await till.idle();
  });

  test("locks by a key and keeps what was typed", async () => {
    await till.page.type(testid("amount"), "1,700");
    await till.page.press(Key.control, "l");
    await till.page.reads(testid("pin-screen"), /KES 1,700/);
    await typePin(till.page, PIN);
    await till.stage("idle");
    await till.page.clear(testid("amount"));
  });

  test("gives a cashier a place and a PIN", async () => {
    await till.page.click(testid("rail-settings"));
    await till.page.click(testid("settings-staff"));
    await till.page.click(testid("add-staff"));
    await fill(till.page, { "staff-name": "Grace Wambui", "staff-pin": "1357" });
    await till.page.click(testid("save-staff"));
    await until("two rows", async () => (await count(till.page, "staff-row")) === 2);
  });

  test("pauses its programme and lets it run again", async () => {
    await till.page.click(testid("settings-programs"));
    await till.page.click(testid("program-pause"));
    await till.page.reads(testid("program-status"), /Paused/);
    await till.page.click(testid("program-pause"));
    await till.page.reads(testid("program-status"), /Running/);
  });

  test("speaks the other language and turns dark at once", async () => {
    await till.page.click(testid("settings-till"));
    await till.page.click(".content [lang=sw]");
    await till.page.reads("h1", /Mipangilio/);
    await till.page.click(testid("theme-dark"));
    await until("dark colours", () => till.page.execute(() => document.documentElement.dataset.theme === "dark"));
    await till.page.click(testid("theme-light"));
    await till.page.click(".content [lang=en]");
    await till.page.reads("h1", /Settings/);
  });

  test("lets a second till join by a code, and both show the same staff", async () => {
    await till.page.click(testid("settings-tills"));
    await till.page.click(testid("invite-till"));
    const code = await till.page.attribute(testid("invitation-code"), "data-code");
    const address = (await till.page.text(`${testid("invitation-address")} `)).match(/[\w.]+:\d+/)[0];
    second = await Till.start({ profile: "e2e-second", demo: false });
    await second.page.click(testid("join-shop"));
    await second.page.type(testid("join-code"), code.toLowerCase());
    await second.page.type(testid("join-address"), address);
    await second.page.click(testid("join"));
    await until("both members of staff", async () => (await count(second.page, "who")) === 2);
    await second.page.click(`${testid("who")}[aria-pressed="false"]`);
    await typePin(second.page, "1357");
    await second.stage("idle");
    await second.online();
  });

  test("shows a cashier no settings of the shop", async () => {
    await second.page.click(testid("rail-settings"));
    await second.page.waitFor(testid("settings-camera"));
    assert.equal(await second.page.shows(testid("settings-staff")), false);
  });

  test("takes the second till out, which locks and offers to begin anew", async () => {
    await till.page.press(Key.escape);
    await until("the new till", async () => (await count(till.page, "till-row")) === 2);
    await till.page.click(testid("revoke-till"));
    await till.page.click(testid("revoke-sure"));
    await second.page.click(testid("leave"));
    await second.page.waitFor(testid("start-shop"));
  });

  test("opens locked when it is started again", async () => {
    await till.stop();
    till = await Till.start({ profile: "e2e-shop", demo: false });
    await until("both members of staff", async () => (await count(till.page, "who")) === 2);
  });
});

async function fill(page, fields) {
  for (const [name, text] of Object.entries(fields)) await page.type(testid(name), text);
}

async function typePin(page, pin) {
  await page.waitFor(testid("pin-screen"));
  for (const digit of pin) await page.press(digit);
  await page.press(Key.enter);
}

function count(page, name) {
  return page.execute((css) => document.querySelectorAll(css).length, testid(name));
}
