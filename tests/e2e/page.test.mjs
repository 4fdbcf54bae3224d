// The customers' page at 360×740, with a shop that works by the API: no till's window is needed.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Phone, noBrowser } from "./browser.mjs";
import { rows } from "./database.mjs";
import { Server } from "./server.mjs";
import { firstNumber, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";

const PASSWORD = "battery staple";
// The first programme earns 1 point per KES 100.00.
const KES_1250 = 125_000;

describe("the customers' page", { skip: noBrowser(), timeout: 180_000 }, () => {
  let server;
  let shop;
  let phone;

  before(async () => {
    server = await Server.start();
    shop = await server.shop("Baraka Mini-Mart");
    phone = await Phone.start();
  });
  after(async () => {
    await phone?.stop();
    await server?.stop();
  });
  beforeEach(() => phone.open({ small: true }));
  afterEach((t) => keepEvidence(t, { phone }));

  const name = (who) => `${who.toLowerCase().replace(" ", ".")}@example.com`;
  const signUp = (who) => phone.signUp(server.url, { name: who, address: name(who), password: PASSWORD });
  const opened = (tab) => phone.at(`tab-${tab}`).click();
  const saysOf = (testid, number) =>
    until(`${testid} to show ${number}`, async (saw) => {
      const text = await phone.at(testid).first().innerText();
      saw(text);
      return firstNumber(text) === number;
    });

  /** Signs up, is asked by the shop, says yes on the page, and gets points. */
  async function join(who) {
    await signUp(who);
    const { text } = await phone.code();
    const { request, customer } = await shop.ask(text);
    await phone.at("accept").click();
    const card = await until("a card", async () => {
      const { card, status } = await shop.operation("scan", { code: text }).then(enrolled);
      return status === "member" && card;
    });
    await shop.award(card, KES_1250);
    await phone.page.getByRole("button", { name: "Close" }).click();
    await saysOf("card-balance", 12);
    return { request, customer, card };
  }
  const enrolled = ({ status, enrollments }) => ({ status, card: enrollments?.[0]?.card });

  test("without a connection it opens, and shows a code that counts and cards with their age", async () => {
    await join("Amina Hassan");
    await opened("settings");
    await phone.page.locator('[data-testid="phone-offline"][data-works="true"]').waitFor();
    await server.away();
    await phone.page.goto(server.url);
    await phone.page.locator('[data-testid="connection"][data-status="offline"]').waitFor();
    const { text } = await phone.code();
    await phone.page.getByText("This code works without internet").waitFor();
    assert.equal(firstNumber(await phone.at("card-balance").innerText()), 12);
    await phone.page.getByText(/^as of \d\d:\d\d$/).waitFor();
    assert.equal(await phone.at("short-code").count(), 0);

    await server.back();
    const found = await shop.operation("scan", { code: text });
    assert.equal(found.status, "member");
    await phone.page.getByRole("button", { name: "Try now" }).click();
    await phone.page.locator('[data-testid="connection"][data-status="online"]').waitFor();
  });

  test("what the server answers is never kept for later", async () => {
    await join("Wanjiku Kamau");
    const kept = await phone.page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = await Promise.all(caches_.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    assert.ok(kept.includes("/"), String(kept));
    assert.deepEqual(kept.filter((path) => !/^\/($|assets\/|icon)/.test(path)), []);
  });

  test("a shop that is left keeps nothing of the person", async () => {
    const { card } = await join("Otieno Ouma");
    assert.ok((await shop.members()).some((it) => it.name === "Otieno Ouma"));
    await opened("settings");
    await phone.at("leave-shop").click();
    await phone.at("confirm-yes").click();
    await phone.at("shared-shop").waitFor({ state: "hidden" });
    assert.ok(!(await shop.members()).some((it) => it.name === "Otieno Ouma"));
    const [[ended]] = await rows(server.database, "SELECT ended_at_ms FROM loyalty_cards WHERE hex(id) = ?", hex(card));
    assert.ok(ended > 0);
    await opened("cards");
    await phone.page.getByText("No cards yet").waitFor();
  });

  test("a programme is left from its card", async () => {
    await join("Njeri Mwangi");
    await opened("cards");
    await phone.at("card").click();
    await phone.at("leave-program").click();
    await phone.at("confirm-yes").click();
    await phone.page.getByText("No cards yet").waitFor();
  });

  test("an account that is deleted is gone, here and at the shop", async () => {
    await join("Zawadi Njeri");
    await opened("settings");
    await phone.at("delete-account").click();
    await phone.at("delete-password").fill(PASSWORD);
    await phone.at("confirm-yes").click();
    await phone.at("submit").waitFor();
    assert.ok(!(await shop.members()).some((it) => it.name === "Zawadi Njeri"));
    const found = await rows(server.database, "SELECT count(*) FROM users WHERE email = ?", name("Zawadi Njeri"));
    assert.deepEqual(found, [[0]]);
  });

  test("language and theme are chosen, and stay chosen", async () => {
    await signUp("Baraka Otieno");
    await opened("settings");
    await phone.page.getByRole("button", { name: "Kiswahili" }).click();
    await phone.page.getByRole("heading", { name: "Mipangilio" }).waitFor();
    await phone.page.getByRole("button", { name: "Giza" }).click();
    await phone.page.reload();
    await phone.page.getByRole("heading", { name: "Mipangilio" }).waitFor();
    const root = phone.page.locator("html");
    assert.deepEqual([await root.getAttribute("lang"), await root.getAttribute("data-theme")], ["sw", "dark"]);
    await until("the account to have the language", async () => {
      const [[language]] = await rows(server.database, "SELECT language FROM users WHERE email = ?", name("Baraka Otieno"));
      return language === "sw";
    });
  });

  test("an e-mail is proven by the code that was sent to it", async () => {
    await signUp("Achieng Were");
    await opened("settings");
    await phone.page.getByText("not verified").waitFor();
    await phone.at("edit-email").click();
    await phone.at("send-to-email").click();
    await phone.at("code-field").pressSequentially(await server.codeFor(name("Achieng Were")));
    await phone.page.getByText("verified", { exact: true }).waitFor();
  });

  test("another browser is signed out, and shows no code any more", async () => {
    await signUp("Kamau Njoroge");
    const elsewhere = await Phone.start({ small: true });
    try {
      await elsewhere.signIn(server.url, { address: name("Kamau Njoroge"), password: PASSWORD });
      await elsewhere.code();
      await opened("settings");
      await phone.page.getByRole("button", { name: "Remove" }).first().click();
      await phone.at("confirm-yes").click();
      await elsewhere.at("submit").waitFor();
      await elsewhere.page.getByText("You were signed out here").waitFor();
    } finally {
      await elsewhere.stop();
    }
  });

  test("a new password works, and the old one does not", async () => {
    await signUp("Mumbi Kariuki");
    await opened("settings");
    await phone.at("edit-password").click();
    await phone.at("old-password").fill(PASSWORD);
    await phone.at("new-password").fill("correct horse battery");
    await phone.at("save-password").click();
    await phone.page.getByText("You are signed out everywhere else").waitFor();
    await phone.at("sign-out").click();
    await phone.signIn(server.url, { address: name("Mumbi Kariuki"), password: "correct horse battery" });
  });
});

const hex = (uuid) => uuid.replaceAll("-", "").toUpperCase();
