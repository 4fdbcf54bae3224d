// Two computers, as far as one can be two: a till lets others join, a second one with data of its own
// comes in by TLS, typed and compared by words or held up as a QR code, and both show the same.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { violations } from "./axe.mjs";
import { qrPng } from "./qr.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { Tray } from "./tray.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";
import { closeWindow } from "./window.mjs";

const SMALL = { width: 1280, height: 680 };
const PIN = "2468";
const WRONG = "1111";
const CUSTOMER = "0722000412";
// A shop begins with 1 point per KES 100.00.
const AMOUNT = "1250";
const AMOUNT_EARNS = 12;
const NEVER_CONFIRMED = {
  id: "01999999-0000-7000-8000-000000000001",
  at: "2026-11-20T09:30:00Z",
  kind: "award_points",
  what: "awarded",
  shop: "Baraka Mini-Mart",
  staff: "Joseph Mwangi",
  name: "=Amina",
  address: "+254722000412",
  card: "079927398713",
  points: null,
  amount: { amount: 170_000, currency: "KES" },
};

describe("other computers", { timeout: 280_000 }, () => {
  let till, second, third, tray;

  before(async () => {
    tray = await Tray.start();
    till = await start("e2e-main");
    await till.page.click(testid("start-shop"));
    await fill(till.page, {
      "shop-name": "Baraka Mini-Mart",
      "owner-name": "Joseph Mwangi",
      "owner-address": "0720000001",
      "owner-password": "a long enough password",
      "owner-pin": PIN,
    });
    await till.page.press(Key.enter);
    await switchOn(till);
  });
  after(async () => {
    await third?.stop();
    await second?.stop();
    await till?.stop();
    tray?.stop();
  });
  afterEach((t) => keepEvidence(t, { till: third ?? second ?? till }));

  test("are not let in until somebody who may says so", async () => {
    await till.page.click(testid("rail-settings"));
    await till.page.click(testid("settings-tills"));
    await till.page.waitFor(`${testid("let-join")}[aria-checked="false"]`);
    await till.page.click(testid("let-join"));
    await till.page.reads(testid("network-addresses"), /\d+\.\d+\.\d+\.\d+:\d+/);
    await good(till, "the switch");
  });

  test("join by address and code, once the words were compared", async () => {
    const invitation = await invite(till);
    second = await start("e2e-other");
    await second.page.click(testid("join-shop"));
    await second.page.type(testid("join-code"), invitation.code.toLowerCase());
    await second.page.type(testid("join-address"), invitation.address);
    await second.page.click(testid("join"));
    assert.deepEqual(await words(second.page, "join-words"), invitation.words);
    await good(second, "the words");

    await second.page.click(testid("words-no"));
    await second.page.waitFor(testid("words-differed"));
    await second.page.click(testid("join"));
    await second.page.click(testid("words-yes"));
    await second.page.reads(testid("who"), /Joseph Mwangi/);
    await switchOn(second);
    await till.page.press(Key.escape);
  });

  test("see at once what another till awards", async () => {
    await second.becomesMember(CUSTOMER);
    await second.award(AMOUNT);
    await second.page.waitFor(testid("last-award"));
    await balance(second, AMOUNT_EARNS);

    await till.page.click(testid("rail-counter"));
    await till.lookUp(CUSTOMER);
    await till.stage("member");
    await balance(till, AMOUNT_EARNS);
    await till.award(AMOUNT);
    await balance(second, 2 * AMOUNT_EARNS);
  });

  test("say in words what is wrong with a code", async () => {
    third = await start("e2e-third");
    await third.page.click(testid("join-shop"));
    await third.page.type(testid("join-code"), "AAAAAAAA");
    await third.page.type(testid("join-address"), "127.0.0.1:9");
    await third.page.click(testid("join"));
    await third.page.reads('[role="alert"]', /No answer from that address/);
    await good(third, "joining that failed");
  });

  test("join by the QR code before the camera", async () => {
    await till.page.click(testid("rail-settings"));
    await till.page.click(testid("settings-tills"));
    const invitation = await invite(till);
    await third.page.click(testid("join-scan"));
    await third.page.waitFor(`${testid("camera")}[data-state="live"]`);
    await third.camera.show(qrPng(invitation.text));
    await third.page.waitFor(testid("invitation-read"));
    await third.page.click(testid("join"));
    await third.page.reads(testid("who"), /Joseph Mwangi/);
    await switchOn(third);
    await till.page.press(Key.escape);
  });

  test("are named to whoever closes the main till while they work", async () => {
    await closeWindow(till);
    await till.page.reads(testid("closing"), /2 other tills work through this computer[^]*lose the line/);
    await good(till, "closing");
    await till.page.press(Key.enter);
    await until("the question to be gone", async () => !(await till.page.shows(testid("closing"))));
    await tray.press(till, "Quit");
    await till.page.reads(testid("closing"), /2 other tills/);
    await till.page.press(Key.escape);
    await second.online();
  });

  test("lose the line when they are not let in any more, and have it again when they are", async () => {
    await till.page.click(testid("let-join"));
    await second.page.waitFor(`${testid("connection")}:not([data-status="online"])`);
    await till.page.click(testid("let-join"));
    await second.online();
  });

  test("and phones, which follow links alone, by a switch of their own", async () => {
    await till.page.waitFor(`${testid("let-answer")}[aria-checked="false"]`);
    await till.page.click(testid("let-answer"));
    await till.page.reads(testid("links-at"), /http:[/][/][0-9.]+:[0-9]+[/]r[/]/);
    const links = (await till.page.text(testid("links-at"))).match(/http:\S+/)[0];
    await good(till, "both switches");
    await restart();
    await second.online();
    assert.match(await nothingAt(`${links}AAAA`), /There is nothing here/);
    await nothingAt(new URL("/api/openapi.json", links));
    await till.page.click(testid("rail-settings"));
    await till.page.click(testid("settings-tills"));
    await till.page.click(testid("let-answer"));
    await till.page.waitFor(`${testid("let-answer")}[aria-checked="false"]`);
    await assert.rejects(nothingAt(`${links}AAAA`), /fetch failed/);
  });

  test("say nothing to a server with another certificate, and keep what they have", async () => {
    const file = profile("e2e-main", "shop/certificate.pem");
    await restart(() => rename(file, `${file}.away`));
    await second.page.reads(".hatch", /Not your shop’s server/);
    await good(second, "another certificate");
    await restart(() => rename(`${file}.away`, file));
    await second.online();
  });

  test("are opened by PIN while their server is away, and find it again", async () => {
    await restart(async () => {
      await second.page.waitFor(`${testid("connection")}:not([data-status="online"])`);
      await second.page.press(Key.control, "l");
      await type(second.page, WRONG);
      await second.page.reads(testid("pin-says"), /not the PIN/);
      await type(second.page, PIN);
      await second.stage("accepted");
      await second.page.reads(".hatch", /No line since \d/);
      await second.page.reads(".synced", /Last sync \d/);
      await balance(second, 2 * AMOUNT_EARNS);
      await good(second, "the counter without the line");
      await tray.shows(second, "offline unread");
      await second.page.click(testid("rail-settings"));
      await second.page.click(testid("settings-connection"));
      await second.page.waitFor(testid("try-now"));
      await good(second, "the connection without the line");
    });
    // The longer a server is away, the longer a till waits between its tries, 30 s at most; unless it is told.
    if (await second.page.shows(testid("try-now"))) await second.page.click(testid("try-now"));
    await second.page.waitFor(`${testid("connection")}[data-status="online"]`, { within: 5_000 });
    await tray.shows(second, "unread");
    await second.page.click(testid("rail-counter"));
  });

  test("stop when they are taken out, and leave what was never confirmed to the owner", async () => {
    await writeFile(profile("e2e-third", "unsent.json"), JSON.stringify([NEVER_CONFIRMED]), { mode: 0o600 });
    await till.page.click(testid("rail-settings"));
    await till.page.click(testid("settings-tills"));
    await takeOut(till);
    // It waits up to 30 s between its tries, since the main till was away.
    await third.page.waitFor(testid("leave"), { within: 45_000 });
    await until("credential and replica to be gone", () =>
      ["credential.json", "till"].every((name) => !existsSync(profile("e2e-third", `shop/${name}`))),
    );
    await listed(third);
    await third.page.click(testid("save-unsent"));
    const saved = (await third.page.text(testid("unsent-saved"))).match(/\/\S+\.csv/)[0];
    assert.match(await readFile(saved, "utf8"), /award_points,"'=Amina",[+'0-9"]*,079927398713,,170000,KES/);
    await good(third, "what was never confirmed");

    await third.stop();
    third = await start("e2e-third");
    await third.page.waitFor(testid("join-shop"));
    await good(third, "a first run with something left");
    await listed(third);
    await third.page.click(testid("save-unsent"));
    await third.page.waitFor(`${testid("forget-unsent")}:not([disabled])`);
    await third.page.click(testid("forget-unsent"));
    await until("the note to be gone", async () => !(await third.page.shows(testid("unsent"))));
    assert.ok(!existsSync(profile("e2e-third", "unsent.json")));
  });

  test("lose the line when the main till is closed all the same", async () => {
    await closeWindow(till);
    await till.page.waitFor(testid("close-anyway"));
    // The window is gone before it could answer the driver's own click.
    await till.page.execute((css) => void setTimeout(() => document.querySelector(css).click()), testid("close-anyway"));
    await second.page.waitFor(`${testid("connection")}:not([data-status="online"])`);
  });

  /** Stops the main till and starts it again, with something done between. */
  async function restart(between = () => {}) {
    await till.stop();
    await between();
    till = await start("e2e-main");
    await switchOn(till);
  }
});

/** A window of the smallest size, as on a computer that knows nothing or what it knew. */
async function start(profile) {
  const till = await Till.start({ profile, demo: false });
  await till.page.call("POST", "/window/rect", SMALL);
  return till;
}

/** A file of a profile. */
function profile(name, file) {
  return join(process.env.XDG_DATA_HOME, "app.reda.till/profiles", name, file);
}

/** Takes the till out that joined last. */
async function takeOut(till) {
  await till.page.waitFor(`${testid("revoke-till")}:not([disabled])`);
  const rows = await till.page.execute((css) => {
    const buttons = [...document.querySelectorAll(css)];
    buttons.at(-1).click();
    return buttons.length;
  }, testid("revoke-till"));
  assert.equal(rows, 2);
  await till.page.click(testid("revoke-sure"));
}

/** Opens the list of what was never confirmed, which has one line. */
async function listed(till) {
  await till.page.reads(testid("unsent"), /1 thing was never confirmed/);
  await till.page.click(testid("show-unsent"));
  await till.page.reads(testid("unsent-row"), /Award[^]*=Amina[^]*KES[^]*1,700/);
}

/** Makes an invitation, and gives all that its dialog shows. */
async function invite(till) {
  await till.page.click(testid("invite-till"));
  const code = await till.page.attribute(testid("invitation-code"), "data-code");
  const text = await till.page.attribute(testid("invitation-qr"), "data-code");
  const address = (await till.page.text(testid("invitation-address"))).match(/[\d.]+:\d+/)[0];
  await good(till, "the invitation");
  return { code, text, address, words: await words(till.page, "invitation-words") };
}

async function words(page, name) {
  const shown = await page.text(testid(name));
  const found = shown.match(/[a-z]+/g);
  assert.equal(found?.length, 4, shown);
  return found;
}

/** What a phone reads where there is nothing for it. */
async function nothingAt(url) {
  const answer = await fetch(url, { headers: { "accept-language": "en" } });
  assert.equal(answer.status, 404, String(url));
  return answer.text();
}

function balance(till, points) {
  return until(`${points} points`, async (saw) => {
    const now = await till.number("balance", { within: 0 });
    saw(now);
    return now === points;
  });
}

/** No rule of axe-core broken, and nothing wider or higher than the window. */
async function good(till, what) {
  await till.page.execute(async () => {
    const ending = document.getAnimations().filter((one) => Number.isFinite(one.effect.getComputedTiming().endTime));
    await Promise.allSettled(ending.map((one) => one.finished));
  });
  assert.deepEqual(await violations(till.page), [], what);
  const over = await till.page.execute(() => {
    const { scrollWidth, scrollHeight } = document.documentElement;
    return [scrollWidth - innerWidth, scrollHeight - innerHeight];
  });
  assert.ok(Math.max(...over) <= 0, `${what} is ${over} px larger than the window`);
}

async function switchOn(till) {
  await till.page.waitFor(testid("pin-screen"));
  await till.page.reads(testid("who"), /Joseph Mwangi/);
  await type(till.page, PIN);
  await till.stage("idle");
  await till.online();
}

async function type(page, pin) {
  await page.waitFor(testid("pin-screen"));
  for (const digit of pin) await page.press(digit);
  await page.press(Key.enter);
}

async function fill(page, fields) {
  for (const [name, text] of Object.entries(fields)) await page.type(testid(name), text);
}
