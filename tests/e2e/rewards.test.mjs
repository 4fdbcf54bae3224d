// A reward from its making to its use, by the keyboard alone at the till: the owner makes it, the
// customer's page shows how far it is, an award brings it within reach, and the customer approves it.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { noViolation, violations } from "./axe.mjs";
import { Phone, noBrowser } from "./browser.mjs";
import { pressOn, switchOn, write } from "./keyboard.mjs";
import { Till, firstNumber, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";

const OWNER = ["Joseph", "2468"];
const CASHIER = ["Grace", "1357"];
const SMALL = { width: 1280, height: 680 };
const REWARD = "Free coffee";
// The demo programme earns 1 point per KES 100.00, and its own rewards cost more than these points.
const FIRST = { amount: "3500", points: 35 };
const SECOND = { amount: "500", doubled: 10 };
const COST = 40;

describe("a reward", { skip: noBrowser(), timeout: 240_000 }, () => {
  let till, phone;

  before(async () => {
    till = await Till.start({ profile: "e2e-rewards" });
    phone = await Phone.start({ small: true });
    await till.online();
    await till.page.call("POST", "/window/rect", SMALL);
    await join();
  });
  after(async () => {
    await phone?.stop();
    await till?.stop();
  });
  afterEach((t) => keepEvidence(t, { till, phone }));

  test("is made by the owner in the settings, with what is wrong said beside the field", async () => {
    await switchOn(till, ...OWNER);
    await till.page.press(Key.control, "5");
    await pressOn(till.page, "settings-programs");
    await pressOn(till.page, "add-reward");
    await write(till.page, "reward-cost", "0");
    await till.page.press(Key.enter);
    await till.page.reads(testid("reward-name-wrong"), /Fill this in/);
    await till.page.reads(testid("reward-cost-wrong"), /From 1 to 1,000,000/);
    assert.equal(await focused(), "reward-name");
    await good("reward form");
    await write(till.page, "reward-name", REWARD);
    await write(till.page, "reward-cost", String(COST));
    await till.page.reads(testid("customer-sees"), /Free coffee\s*40 points/);
    await till.page.press(Key.enter);
    await till.page.reads(testid("reward-row"), /Free coffee[^]*40 points/);
  });

  test("belongs to a programme whose tiers the owner changes and adds to", async () => {
    await till.page.reads(testid("program"), /Silver\s*from 200 points · ×1.25[^]*Gold\s*from 500 points · ×1.5/);
    await pressOn(till.page, "program-change");
    await write(till.page, "program-tiers.0.name", "Bronze");
    await write(till.page, "program-tiers.0.from", "30");
    await write(till.page, "program-tiers.0.times", "2");
    await pressOn(till.page, "add-tier");
    await write(till.page, "program-tiers.2.name", "Platinum");
    await write(till.page, "program-tiers.2.from", "5000");
    await write(till.page, "program-tiers.2.times", "3");
    await till.page.reads(testid("customer-sees"), /Bronze[^]*from 30 points · ×2/);
    await good("programme form");
    await till.page.press(Key.enter);
    await till.page.reads(testid("program"), /Bronze\s*from 30 points · ×2[^]*Platinum\s*from 5,000 points · ×3/);
    await good("programmes");
  });

  test("shows on the customer's page with how far it is", async () => {
    await phone.at("tab-cards").click();
    await phone.at("next-reward").getByText(`${COST} points to ${REWARD}`).waitFor();
    await phone.at("card").click();
    await phone.page.locator('[data-testid="reward"][data-within="false"]').getByText(REWARD).waitFor();
    await phone.at("next-tier").getByText("Bronze").waitFor();
    await noViolation(phone.page, "a card with something to save for");
  });

  test("comes within reach by an award that the tier multiplies, and the page is told once", async () => {
    await till.page.press(Key.control, "1");
    await award(FIRST.amount, FIRST.points);
    await till.page.reads(testid("tier"), /Bronze/);
    await till.page.reads(testid("next-reward"), /Free coffee[^]*5 points to go/);
    await phone.at("next-reward").getByText(`${COST - FIRST.points} points to ${REWARD}`).waitFor();
    await write(till.page, "amount", SECOND.amount);
    await till.page.reads("#amount-says", new RegExp(`Earns ${SECOND.doubled} points · Bronze ×2`));
    await till.page.press(Key.enter);
    await windowShows(FIRST.points + SECOND.doubled);
    await phone.page.locator('[data-testid="reward"][data-within="true"]').getByText(REWARD).waitFor();
    await noViolation(phone.page, "a card with a reward that is ready");
    await phone.at("tab-inbox").click();
    const news = phone.at("message").filter({ hasText: `You have enough for ${REWARD}` });
    await news.waitFor();
    assert.equal(await news.count(), 1);
  });

  test("is chosen by a cashier, asked for by its name, and approved on the phone", async () => {
    await switchOn(till, ...CASHIER);
    await phone.at("tab-code").click();
    await till.page.press(Key.f8);
    await till.page.waitFor(testid("reward"));
    await until("the reward to have the focus", async () => (await checked()) === REWARD);
    await good("choosing a reward");
    await till.page.press(Key.enter);
    await till.page.reads(testid("spend-for"), new RegExp(REWARD));
    const request = (status) => phone.page.locator(`[data-testid="request"][data-status="${status}"]`);
    await request("pending").getByText(new RegExp(`Use ${COST} points`)).waitFor();
    await request("pending").getByText(new RegExp(REWARD)).waitFor();
    await phone.at("accept").click();
    const left = FIRST.points + SECOND.doubled - COST;
    await till.page.reads(testid("spend"), new RegExp(`approved[^]*${REWARD} · ${left} points left`));
    await till.page.press(Key.enter);
    await windowShows(left);
    await till.page.reads(testid("next-reward"), new RegExp(`${COST - left} points to go`));
    await phone.at("tab-cards").click();
    await phone.at("next-reward").getByText(`${COST - left} points to ${REWARD}`).waitFor();
    await phone.at("card").click();
    await phone.at("entry").first().getByText(REWARD).waitFor();
  });

  test("is known without a connection, too", async () => {
    await phone.at("tab-settings").click();
    await phone.page.locator('[data-testid="phone-offline"][data-works="true"]').waitFor();
    await phone.context.setOffline(true);
    await phone.page.reload();
    await phone.at("tab-cards").click();
    await phone.at("next-reward").getByText(REWARD).waitFor();
    await phone.at("card").click();
    await phone.page.locator('[data-testid="reward"]').getByText(REWARD).waitFor();
    await phone.context.setOffline(false);
  });

  test("that is paused is gone from the counter", async () => {
    await switchOn(till, ...OWNER);
    await till.page.press(Key.control, "5");
    await pressOn(till.page, "settings-programs");
    await pressOn(till.page, "reward-pause");
    await till.page.reads(testid("reward-row"), /Paused/);
    await till.page.press(Key.control, "1");
    await till.page.reads(testid("next-reward"), /Soda, 300 ml/);
  });

  /** A customer who joins on their own phone, and stays at the counter. */
  async function join() {
    const address = "wanjiku@example.com";
    await phone.signUp(till.ready.customer_page, { name: "Wanjiku Kamau", address, password: "a long enough password" });
    const { picture } = await phone.code();
    await till.camera.show(picture);
    await till.stage("not_member");
    await till.page.press(Key.f5);
    await phone.at("accept").click();
    await till.stage("accepted");
    await phone.page.getByRole("button", { name: "Close" }).click();
  }

  async function award(amount, points) {
    await write(till.page, "amount", amount);
    await till.page.press(Key.enter);
    await windowShows(points);
  }

  function windowShows(points) {
    return until(`the window to show ${points} points`, async (saw) => {
      const now = firstNumber(await till.page.text(testid("balance"), { within: 0 }));
      saw(now);
      return now === points;
    });
  }

  const focused = () => till.page.execute(() => document.activeElement?.dataset.testid);
  const checked = () => till.page.execute(() => document.activeElement?.closest("label")?.querySelector("b")?.textContent);

  async function good(what) {
    assert.deepEqual(await violations(till.page), [], what);
    const wide = await till.page.execute(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${what} is ${wide} px wider than the window`);
  }
});
