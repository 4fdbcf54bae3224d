// A computer whose network comes back: a till that waits for its next try does not wait any longer. It
// takes a network of its own, which this file runs itself in once more.

import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { after, afterEach, before, describe, test } from "node:test";
import { promisify } from "node:util";
import { Replay } from "./replay.mjs";
import { Till, keepEvidence } from "./till.mjs";
import { until } from "./wait.mjs";
import { Key, testid } from "./webdriver.mjs";

const run = promisify(execFile);
const WITHIN_MS = 200_000;
const PIN = "2468";
/** So many failed tries later, a till waits 8 seconds at least (SPEC SY-5). */
const TRIES = 5;
const AT_ONCE_MS = 4_000;
const isInside = process.env.REDA_E2E_NETWORK === "own";

if (isInside) describe("in a network of its own", { timeout: WITHIN_MS }, inside);
else {
  const skip = spawnSync("unshare", ["-rn", "true"]).status !== 0 && "this user may have no network of their own";
  test("a till tries its line at once when the network changed", { skip, timeout: WITHIN_MS }, async () => {
    const again = ["-rn", "dbus-run-session", "--", process.execPath, "--test", "--test-force-exit", import.meta.filename];
    // Within another run of tests, this variable would make the inner one report to it.
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    await run("unshare", again, { env: { ...env, REDA_E2E_NETWORK: "own" } }).catch(({ stdout, message }) => assert.fail(stdout || message));
  });
}

function inside() {
  let main, other;

  before(async () => {
    await ip("link set lo up");
    await ip("link add shop type veth peer name wall");
    await ip("addr add 10.9.0.2/24 dev shop");
    await ip("link set shop up");
    await ip("link set wall up");
    main = await Till.start({ profile: "e2e-net-main", demo: false });
    await makeShop(main.page);
    other = await joined(await invite(main.page));
  });
  after(async () => {
    await other?.stop();
    await main?.stop();
  });
  afterEach((t) => keepEvidence(t, { till: other }));

  test("the till is online as soon as the network changed", async () => {
    await main.stop();
    await until(
      `${TRIES} tries without an answer`,
      (saw) => {
        const tries = other.driver.log.split("could not connect to the server").length - 1;
        saw(tries);
        return tries >= TRIES;
      },
      { within: 60_000 },
    );
    main = await Till.start({ profile: "e2e-net-main", demo: false });
    await main.page.waitFor(testid("who"));
    await ip("route add default via 10.9.0.1 dev shop");
    await other.page.waitFor(`${testid("connection")}[data-status="online"]`, { within: AT_ONCE_MS });
  });
}

const ip = (line) => run("ip", line.split(" "));

async function makeShop(page) {
  const typed = {
    "shop-name": "Baraka Mini-Mart",
    "owner-name": "Joseph Mwangi",
    "owner-address": "0720000001",
    "owner-password": "a long enough password",
    "owner-pin": PIN,
  };
  await page.click(testid("start-shop"));
  for (const [name, text] of Object.entries(typed)) await page.type(testid(name), text);
  await page.press(Key.enter);
  await switchOn(page);
}

async function switchOn(page) {
  await page.waitFor(testid("who"));
  for (const digit of PIN) await page.press(digit);
  await page.press(Key.enter);
  await page.waitFor(testid("rail-counter"));
}

/** Lets another till in. */
async function invite(page) {
  await page.click(testid("rail-settings"));
  await page.click(testid("settings-tills"));
  await page.click(testid("let-join"));
  await page.reads(testid("network-addresses"), /10\.9\.0\.2:\d+/);
  await page.click(testid("invite-till"));
  const code = await page.attribute(testid("invitation-code"), "data-code");
  return { code, address: (await page.text(testid("invitation-address"))).match(/[\d.]+:\d+/)[0] };
}

async function joined({ code, address }) {
  const camera = new Replay();
  camera.env = { ...camera.env, RUST_LOG: "warn,reda_sync=debug" };
  const till = await Till.start({ profile: "e2e-net-other", demo: false, camera });
  await till.page.click(testid("join-shop"));
  await till.page.type(testid("join-code"), code);
  await till.page.type(testid("join-address"), address);
  await till.page.click(testid("join"));
  await till.page.click(testid("words-yes"));
  await switchOn(till.page);
  await till.online();
  return till;
}
