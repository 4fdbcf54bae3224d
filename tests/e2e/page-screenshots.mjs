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
  const [baraka, bakery] = [await shop("Baraka Mini-Mart", "Baraka Points"), await shop("Pwani Bakery", "Pwani Points")];
  const code = await firstCode();
  const card = await joining(baraka, code);
  await history(baraka, card);
  await joinedToo(bakery, code);
  await cards();
  await messages(baraka, card);
  await settings();
  await dark();
  await offline();
  await insecure();
} finally {
  await phone.stop();
  await server.stop();
}

async function shop(name, program) {
  const made = await server.shop(name);
  await made.operation("update_program", { program: made.program, name: program });
  return made;
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

async function firstCode() {
  await phone.signUp(server.url, AMINA);
  const { text } = await phone.code();
  await phone.at("short-code").waitFor();
  await page("page-my-code-first");
  return text;
}

async function joining(shop, code) {
  await shop.ask(code);
  await phone.at("accept").waitFor();
  await page("page-request");
  await phone.at("accept").click();
  await phone.page.getByRole("link", { name: "See card" }).waitFor();
  await page("page-joined");
  await phone.page.getByRole("link", { name: "See card" }).click();
  return new URL(phone.page.url()).hash.split("/").at(-1);
}

async function history(shop, card) {
  await offering(shop);
  for (const amount of [170_000, 4_200_000, 310_000]) await shop.award(card, amount);
  await phone.at("entry").nth(2).waitFor();
  await phone.at("reward").nth(2).waitFor();
  await page("page-card");
}

/** What points buy there, and what a tier is. */
async function offering(shop) {
  const { program } = shop;
  await shop.operation("update_program", { program, tiers: [{ name: "Gold", from: 400, multiplier_percent: 150 }] });
  const off = { kind: "money_off", amount: { amount: 10_000, currency: "KES" } };
  const thing = (product) => ({ kind: "product", product });
  for (const [name, cost, gives] of [["KES 100 off", 200, off], ["Free flour, 2 kg", 400, thing("Flour")], ["Hamper", 1500, thing("Hamper")]]) {
    await shop.operation("create_reward", { program, name, cost, gives });
  }
}

/** A second shop, so that there is more than one card. */
async function joinedToo(shop, code) {
  await phone.at("tab-code").click();
  await shop.ask(code);
  await phone.at("accept").click();
  await phone.page.getByRole("link", { name: "See card" }).waitFor();
  await phone.page.getByRole("button", { name: "Close" }).click();
}

async function cards() {
  await phone.at("tab-cards").click();
  await phone.at("card").nth(1).waitFor();
  await page("page-cards");
  await phone.code();
  await phone.at("short-code").waitFor();
  await page("page-my-code");
  await phone.page.getByRole("button", { name: "Full screen", exact: true }).click();
  await page("page-code-alone");
  await phone.page.keyboard.press("Escape");
}

async function messages(shop, card) {
  await shop.operation("request_deduction", { card, points: 200, reason: "KES 100 off" });
  await phone.at("request-sheet").waitFor();
  await page("page-points-asked");
  await phone.at("tab-inbox").click();
  await phone.at("message").first().waitFor();
  await page("page-inbox");
  await phone.page.goto(`${server.url}/?lang=sw#/inbox`);
  await phone.at("message").first().waitFor();
  await page("page-inbox-sw");
  await phone.page.goto("about:blank");
}

/** Longer than a phone: all of it, without the bar in between. */
async function settings() {
  await phone.page.goto(`${server.url}/#/settings`);
  await phone.at("shared-shop").first().waitFor();
  await phone.at("quiet-hours").waitFor();
  const height = await phone.page.evaluate(() => document.documentElement.scrollHeight);
  await phone.page.setViewportSize({ width: 360, height });
  await page("page-settings");
  await phone.page.setViewportSize({ width: 360, height: 740 });
}

async function dark() {
  await phone.page.emulateMedia({ colorScheme: "dark" });
  await phone.code();
  await phone.page.getByRole("button", { name: "Later" }).click();
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
  await phone.page.getByRole("button", { name: "Later" }).click();
  await phone.at("short-code").waitFor();
  await page("page-insecure");
}

async function page(name) {
  await phone.page.evaluate(() => document.fonts.ready.then(() => {}));
  await phone.page.screenshot({ path: join(dir, `${name}.png`), animations: "disabled" });
}
