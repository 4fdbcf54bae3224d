// The whole loop on real parts: a customer's own code, from the page on the phone to the till's
// camera; asked, answered, told by a popup, awarded; and the same number everywhere at the end.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { Phone, noBrowser } from "./browser.mjs";
import { cardByNumber } from "./database.mjs";
import { Popups } from "./notifications.mjs";
import { TITLE, Till, firstNumber, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { testid } from "./webdriver.mjs";
import { lookAway, waitForFocus } from "./window.mjs";

const PASSWORD = "a long enough password";
// The demo programme earns 1 point per KES 100.00.
const AMOUNT = "1250";
const AMOUNT_EARNS = 12;

describe("first light", { skip: noBrowser(), timeout: 180_000 }, () => {
  let till;
  let phone;
  let popups;

  before(async () => {
    popups = await Popups.listen();
    till = await Till.start({ profile: "e2e-first-light" });
    phone = await Phone.start();
    await till.online();
  });

  after(async () => {
    popups?.stop();
    await phone?.stop();
    await till?.stop();
  });

  afterEach((t) => keepEvidence(t, { till, phone }));

  /** A customer nobody knows yet signs up on a fresh page and holds the code up to the till. */
  async function newCustomerAtTheCounter(name) {
    const email = `${name.toLowerCase().replace(" ", ".")}@example.com`;
    await till.idle();
    await phone.open();
    await phone.signUp(till.ready.customer_page, { name, address: email, password: PASSWORD });
    const { text, picture } = await phone.code();
    assert.match(text, /^R1[A-Z2-7]+$/);
    await till.camera.show(picture);
    await till.stage("not_member");
    await till.page.reads(testid("customer-name"), new RegExp(name));
    return { email, password: PASSWORD };
  }

  async function ask() {
    await till.page.click(testid("ask"));
    await till.stage("waiting");
    await till.page.waitFor(testid("ring"));
    await openRequest().waitFor();
  }

  const openRequest = () => phone.page.locator(`${testid("request")}[data-status="pending"]`);

  test("a code held up to the window becomes a member with points on the page", async (t) => {
    const who = await newCustomerAtTheCounter("Wanjiku Kamau");

    const away = await lookAway();
    t.after(away.lookBack);
    await ask();
    await phone.at("accept").click();
    await till.stage("accepted");

    const popup = await popups.waitFor("Wanjiku");
    await popups.click(popup);
    await waitForFocus(TITLE);

    const before = await till.number("balance");
    await till.award(AMOUNT);
    const after = before + AMOUNT_EARNS;
    await till.page.waitFor(testid("last-award"));
    await until(`the window to show ${after} points`, async (saw) => {
      const now = await till.number("balance", { within: 0 });
      saw(now);
      return now === after;
    });

    await phone.at("tab-cards").click();
    await until(`the page to show ${after} points`, async (saw) => {
      const now = await phone.at("card-balance").innerText();
      saw(now);
      return firstNumber(now) === after;
    });

    const card = await onlyCard(till.ready.customer_page, who);
    assert.equal(card.balance, after);
    assert.deepEqual(await cardByNumber(till.ready.database, card.number), { balance: after, sum: after });
  });

  test("a no on the page is a no at the till", async () => {
    await newCustomerAtTheCounter("Otieno Ouma");
    await ask();
    await phone.at("decline").click();
    await till.stage("declined");
    await openRequest().waitFor({ state: "hidden" });
  });

  test("a request taken back at the till is gone from the page", async () => {
    await newCustomerAtTheCounter("Njeri Mwangi");
    await ask();
    await till.page.click(testid("cancel"));
    await till.stage("cancelled");
    await openRequest().waitFor({ state: "hidden" });
  });
});

/** The customer's card as the API tells it, on a sign-in of our own. */
async function onlyCard(page, { email, password }) {
  const { token } = await answer(
    await fetch(new URL("/api/auth/sign-in", page), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password }),
    }),
  );
  const { items } = await answer(
    await fetch(new URL("/api/me/cards", page), { headers: { authorization: `Bearer ${token}` } }),
  );
  assert.equal(items.length, 1);
  return items[0];
}

async function answer(response) {
  const text = await response.text();
  assert.ok(response.ok, `${response.url}: ${response.status} ${text}`);
  return JSON.parse(text);
}
