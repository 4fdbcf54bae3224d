// The icon in a desktop's tray: what it shows, what its menu does, and a desktop without a tray.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { TITLE, Till, keepEvidence } from "./till.mjs";
import { Tray } from "./tray.mjs";
import { until } from "./wait.mjs";
import { testid } from "./webdriver.mjs";
import { lookAway, waitForFocus } from "./window.mjs";

describe("the tray", { timeout: 120_000 }, () => {
  let till, tray;

  before(async () => {
    till = await Till.start({ profile: "e2e-tray" });
    await till.online();
  });
  after(async () => {
    tray?.stop();
    await till?.stop();
  });
  afterEach((t) => keepEvidence(t, { till }));

  test("is not missed where a desktop has none, and shows the till once there is one", async () => {
    assert.doesNotMatch(till.driver.log, /panicked/);
    tray = await Tray.start();
    const { Status, Title, menu } = await tray.shows(till, "plain");
    assert.deepEqual([Status, Title], ["Active", "Reda"]);
    assert.deepEqual(
      menu.map(({ label }) => label),
      ["Open", "Lock", "Quit"],
    );
  });

  test("has a dot while something is unread", async () => {
    await till.becomesMember(till.ready.customers[0].phone);
    await tray.shows(till, "unread");
    await till.page.click(testid("rail-inbox"));
    await till.page.click(testid("read-all"));
    await tray.shows(till, "plain");
  });

  test("brings the window forward", async () => {
    const { lookBack } = await lookAway();
    await tray.press(till, "Open");
    await waitForFocus(TITLE);
    lookBack();
  });

  test("speaks the till's language", async () => {
    await till.page.click('.choice button[lang="sw"]');
    await tray.entry(till, "Fungua");
    await tray.entry(till, "Ondoka");
  });

  test("locks the till, once", async () => {
    await tray.press(till, "Funga kaunta");
    await till.page.waitFor(testid("pin-screen"));
    await tray.entry(till, "Funga kaunta", { enabled: false });
  });

  test("ends the till", async () => {
    await tray.press(till, "Ondoka");
    await until("the icon to be gone", async (saw) => {
      const items = await tray.items();
      saw(items);
      return items.length === 0;
    });
  });
});
