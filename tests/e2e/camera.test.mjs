// The real window and its camera process before a webcam, not a folder of pictures.

import { after, afterEach, before, describe, test } from "node:test";
import { Till, keepEvidence } from "./till.mjs";
import { Webcam } from "./webcam.mjs";
import { testid } from "./webdriver.mjs";

describe("a webcam at the counter", { timeout: 120_000 }, () => {
  let till;

  before(async () => {
    const camera = new Webcam();
    await camera.clear();
    till = await Till.start({ profile: "e2e-camera", camera });
    await till.online();
  });
  after(() => till?.stop());
  afterEach((t) => keepEvidence(t, { till }));

  const camera = (state) => till.page.waitFor(`${testid("camera")}[data-state="${state}"]`);

  /** Holds up a demo customer's printed code until the customer is there. */
  async function bringsUp(customer) {
    await till.camera.show(customer.code_file);
    await till.stage("member", "not_member");
    await till.page.reads(testid("customer-name"), new RegExp(customer.name));
  }

  test("a code before /dev/video0 brings the customer up", async () => {
    await camera("live");
    await bringsUp(till.ready.customers[0]);
  });

  test("a webcam pulled out is told, and reads again once it is back", async () => {
    await till.idle();
    await till.camera.suffer("unplugged");
    await camera("unplugged");
    await till.camera.suffer("");
    await camera("live");
    await bringsUp(till.ready.customers[1]);
  });
});
