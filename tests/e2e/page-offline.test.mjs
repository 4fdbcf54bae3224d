// The customers' page without a connection, and a newer version of it.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { INSECURE, Phone, noBrowser } from "./browser.mjs";
import { EARNED, PASSWORD, joinAs } from "./member.mjs";
import { NewerPage } from "./newer-page.mjs";
import { Server } from "./server.mjs";
import { firstNumber, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";

describe("the customers' page offline", { skip: noBrowser(), timeout: 120_000 }, () => {
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

  test("without a connection it opens, and shows a code that counts and cards with their age", async () => {
    await joinAs("Amina Hassan", { phone, server, shop });
    await phone.at("tab-settings").click();
    await phone.page.locator('[data-testid="phone-offline"][data-works="true"]').waitFor();
    await server.away();
    await phone.page.goto(server.url);
    await phone.page.locator('[data-testid="connection"][data-status="offline"]').waitFor();
    const { text } = await phone.code();
    await phone.page.getByText("This code works without internet").waitFor();
    assert.equal(firstNumber(await phone.at("card-balance").innerText()), EARNED);
    await phone.page.getByText(/^as of \d\d:\d\d$/).waitFor();
    assert.equal(await phone.at("short-code").count(), 0);

    await server.back();
    const found = await shop.operation("scan", { code: text });
    assert.equal(found.status, "member");
    // As the phone says when its network is back.
    await phone.page.evaluate(() => dispatchEvent(new Event("online")));
    await phone.page.locator('[data-testid="connection"][data-status="online"]').waitFor();
  });

  test("what the server answers is never kept for later", async () => {
    await joinAs("Wanjiku Kamau", { phone, server, shop });
    const kept = await phone.page.evaluate(async () => {
      const caches_ = await Promise.all((await caches.keys()).map((name) => caches.open(name)));
      const requests = await Promise.all(caches_.map((cache) => cache.keys()));
      return requests.flat().map(({ url }) => new URL(url).pathname);
    });
    assert.ok(kept.includes("/"), String(kept));
    assert.deepEqual(kept.filter((path) => !/^\/($|assets\/|icon)/.test(path)), []);
  });

  test("at an address that is not secure it says what is missing, and shows digits to say", async () => {
    const url = await server.under(INSECURE);
    await phone.signUp(url, { name: "Nekesa Barasa", address: "nekesa@example.com", password: PASSWORD });
    await phone.page.locator('[data-testid="code-panel"][data-state="insecure"]').waitFor();
    const said = await phone.at("short-code").innerText();
    const code = /\d{3} \d{3}/.exec(said)[0].replace(" ", "");
    assert.equal((await shop.operation("find_customer", { short_code: code })).status, "not_enrolled");
    await phone.at("tab-settings").click();
    for (const what of ["phone-code", "phone-offline"]) {
      assert.match(await phone.at(what).innerText(), /Missing: this address is not secure/);
    }
  });

  test("a newer version is fetched at once, and shows when it is wanted", async (t) => {
    const site = await NewerPage.before(server);
    t.after(() => site.stop());
    await phone.page.goto(site.url);
    await phone.page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await until("the page to be kept", () => phone.page.evaluate(() => navigator.serviceWorker.controller !== null));
    site.comes();
    await phone.page.evaluate(async () => {
      const kept = await navigator.serviceWorker.getRegistration();
      await kept.update();
    });
    await phone.at("newer-page").waitFor();
    assert.equal(await phone.page.locator("html").getAttribute("data-version"), null);
    await phone.page.getByRole("button", { name: "Show it" }).click();
    await phone.page.locator('html[data-version="2"]').waitFor();
    assert.equal(await phone.page.evaluate(() => caches.keys().then((names) => names.length)), 1);
  });
});
