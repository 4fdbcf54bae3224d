// The customers' page at 360×740, with a shop that works by the API: no till's window is needed.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Phone, noBrowser } from "./browser.mjs";
import { rows } from "./database.mjs";
import { PASSWORD, emailOf, joinAs, signUpAs } from "./member.mjs";
import { Server } from "./server.mjs";
import { firstNumber, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";

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

  const opened = (tab) => phone.at(`tab-${tab}`).click();
  const signUp = (who) => signUpAs(who, { phone, server });
  const join = (who) => joinAs(who, { phone, server, shop });

  test("points are used once the page has said yes, signed", async () => {
    const { card } = await join("Moraa Nyaboke");
    const { request } = await shop.operation("request_deduction", { card, points: 5, reason: "Tea" });
    await phone.page.locator(`[data-testid="request"][data-request="${request}"]`).waitFor();
    await phone.at("accept").click();
    await phone.page.locator(`[data-request="${request}"][data-status="accepted"]`).waitFor();
    const [[signed]] = await rows(
      server.database,
      "SELECT signature IS NOT NULL FROM consents WHERE hex(request_id) = ?",
      hex(request),
    );
    assert.equal(signed, 1);
    await opened("cards");
    await until("the balance to be 7", async () => firstNumber(await phone.at("card-balance").innerText()) === 7);
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
    const found = await rows(server.database, "SELECT count(*) FROM users WHERE email = ?", emailOf("Zawadi Njeri"));
    assert.deepEqual(found, [[0]]);
  });

  test("a link to a request opens the inbox at it, and says when it is gone", async () => {
    await signUp("Chebet Koech");
    const { text } = await phone.code();
    const { request } = await shop.ask(text);
    await phone.at("accept").waitFor();
    await phone.page.goto("about:blank");
    await phone.page.goto(`${server.url}/inbox/${request}`);
    const asked = phone.page.locator(`#item-${request}`);
    await asked.waitFor();
    await until("the request to have the focus", () => asked.evaluate((it) => it === document.activeElement));
    await phone.page.goto(`${server.url}/#/inbox/${crypto.randomUUID()}`);
    await phone.at("no-such-message").waitFor();
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
      const [[language]] = await rows(server.database, "SELECT language FROM users WHERE email = ?", emailOf("Baraka Otieno"));
      return language === "sw";
    });
  });

  test("an e-mail is proven by the code that was sent to it", async () => {
    await signUp("Achieng Were");
    await opened("settings");
    await phone.page.getByText("not verified").waitFor();
    await phone.at("edit-email").click();
    await phone.at("send-to-email").click();
    await phone.at("code-field").pressSequentially(await server.codeFor(emailOf("Achieng Were")));
    await phone.page.getByText("verified", { exact: true }).waitFor();
  });

  test("what somebody wants to be told is kept", async () => {
    await signUp("Wairimu Maina");
    await opened("settings");
    await phone.at("promotion_notifications").click();
    await phone.at("quiet-hours").click();
    await phone.page.getByLabel("From").fill("21:30");
    await phone.page.getByLabel("From").blur();
    await until("the server to have it", async (saw) => {
      const sql = "SELECT switches FROM notification_preferences WHERE user_id = (SELECT id FROM users WHERE email = ?)";
      const [row] = await rows(server.database, sql, emailOf("Wairimu Maina"));
      const kept = JSON.parse(row?.[0] ?? "{}");
      saw(kept);
      return !kept.promotion_notifications && kept.quiet_hours_enabled && kept.quiet_start === "21:30";
    });
    await phone.page.reload();
    await phone.page.locator('[data-testid="promotion_notifications"][aria-checked="false"]').waitFor();
  });

  test("another browser is signed out, and shows no code any more", async () => {
    await signUp("Kamau Njoroge");
    const elsewhere = await Phone.start({ small: true });
    try {
      await elsewhere.signIn(server.url, { address: emailOf("Kamau Njoroge"), password: PASSWORD });
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

  test("a phone that is removed is signed out, and the code that it showed counts no more", async () => {
    await signUp("Adhiambo Okoth");
    const elsewhere = await Phone.start({ small: true });
    try {
      await elsewhere.signIn(server.url, { address: emailOf("Adhiambo Okoth"), password: PASSWORD });
      const { text } = await elsewhere.code();
      await opened("settings");
      await phone.page.getByRole("region", { name: "Devices that show my code" }).getByRole("button").click();
      await phone.at("confirm-yes").click();
      await elsewhere.page.getByText("You were signed out here").waitFor();
      await assert.rejects(shop.operation("scan", { code: text }), /code_revoked/);
    } finally {
      await elsewhere.stop();
    }
  });

  test("all is read at once, here and at the server", async () => {
    await join("Nafula Wekesa");
    await opened("inbox");
    await phone.at("mark-all-read").click();
    await phone.at("unread").waitFor({ state: "hidden" });
    const sql = `SELECT count(*) FROM notifications WHERE is_read = 0
      AND user_id = (SELECT id FROM users WHERE email = ?)`;
    await until("nothing unread", async () => (await rows(server.database, sql, emailOf("Nafula Wekesa")))[0][0] === 0);
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
    await phone.signIn(server.url, { address: emailOf("Mumbi Kariuki"), password: "correct horse battery" });
  });
});

const hex = (uuid) => uuid.replaceAll("-", "").toUpperCase();
