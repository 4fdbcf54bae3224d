// What the till makes of codes and numbers, without a phone in the room.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { forgedCode, greyPng, qrPng } from "./qr.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { testid } from "./webdriver.mjs";

describe("codes at the counter", { timeout: 120_000 }, () => {
  let till;

  before(async () => {
    till = await Till.start({ profile: "e2e-codes" });
    await till.online();
    await till.page.waitFor(`${testid("camera")}[data-state="live"]`);
  });
  after(() => till?.stop());
  beforeEach(() => till.idle());
  afterEach((t) => keepEvidence(t, { till }));

  test("the demo has three customers with printed codes", () => {
    assert.equal(till.ready.customers.length, 3);
  });

  for (const at of [0, 1, 2]) {
    test(`the printed code of demo customer ${at + 1} brings the customer up`, async () => {
      const customer = till.ready.customers[at];
      await till.camera.show(customer.code_file);
      await till.stage("member", "not_member");
      await till.page.reads(testid("customer-name"), new RegExp(customer.name));
    });
  }

  /** Drops or pastes a picture file, as the browser would tell of it. */
  function hand(kind, bytes) {
    const give = (kind, base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const data = new DataTransfer();
      data.items.add(new File([bytes], "code.png", { type: "image/png" }));
      const how = { bubbles: true, cancelable: true };
      const event =
        kind === "drop"
          ? new DragEvent("drop", { ...how, dataTransfer: data })
          : new ClipboardEvent("paste", { ...how, clipboardData: data });
      document.body.dispatchEvent(event);
    };
    return till.page.execute(give, kind, Buffer.from(bytes).toString("base64"));
  }

  for (const kind of ["drop", "paste"]) {
    test(`a picture of a printed code brings the customer up: ${kind}`, async () => {
      const customer = till.ready.customers[0];
      await hand(kind, await readFile(customer.code_file));
      await till.stage("member", "not_member");
      await till.page.reads(testid("customer-name"), new RegExp(customer.name));
    });
  }

  test("a picture without a code says so", async () => {
    await hand("drop", greyPng(64, Buffer.alloc(64 * 65, 0)));
    await till.page.reads("[role=alert]", /no code in this picture/);
  });

  test("a phone number brings the customer up", async () => {
    await till.lookUp(till.ready.customers[0].phone);
    await till.stage("member", "not_member");
  });

  test("a forged code is refused", async () => {
    await till.camera.show(qrPng(forgedCode()));
    await till.stage("refused");
    await till.page.reads(testid("refused"), /not genuine|not from here/);
  });

  test("a code that is not ours is refused", async () => {
    await till.camera.show(qrPng("https://example.com/menu"));
    await till.stage("refused");
    await till.page.reads(testid("refused"), /not a Reda code/);
  });
});
