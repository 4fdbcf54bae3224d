// The customers' page for everyone: axe-core over each screen in both themes, each control by
// keyboard alone, 200 % text, no motion, and the system's own colours.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { noViolation } from "./axe.mjs";
import { Phone, noBrowser } from "./browser.mjs";
import { Server } from "./server.mjs";
import { keepEvidence } from "./till.mjs";

const WHO = { name: "Amina Hassan", address: "amina@example.com", password: "battery staple" };
const TABS = ["code", "cards", "inbox", "settings"];
/** More than any screen has, to and fro. */
const TABS_MAX = 120;
const CONTROLS = 'a[href], button:not(:disabled), input, select, [tabindex="0"]';

describe("the customers' page for everyone", { skip: noBrowser(), timeout: 240_000 }, () => {
  let server;
  let phone;
  let shop;

  before(async () => {
    server = await Server.start();
    phone = await Phone.start({ small: true });
    shop = await server.shop("Baraka Mini-Mart");
    const bakery = await server.shop("Pwani Bakery");
    await phone.signUp(server.url, WHO);
    const { text } = await phone.code();
    await shop.ask(text);
    await phone.at("accept").click();
    await phone.page.getByRole("link", { name: "See card" }).click();
    const card = new URL(phone.page.url()).hash.split("/").at(-1);
    await shop.award(card, 125_000);
    await phone.at("entry").first().waitFor();
    await bakery.ask(text);
  });
  after(async () => {
    await phone?.stop();
    await server?.stop();
  });
  beforeEach(async () => {
    await phone.page.goto("about:blank");
    await phone.page.goto(server.url);
    await phone.at("request-sheet").waitFor();
  });
  afterEach((t) => keepEvidence(t, { phone }));

  /** Each screen that a signed-in person can be on, and what is open over it. */
  async function* screens() {
    await phone.code();
    yield "my code with a request";
    await phone.page.getByRole("button", { name: "Later" }).click();
    yield "my code";
    await phone.page.getByRole("button", { name: "Full screen", exact: true }).click();
    yield "the code alone";
    await phone.page.keyboard.press("Escape");
    await phone.at("tab-cards").click();
    await phone.at("card").waitFor();
    yield "cards";
    await phone.at("card").click();
    await phone.at("entry").first().waitFor();
    yield "a card";
    await phone.at("leave-program").click();
    yield "leaving a programme";
    await phone.page.keyboard.press("Escape");
    await phone.at("tab-inbox").click();
    await phone.at("request").first().waitFor();
    yield "inbox";
    await phone.at("tab-settings").click();
    await phone.at("shared-shop").waitFor();
    yield "settings";
    await phone.at("edit-name").click();
    await phone.at("edit-phone").click();
    await phone.at("edit-password").click();
    yield "settings with its forms";
    await phone.at("delete-account").click();
    yield "deleting the account";
    await phone.page.keyboard.press("Escape");
  }

  for (const theme of ["light", "dark"]) {
    test(`axe finds nothing on any screen, ${theme}`, async () => {
      await phone.page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
      for await (const screen of screens()) await noViolation(phone.page, screen);
    });
  }

  test("axe finds nothing where somebody signs in", async () => {
    const stranger = await Phone.start({ small: true });
    try {
      await stranger.page.goto(server.url);
      for (const way of ["to-password", "to-sign-up", "to-code"]) {
        await stranger.at(way).click();
        await noViolation(stranger.page, way);
      }
      await stranger.askCode(server.url, "somebody@example.com");
      await noViolation(stranger.page, "the code that was sent");
    } finally {
      await stranger.stop();
    }
  });

  test("each control is reached by the keyboard", async () => {
    await phone.page.getByRole("button", { name: "Later" }).click();
    for (const tab of TABS) {
      await phone.at(`tab-${tab}`).click();
      await phone.page.locator("main h1").waitFor();
      if (tab === "settings") await phone.at("shared-shop").waitFor();
      await phone.page.evaluate(startTabbing);
      let left;
      for (let n = 0; n < TABS_MAX && left?.length !== 0; n += 1) {
        await phone.page.keyboard.press("Tab");
        left = await phone.page.evaluate(notReached, CONTROLS);
      }
      assert.deepEqual(left, [], `not reached on ${tab}`);
    }
  });

  test("the code opens, and closes again, by the keyboard", async () => {
    await phone.page.getByRole("button", { name: "Later" }).click();
    await phone.at("tab-code").click();
    const button = phone.page.getByRole("button", { name: "Full screen", exact: true });
    await button.focus();
    await phone.page.keyboard.press("Enter");
    await phone.at("full-code").waitFor();
    await phone.page.keyboard.press("Escape");
    await phone.at("full-code").waitFor({ state: "hidden" });
    assert.equal(await button.evaluate((it) => it === document.activeElement), true);
  });

  test("a question that is answered with no gives the focus back", async () => {
    await phone.at("tab-settings").click();
    const leave = phone.at("leave-shop").first();
    await leave.focus();
    await phone.page.keyboard.press("Enter");
    await phone.page.getByRole("button", { name: "Cancel" }).click();
    await phone.at("confirm").waitFor({ state: "hidden" });
    assert.equal(await leave.evaluate((it) => it === document.activeElement), true);
  });

  test("text of twice the size fits, at 360 and at 320 pixels", async () => {
    for (const width of [360, 320]) {
      await phone.page.setViewportSize({ width, height: 740 });
      for (const tab of TABS) {
        await phone.at(`tab-${tab}`).click();
        await phone.page.evaluate(() => (document.documentElement.style.fontSize = "32px"));
        const out = await phone.page.evaluate(sticksOut);
        assert.deepEqual(out, [], `${tab} at ${width} pixels`);
      }
    }
    await phone.page.evaluate(() => (document.documentElement.style.fontSize = ""));
    await phone.page.setViewportSize({ width: 360, height: 740 });
  });

  test("from right to left nothing sticks out either", async () => {
    await phone.page.evaluate(() => (document.documentElement.dir = "rtl"));
    for (const tab of TABS) {
      await phone.at(`tab-${tab}`).click();
      assert.deepEqual(await phone.page.evaluate(sticksOut), [], tab);
    }
    await phone.page.evaluate(() => (document.documentElement.dir = "ltr"));
  });

  test("with the system's own colours the code stays black on white", async () => {
    await phone.page.emulateMedia({ forcedColors: "active" });
    await phone.at("tab-code").click();
    const { text } = await phone.code();
    assert.ok((await shop.operation("scan", { code: text })).status);
    const colour = await phone.at("code-panel").evaluate((it) => getComputedStyle(it).backgroundColor);
    await phone.page.emulateMedia({ forcedColors: "none" });
    assert.equal(colour, "rgb(255, 255, 255)");
  });
});

// These run in the page.

function startTabbing() {
  document.activeElement?.blur();
  globalThis.reached = new Set();
}

function notReached(controls) {
  globalThis.reached.add(document.activeElement);
  return [...document.querySelectorAll(controls)]
    .filter((it) => it.checkVisibility() && !globalThis.reached.has(it))
    .map((it) => it.outerHTML.slice(0, 200));
}

function sticksOut() {
  const wide = document.documentElement.clientWidth;
  const scrolls = (it) => it && (["auto", "scroll"].includes(getComputedStyle(it).overflowX) || scrolls(it.parentElement));
  return [...document.querySelectorAll("#app *")]
    .filter((it) => !it.closest("svg, .sr") && it.checkVisibility() && !scrolls(it))
    .filter((it) => {
      const box = it.getBoundingClientRect();
      return box.width > 0 && (box.left < -1 || box.right > wide + 1);
    })
    .map((it) => it.outerHTML.slice(0, 160));
}
