// For everyone: no screen of the till breaks a rule of axe-core, every control is reached by the
// keyboard alone, and everything has its place in 1280×680.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { violations } from "./axe.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";

const OWNERS_PIN = "2468";
const SMALL = { width: 1280, height: 680 };
const parts = ["till", "camera", "tills", "staff", "programs", "connection"];

describe("for everyone", { timeout: 280_000 }, () => {
  let till, fresh;

  before(async () => {
    till = await Till.start({ profile: "e2e-access" });
    await till.online();
    await till.page.call("POST", "/window/rect", SMALL);
  });
  after(async () => {
    await fresh?.stop();
    await till?.stop();
  });
  afterEach((t) => keepEvidence(t, { till: fresh ?? till }));

  test("the PIN screen is good, and the owner switches on by the keyboard alone", async () => {
    await till.page.press(Key.control, "l");
    await till.page.waitFor(testid("pin-screen"));
    await good("PIN");
    await until("the owner is chosen", async () => {
      if (/Joseph/.test(await till.page.text(`${testid("pin-screen")} h2`))) return true;
      await till.page.press(Key.down);
      return false;
    });
    for (const digit of OWNERS_PIN) await till.page.press(digit);
    await till.page.press(Key.enter);
    await till.stage("idle");
  });

  test("the counter is good with nobody and with somebody", async () => {
    await good("counter");
    await till.camera.show(till.ready.customers[0].code_file);
    await till.stage("not_member");
    await good("counter, not a member");
    await till.page.press(Key.f1);
    await till.page.waitFor(testid("keys-dialog"));
    await good("keys");
    await till.page.press(Key.escape);
    await till.idle();
  });

  for (const screen of ["customers", "enrol", "inbox"]) {
    test(`${screen} is good`, async () => {
      await till.page.click(testid(`rail-${screen}`));
      await good(screen);
    });
  }

  test("the settings are good, light and dark", async () => {
    await till.page.press(Key.control, "5");
    for (const theme of ["dark", "light"]) {
      await till.page.click(testid("settings-till"));
      await till.page.click(testid(`theme-${theme}`));
      await until(theme, () => till.page.execute((theme) => document.documentElement.dataset.theme === theme, theme));
      for (const part of parts) {
        await till.page.click(testid(`settings-${part}`));
        await till.page.waitFor(".content .panel");
        await good(`settings, ${part}, ${theme}`);
      }
    }
    await till.page.click(testid("settings-tills"));
    await till.page.click(testid("invite-till"));
    await till.page.waitFor(testid("invitation"));
    await good("invitation");
    await till.page.press(Key.escape);
    await till.page.click(testid("settings-staff"));
    await till.page.click(testid("add-staff"));
    await till.page.waitFor(testid("staff-form"));
    await good("staff form");
    await till.page.press(Key.escape);
  });

  for (const screen of ["counter", "customers", "enrol", "inbox", "settings"]) {
    test(`every control of ${screen} is reached by Tab`, async () => {
      await till.page.click(testid(`rail-${screen}`));
      assert.deepEqual(await unreached(till.page), []);
    });
  }

  test("first run is good", async () => {
    await till.stop();
    fresh = await Till.start({ profile: "e2e-access-fresh", demo: false });
    await fresh.page.call("POST", "/window/rect", SMALL);
    await fresh.page.waitFor(testid("start-shop"));
    await good("first run", fresh);
    await fresh.page.press(Key.enter);
    await fresh.page.waitFor(testid("shop-name"));
    await good("start a shop", fresh);
    await fresh.page.press(Key.escape);
    await fresh.page.click(testid("join-shop"));
    await good("join a shop", fresh);
  });

  /** No rule broken, nothing cut off at the side, nothing wider than the window. */
  async function good(what, of = till) {
    await settled(of.page);
    assert.deepEqual(await violations(of.page), [], what);
    const wide = await of.page.execute(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${what} is ${wide} px wider than the window`);
  }
});

/** What can have the focus and is not come to by pressing Tab until it goes round. */
async function unreached(page) {
  const MAX = 120;
  const mark = () => {
    const at = document.activeElement;
    if (at === null || at === document.body || at.dataset.reached) return false;
    at.dataset.reached = "yes";
    return true;
  };
  await page.execute(() => {
    for (const one of document.querySelectorAll("[data-reached]")) delete one.dataset.reached;
    document.activeElement?.blur();
  });
  for (let i = 0, repeated = 0; i < MAX && repeated < 3; i += 1) {
    await page.press(Key.tab);
    repeated = (await page.execute(mark)) ? 0 : repeated + 1;
  }
  return page.execute(() =>
    [...document.querySelectorAll("button, input, select, textarea, a[href]")]
      .filter((one) => !one.disabled && one.tabIndex >= 0 && one.checkVisibility() && !one.dataset.reached)
      .map((one) => one.dataset.testid ?? one.id ?? one.outerHTML.slice(0, 80)),
  );
}

function settled(page) {
  return page.execute(async () => {
    const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
    await Promise.allSettled(ending.map((one) => one.finished));
  });
}
