// Points are spent with the customer's yes: asked for in the window, answered on the page, signed
// by the page's key; a no, silence and a request taken back leave every point where it was.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { violations } from "./axe.mjs";
import { Phone, noBrowser } from "./browser.mjs";
import { cardByNumber, change, rows } from "./database.mjs";
import { pressOn, scan, switchOn } from "./keyboard.mjs";
import { Popups } from "./notifications.mjs";
import { Till, firstNumber, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";
import { lookAway } from "./window.mjs";

const PASSWORD = "a long enough password";
// The demo programme earns 1 point per KES 100.00.
const AMOUNT = "100000";
const EARNED = 1000;
const REASON = "KES 100 off";

describe("spending points", { skip: noBrowser(), timeout: 180_000 }, () => {
  let till;
  let phone;
  let popups;
  let number;

  before(async () => {
    popups = await Popups.listen();
    till = await Till.start({ profile: "e2e-spending" });
    phone = await Phone.start();
    await till.online();
    await memberWithPoints();
  });

  after(async () => {
    popups?.stop();
    await phone?.stop();
    await till?.stop();
  });

  // Where a customer at a counter is looking.
  beforeEach(() => phone.at("tab-code").click());
  afterEach((t) => keepEvidence(t, { till, phone }));

  /** A new customer joins by their code and is given points. */
  async function memberWithPoints() {
    await phone.signUp(till.ready.customer_page, {
      name: "Wanjiku Kamau",
      address: "wanjiku.kamau@example.com",
      password: PASSWORD,
    });
    const { picture } = await phone.code();
    await till.camera.show(picture);
    await till.stage("not_member");
    await till.page.click(testid("ask"));
    await phone.at("accept").click();
    await till.stage("accepted");
    await till.award(AMOUNT);
    await windowShows(EARNED);
    [[number]] = await rows(till.ready.database, "SELECT number FROM loyalty_cards WHERE balance = ?", EARNED);
  }

  const dialog = (state) => `${testid("spend")}[data-state="${state}"]`;
  const request = (status) => phone.page.locator(`${testid("request")}[data-status="${status}"]`);

  /** As a cashier does it without the mouse: F8, past the rewards, the points, what for, Enter. */
  async function ask(points) {
    await till.page.press(Key.f8);
    await till.page.waitFor(testid("reward-free"));
    await until("the points to be typed", async () => {
      if (await till.page.shows(testid("spend-points"))) return true;
      await till.page.press(Key.down);
      return false;
    });
    await till.page.fill(testid("spend-points"), String(points));
    await till.page.clear(testid("spend-reason"));
    await till.page.fill(testid("spend-reason"), REASON);
    await till.page.press(Key.enter);
    await till.page.waitFor(dialog("waiting"));
    await request("pending").waitFor();
    assert.match(await request("pending").innerText(), new RegExp(`Use ${points} points\\?[^]*${REASON}`));
  }

  function windowShows(points) {
    return until(`the window to show ${points} points`, async (saw) => {
      const now = await till.number("balance", { within: 0 });
      saw(now);
      return now === points;
    });
  }

  /** Closes the dialog and sees that all agree on what is left. */
  async function left(points) {
    await till.page.press(Key.enter);
    await till.stage("member");
    await windowShows(points);
    await until(`the page to show ${points} points`, async (saw) => {
      await phone.at("tab-cards").click();
      const now = await phone.at("card-balance").innerText();
      saw(now);
      return firstNumber(now) === points;
    });
    assert.deepEqual(await cardByNumber(till.ready.database, number), { balance: points, sum: points });
  }

  test("a yes on the page, signed by its key, takes the points", async (t) => {
    await ask(200);
    assert.equal(firstNumber(await phone.at("keeps").innerText()), 800);
    await till.page.reads(testid("spend"), /Opened on the phone/);
    const away = await lookAway();
    t.after(away.lookBack);
    await phone.at("accept").click();
    await till.page.waitFor(dialog("approved"));
    await till.page.reads(testid("spend"), /Wanjiku approved[^]*KES 100 off · 800 points left/);
    await popups.waitFor("Wanjiku Kamau said yes");
    await request("accepted").filter({ hasText: "You approved 200 points" }).waitFor();
    away.lookBack();
    await left(800);
    const [[signed]] = await rows(
      till.ready.database,
      `SELECT COUNT(*) FROM points_entries e JOIN consents c ON c.request_id = e.request_id
       WHERE e.kind = 'redeem' AND e.reason = ? AND c.signature IS NOT NULL`,
      REASON,
    );
    assert.equal(signed, 1, "the ledger proves the yes");
  });

  test("a no takes nothing", async () => {
    await ask(100);
    await phone.at("decline").click();
    await till.page.waitFor(dialog("declined"));
    await request("declined").waitFor();
    await left(800);
  });

  test("silence takes nothing, and the same can be asked again", async () => {
    await ask(150);
    // Its time is over at once, as the server's own clock would have it two minutes later.
    await change(till.ready.database, "UPDATE approval_requests SET expires_at_ms = 1 WHERE status = 'pending'");
    await till.page.waitFor(dialog("timed_out"));
    await request("expired").waitFor();
    await till.page.click(testid("spend-again"));
    await till.page.waitFor(dialog("waiting"));
    await request("pending").waitFor();
    await phone.at("accept").click();
    await till.page.waitFor(dialog("approved"));
    await left(650);
  });

  test("Escape takes the request back and waits for the result", async () => {
    await ask(50);
    await till.page.press(Key.escape);
    await till.page.waitFor(dialog("cancelled"));
    await request("pending").waitFor({ state: "hidden" });
    await left(650);
  });

  test("the code held to the camera again is a yes where the owner lets it be one", async () => {
    await till.camera.clear();
    await switchOn(till, "Joseph", "2468");
    await till.page.press(Key.control, "5");
    await pressOn(till.page, "settings-approvals");
    await till.page.reads(testid("codes-limits"), /approve on their own phone/);
    await pressOn(till.page, "codes-approve");
    await till.page.reads(testid("codes-limits"), /up to 500 points at once, and 1,000 points on one card/);
    assert.deepEqual(await violations(till.page), []);
    await switchOn(till, "Grace", "1357");
    await till.page.press(Key.control, "1");
    await ask(50);
    await till.page.reads(testid("spend-by-code"), /Or Wanjiku holds the code/);
    await phone.at("tab-code").click();
    const code = await phone.code();
    await till.camera.show(code.picture);
    await till.page.waitFor(dialog("approved"));
    await till.camera.clear();
    await left(600);
    await phone.at("tab-code").click();
    await ask(60);
    await scan(till.page, code.text);
    await till.page.reads(testid("spend-refused"), /not taken as a yes[^]*shown before/);
    assert.deepEqual(await violations(till.page), []);
    await till.page.press(Key.escape);
    await till.page.waitFor(dialog("cancelled"));
    await left(600);
  });
});
