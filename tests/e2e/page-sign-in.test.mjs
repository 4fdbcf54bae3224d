// Signing in on the customers' page, by a code that is sent and by password.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { Phone, noBrowser } from "./browser.mjs";
import { Server } from "./server.mjs";
import { keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";

describe("signing in on the page", { skip: noBrowser(), timeout: 120_000 }, () => {
  let server;
  let phone;

  before(async () => {
    server = await Server.start();
    phone = await Phone.start();
  });
  after(async () => {
    await phone?.stop();
    await server?.stop();
  });
  beforeEach(() => phone.open({ small: true }));
  afterEach((t) => keepEvidence(t, { phone }));

  test("a code that was sent signs in, and makes the account of somebody new", async () => {
    await phone.askCode(server.url, "0722 000 001");
    await phone.at("code-field").pressSequentially(await server.codeFor("+254722000001"));
    await phone.at("tab-code").waitFor();
    await phone.at("tab-settings").click();
    await phone.page.getByText("0722 000 001").waitFor();
    await phone.page.getByText("verified", { exact: true }).waitFor();
  });

  test("a wrong code is said to be wrong, and the right one still works", async () => {
    await phone.askCode(server.url, "njeri@example.com");
    const code = await server.codeFor("njeri@example.com");
    const wrong = code === "11111111" ? "22222222" : "11111111";
    await phone.at("code-field").pressSequentially(wrong);
    await phone.at("error").waitFor();
    assert.match(await phone.at("error").innerText(), /wrong/);
    assert.equal(await phone.at("code-field").inputValue(), "");
    await phone.at("code-field").pressSequentially(code);
    await phone.at("tab-code").waitFor();
  });

  test("a page that was thrown away still asks for the code, and sends another one after a wait", async () => {
    await phone.page.clock.install();
    await phone.askCode(server.url, "otieno@example.com");
    const first = await server.codeFor("otieno@example.com");
    await phone.page.reload();
    await phone.at("code-field").waitFor();
    assert.equal(await phone.at("send-again").count(), 0);
    await phone.page.clock.fastForward(61_000);
    await phone.at("send-again").click();
    const second = await server.codeFor("otieno@example.com", first);
    await phone.at("code-field").pressSequentially(first);
    await phone.at("error").waitFor();
    await phone.at("code-field").pressSequentially(second);
    await phone.at("tab-code").waitFor();
  });

  test("whoever tries too many passwords is told how long to wait", async () => {
    await phone.page.goto(server.url);
    await phone.at("to-password").click();
    await phone.at("phone-or-email").fill("many@example.com");
    await phone.at("password").fill("not this one");
    await until("too many tries", async () => {
      await phone.at("submit").click();
      await phone.page.locator('[data-testid="submit"][aria-busy="false"]').waitFor();
      return /Wait a little\. Try again in \d+ (minutes|seconds)/.test(await phone.at("error").innerText());
    });
  });

  test("an account made with a password opens with it", async () => {
    const who = { address: "amina@example.com", password: "battery staple" };
    await phone.signUp(server.url, { name: "Amina Hassan", ...who });
    await phone.at("tab-settings").click();
    await phone.at("sign-out").click();
    await phone.signIn(server.url, who);
  });
});
