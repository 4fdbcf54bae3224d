// The window on a computer that has never seen it.

import { after, afterEach, before, describe, test } from "node:test";
import { Till, keepEvidence } from "./till.mjs";
import { testid } from "./webdriver.mjs";

describe("first run", { timeout: 120_000 }, () => {
  let till;

  before(async () => {
    till = await Till.start({ profile: "e2e-first-run", demo: false });
  });
  after(() => till?.stop());
  afterEach((t) => keepEvidence(t, { till }));

  test("the demo shop is one click away", async () => {
    await till.page.click(testid("try-demo"));
    await till.stage("idle");
    await till.online();
  });
});
