// A customer without a phone in hand answers at the till, which is turned to them.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { rows } from "./database.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { testid } from "./webdriver.mjs";

describe("answers in person", { timeout: 120_000 }, () => {
  let till;

  before(async () => {
    till = await Till.start({ profile: "e2e-in-person" });
    await till.online();
  });
  after(() => till?.stop());
  afterEach((t) => keepEvidence(t, { till }));

  /** Asks whoever has this number and turns the screen to them. */
  async function turned(phone) {
    await till.idle();
    await till.lookUp(phone);
    await till.stage("not_member");
    await till.page.click(testid("ask"));
    await till.stage("waiting");
    await till.page.click(testid("turn"));
    await till.page.reads(testid("turned"), /Join .+ at .+\?[^]*If you accept[^]*You can leave at any time/);
  }

  const recorded = () =>
    rows(till.ready.database, "SELECT answer, channel, staff_id IS NOT NULL FROM consents ORDER BY at_ms DESC LIMIT 1");

  test("a yes on the turned screen makes a member, on record as given in person", async () => {
    await turned("0733 000 111");
    await till.page.click(testid("turned-accept"));
    await till.stage("accepted");
    assert.deepEqual(await recorded(), [["accept", "in_person", 1]]);
  });

  test("a no on the turned screen is a no", async () => {
    await turned("0733 000 222");
    await till.page.click(testid("turned-decline"));
    await till.stage("declined");
    assert.deepEqual(await recorded(), [["decline", "in_person", 1]]);
  });
});
