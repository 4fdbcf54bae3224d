// Walks the real window through its states, with the real page beside it, and keeps a picture of each.
// The page's own pictures are taken by page-screenshots.mjs.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { Phone } from "./browser.mjs";
import { switchOn } from "./keyboard.mjs";
import { forgedCode, qrPng } from "./qr.mjs";
import { Till } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";

const dir = process.argv[2];
const SALE = "1,700";
const PASSWORD = "a long enough password";
// The counter waits two minutes for an answer.
const COUNTER_WAITS_MS = 150_000;

mkdirSync(dir, { recursive: true });

const till = await Till.start({ profile: "screenshots" });
const phone = await Phone.start();
try {
  await till.online();
  await till.page.waitFor(`${testid("camera")}[data-state="live"]`);
  await offering();
  await window("counter-idle");
  await refused();
  await accepted();
  await member();
  await spending();
  await people();
  await managing();
  await declined();
  await unanswered();
} finally {
  await phone.stop();
  await till.stop();
}
await firstRun();

/** The owner makes what points buy cost so little that a single sale reaches it; the cashier goes on. */
async function offering() {
  await switchOn(till, "Joseph", "2468");
  const { programs } = await rpc("programs.view", {});
  const { form, rewards } = programs[0];
  await rpc("programs.save", { ...form, tiers: [{ name: "Gold", from: "15", times: "1.5" }] });
  const costs = ["10", "15", "150"];
  for (const [at, { form }] of rewards.entries()) await rpc("rewards.save", { ...form, cost: costs[at] });
  await switchOn(till, "Grace", "1357");
  await till.stage("idle");
}

async function refused() {
  await till.idle();
  await till.camera.show(qrPng(forgedCode()));
  await till.stage("refused");
  await window("counter-refused");
}

async function accepted() {
  await newCustomer("Zawadi Njeri");
  await window("counter-not-member");
  await till.page.type(testid("amount"), SALE);
  await ask();
  await window("counter-waiting");
  await phone.at("accept").click();
  await till.stage("accepted");
  await window("counter-accepted");
  await till.award(SALE);
  await till.page.waitFor(testid("last-award"));
  await window("counter-awarded");
}

/** The same customer comes again. */
async function member() {
  await till.idle();
  await till.nobodyInFront();
  // Away and back, so that nothing said about the last time lies over the code.
  await phone.at("tab-cards").click();
  const { picture } = await phone.code();
  await till.camera.show(picture);
  await till.stage("member");
  await till.page.type(testid("amount"), SALE);
  await till.page.reads("#amount-says", /25 points/);
  await window("counter-member");
  await rpc("app.set_theme", { theme: "dark" });
  await window("counter-member-dark");
  await rpc("app.set_theme", { theme: "light" });
  await rpc("app.set_language", { language: "sw" });
  await window("counter-member-sw");
  await rpc("app.set_language", { language: "en" });
}

/** The customer uses some of the points. */
async function spending() {
  await phone.at("tab-code").click();
  await till.page.click(testid("use-points"));
  await till.page.waitFor(testid("reward"));
  await window("redeem");
  await till.page.click(testid("spend-ask"));
  await till.page.waitFor(`${testid("spend")}[data-state="waiting"]`);
  await phone.page.locator(`${testid("request")}[data-status="pending"]`).waitFor();
  await till.page.reads(testid("spend"), /Opened on the phone/);
  await window("redeem-waiting");
  await phone.at("accept").click();
  await till.page.waitFor(`${testid("spend")}[data-state="approved"]`);
  await window("redeem-approved");
  await till.page.click(testid("spend-done"));
  await till.stage("member");
}

/** What a manager sees of the customers. */
async function people() {
  await till.idle();
  await till.page.click(testid("rail-customers"));
  await till.page.click(`${testid("customer-row")} b`);
  await till.page.waitFor(testid("customer-detail"));
  await window("customers");
  await till.page.click(testid("rail-enrol"));
  await till.page.fill(testid("enrol-whom"), till.ready.customers[0].phone);
  await till.page.click(testid("enrol-ask"));
  await till.page.waitFor(testid("open-request"));
  await window("enrol");
  await rpc("app.set_language", { language: "sw" });
  await window("enrol-sw");
  await rpc("app.set_language", { language: "en" });
  await till.page.click(testid("rail-counter"));
}

/** The owner at the till: PIN, inbox, a customer's story, settings. */
async function managing() {
  await till.page.press(Key.control, "l");
  await choose("Joseph");
  await till.page.press("2");
  await till.page.press("4");
  await window("pin");
  await till.page.press("6");
  await till.page.press("8");
  await till.page.press(Key.enter);
  await till.stage("idle");
  await till.page.click(testid("rail-customers"));
  await till.page.click(`${testid("customer-row")} b`);
  await till.page.waitFor(testid("story-line"));
  await window("customer-story");
  await till.page.click(testid("rail-settings"));
  for (const part of ["till", "camera", "tills", "staff", "programs", "approvals", "connection"]) {
    await till.page.click(testid(`settings-${part}`));
    await till.page.waitFor(".content .panel");
    if (part === "approvals") {
      await till.page.click(testid("codes-approve"));
      await till.page.reads(testid("codes-limits"), /at once/);
    }
    await window(`settings-${part}`);
  }
  await till.page.click(testid("settings-programs"));
  await till.page.click(testid("reward-change"));
  await till.page.reads(testid("customer-sees"), /Soda/);
  await window("settings-reward");
  await till.page.press(Key.escape);
  await switchOn(till, "Grace", "1357");
  await till.stage("idle");
  await till.page.click(testid("rail-inbox"));
  await till.page.waitFor(testid("inbox-item"));
  await window("inbox");
  await till.page.click(testid("rail-counter"));
}

async function choose(name) {
  await until(`${name} is chosen`, async () => {
    if ((await till.page.text(`${testid("pin-screen")} h2`)).includes(name)) return true;
    await till.page.press(Key.down);
    return false;
  });
}

async function declined() {
  await newCustomer("Otieno Ouma");
  await ask();
  await phone.at("decline").click();
  await till.stage("declined");
  await window("counter-declined");
}

async function unanswered() {
  await newCustomer("Njeri Mwangi");
  await ask();
  await until(
    "the counter to go on without an answer",
    async () => (await till.page.attribute(testid("stage"), "data-stage")) === "no_answer",
    { within: COUNTER_WAITS_MS },
  );
  await window("counter-no-answer");
}

async function firstRun() {
  const fresh = await Till.start({ profile: "screenshots-first-run", demo: false });
  const take = async (name) => {
    await settled(fresh.page);
    await fresh.page.screenshot(join(dir, `${name}.png`));
  };
  await fresh.page.waitFor(testid("start-shop"));
  await take("first-run");
  await fresh.page.press(Key.enter);
  await fresh.page.waitFor(testid("shop-name"));
  await take("start-shop");
  await fresh.page.press(Key.escape);
  await fresh.page.click(testid("join-shop"));
  await fresh.page.type(testid("join-code"), "7KQ4");
  await take("join");
  await fresh.stop();
}

async function newCustomer(name) {
  await till.idle();
  await phone.open();
  const address = `${name.toLowerCase().replace(" ", ".")}@example.com`;
  await phone.signUp(till.ready.customer_page, { name, address, password: PASSWORD });
  const { picture } = await phone.code();
  await till.camera.show(picture);
  await till.stage("not_member");
}

async function ask() {
  await till.page.click(testid("ask"));
  await till.stage("waiting");
  await phone.page.locator(`${testid("request")}[data-status="pending"]`).waitFor();
}

function rpc(name, params) {
  return till.page.execute(
    (call) => globalThis.__TAURI_INTERNALS__.invoke("rpc", call),
    { name, params },
  );
}

async function window(name) {
  await settled(till.page);
  await till.page.screenshot(join(dir, `${name}.png`));
}

/** Fonts are there and nothing moves any more but what never stops. */
function settled(of) {
  return of.execute(async () => {
    await document.fonts.ready;
    const ending = document
      .getAnimations()
      .filter((one) => one.playState === "running" && Number.isFinite(one.effect.getComputedTiming().endTime));
    await Promise.allSettled(ending.map((one) => one.finished));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  });
}
// The drivers keep sockets open that nobody needs any more.
process.exit();
