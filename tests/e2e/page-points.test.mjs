// A request for points on the customers' page: what it says, and whose yes counts.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { Phone, noBrowser } from "./browser.mjs";
import { EARNED, PASSWORD, emailOf, joinAs } from "./member.mjs";
import { Server } from "./server.mjs";
import { firstNumber, keepEvidence } from "./till.mjs";

const WHO = "Wanjiku Kamau";

describe("points on the customers' page", { skip: noBrowser(), timeout: 180_000 }, () => {
  let server;
  let shop;
  let phone;
  let card;

  before(async () => {
    server = await Server.start();
    shop = await server.shop("Baraka Mini-Mart");
    phone = await Phone.start();
    await phone.open({ small: true });
    ({ card } = await joinAs(WHO, { phone, server, shop }));
  });
  after(async () => {
    await phone?.stop();
    await server?.stop();
  });
  afterEach((t) => keepEvidence(t, { phone }));

  const ask = (points) => shop.operation("request_deduction", { card, points, reason: "KES 100 off" });
  const status = (word) => phone.page.locator(`[data-testid="request"][data-status="${word}"]`);

  test("a yes on the phone that joined takes the points", async () => {
    await ask(5);
    await status("pending").getByText("Use 5 points?").waitFor();
    assert.equal(firstNumber(await phone.at("keeps").innerText()), EARNED - 5);
    await phone.at("accept").click();
    await status("accepted").getByText("You approved 5 points").waitFor();
    await status("accepted").getByText(`Balance ${EARNED - 5}.`).waitFor();
  });

  test("a request that the shop took back says that nothing was taken", async () => {
    const { request } = await ask(2);
    await status("pending").waitFor();
    await shop.operation("cancel_request", { request });
    await status("cancelled").getByText("Nothing was taken.").waitFor();
  });

  test("a phone that was added just now may say no, and yes only from tomorrow on", async () => {
    await phone.open({ small: true });
    await phone.signIn(server.url, { address: emailOf(WHO), password: PASSWORD });
    await phone.code();
    await ask(3);
    await phone.at("accept").click();
    await status("pending").getByText(/This phone is new here.*From then on: \d/).waitFor();
    await phone.at("decline").click();
    await status("declined").getByText("You declined to use 3 points").waitFor();
  });
});
