// Walks the customers' page through its states at 360×740 and keeps a picture of each, with a server
// of its own and no till: `node tests/e2e/page-screenshots.mjs FOLDER [release]`.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Phone } from "./browser.mjs";
import { Server } from "./server.mjs";

const [dir, build] = process.argv.slice(2);
const AMINA = { name: "Amina Hassan", address: "amina@example.com", password: "battery staple" };

mkdirSync(dir, { recursive: true });
const server = await Server.start({ build });
const phone = await Phone.start({ small: true });
try {
  await signingIn();
  const [baraka, bakery] = [await server.shop("Baraka Mini-Mart"), await server.shop("Pwani Bakery")];
  const code = await myCode();
  await asked(baraka, code);
  await card(baraka);
  await messages(bakery, code);
  await settings();
  await dark();
  await offline();
  await insecure();
} finally {
  await phone.stop();
  await server.stop();
}

async function signingIn() {
  await phone.page.goto(server.url);
  await phone.at("submit").waitFor();
  await page("page-sign-in");
  await phone.askCode(server.url, "0722 481 412");
  await phone.at("code-field").pressSequentially("482");
  await page("page-sign-in-code");
  await phone.open({ small: true });
}

async function myCode() {
  await phone.signUp(server.url, AMINA);
  const { text } = await phone.code();
  await phone.at("short-code").waitFor();
  await page("page-my-code");
  await phone.page.getByRole("button", { name: "Full screen", exact: true }).click();
  await page("page-code-alone");
  await phone.page.keyboard.press("Escape");
  return text;
}

async function asked(shop, code) {
  await shop.ask(code);
  await phone.at("accept").waitFor();
  await page("page-request");
  await phone.at("accept").click();
  await phone.page.getByRole("link", { name: "See card" }).waitFor();
  await page("page-joined");
}

async function card(shop) {
  await phone.page.getByRole("link", { name: "See card" }).click();
  const id = new URL(phone.page.url()).hash.split("/").at(-1);
  for (const amount of [170_000, 42_000, 310_000]) await shop.award(id, amount);
  await phone.at("entry").nth(2).waitFor();
  await page("page-card");
  await phone.at("tab-cards").click();
  await page("page-cards");
}

async function messages(shop, code) {
  await shop.ask(code);
  await phone.at("tab-inbox").click();
  await phone.at("accept").waitFor();
  await page("page-inbox");
  await phone.page.goto(`${server.url}/?lang=sw#/inbox`);
  await phone.at("accept").waitFor();
  await page("page-inbox-sw");
  await phone.at("decline").click();
  await phone.page.goto("about:blank");
}

async function settings() {
  await phone.page.goto(`${server.url}/#/settings`);
  await phone.at("shared-shop").waitFor();
  await page("page-settings", { fullPage: true });
}

async function dark() {
  await phone.page.emulateMedia({ colorScheme: "dark" });
  await phone.code();
  await phone.at("short-code").waitFor();
  await page("page-my-code-dark");
  await phone.page.emulateMedia({ colorScheme: "light" });
}

async function offline() {
  await server.away();
  await phone.page.locator('[data-testid="connection"][data-status="offline"]').waitFor();
  await page("page-offline");
  await server.back();
}

/** At an address that is not secure the browser gives the page no key. */
async function insecure() {
  await phone.context.addInitScript(() => Object.defineProperty(globalThis, "isSecureContext", { value: false }));
  await phone.page.reload();
  await phone.at("short-code").waitFor();
  await page("page-insecure");
}

async function page(name, options) {
  await phone.page.evaluate(() => document.fonts.ready.then(() => {}));
  await phone.page.screenshot({ path: join(dir, `${name}.png`), animations: "disabled", ...options });
}
