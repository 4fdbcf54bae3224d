// Measures the customers' page in Chromium: what the first showing of the code transfers, and how long
// it takes on a slow line, the first time and once the page is kept. Prints; asserts nothing.
//
//   node script/bench-page.mjs [debug]

import { Phone } from "../tests/e2e/browser.mjs";
import { Server } from "../tests/e2e/server.mjs";

const AIM_BYTES = 100_000;
/** "Slow 3G" as browsers' own tools have it: 400 kbit/s, 400 ms there and back. */
const SLOW = { offline: false, latency: 400, downloadThroughput: 50_000, uploadThroughput: 50_000 };
const CODE = '[data-testid="code"][data-code^="R1"]';

const server = await Server.start({ build: process.argv[2] ?? "release" });
const phone = await Phone.start({ small: true });
try {
  await phone.signUp(server.url, { name: "Amina Hassan", address: "amina@example.com", password: "battery staple" });
  await phone.code();

  const { bytes, parts } = await firstLoad();
  console.log(`code screen, first load   ${kB(bytes)} transferred   aim ≤ ${kB(AIM_BYTES)}`);
  for (const [what, size] of parts) console.log(`  ${what.padEnd(24)}${kB(size)}`);
  report("slow 3G, first load", await timed({ kept: false }));
  report("slow 3G, kept", await timed({ kept: true }));
} finally {
  await phone.stop();
  await server.stop();
}

/** Everything that comes over the line until the code is shown, to a browser that kept nothing but
 *  who is signed in. */
async function firstLoad() {
  const { line, stop } = await onTheLine({ kept: false });
  const sizes = new Map();
  const paths = new Map();
  line.on("Network.responseReceived", ({ requestId, response }) => paths.set(requestId, new URL(response.url).pathname));
  line.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => sizes.set(requestId, encodedDataLength));
  await phone.page.goto(server.url);
  await phone.page.locator(CODE).waitFor();
  await phone.page.evaluate(() => document.fonts.ready.then(() => {}));
  await stop();
  const parts = [...sizes].map(([id, size]) => [paths.get(id) ?? "?", size]).sort(([, a], [, b]) => b - a);
  return { bytes: parts.reduce((sum, [, size]) => sum + size, 0), parts };
}

/** When something, and when the code, is seen; how far what is seen has jumped. */
async function timed({ kept }) {
  const { line, stop } = await onTheLine({ kept });
  await line.send("Network.emulateNetworkConditions", SLOW);
  await phone.page.goto(server.url, { waitUntil: "commit" });
  await phone.page.locator(CODE).waitFor();
  const seen = await phone.page.evaluate(marks);
  await line.send("Network.emulateNetworkConditions", { ...SLOW, latency: 0, downloadThroughput: -1, uploadThroughput: -1 });
  await stop();
  return seen;
}

async function onTheLine({ kept }) {
  await phone.page.goto("about:blank");
  const line = await phone.context.newCDPSession(phone.page);
  await line.send("Network.enable");
  if (!kept) {
    await line.send("Network.clearBrowserCache");
    await line.send("Storage.clearDataForOrigin", {
      origin: new URL(server.url).origin,
      storageTypes: "service_workers,cache_storage",
    });
  }
  return { line, stop: () => line.detach() };
}

/** Runs in the page. */
async function marks() {
  const entries = (type) =>
    new Promise((done) => {
      const watcher = new PerformanceObserver((list) => done(list.getEntries()));
      watcher.observe({ type, buffered: true });
      setTimeout(() => done([]), 500);
    });
  const [painted, largest, shifts] = await Promise.all(["paint", "largest-contentful-paint", "layout-shift"].map(entries));
  return {
    first: painted.find(({ name }) => name === "first-contentful-paint")?.startTime ?? 0,
    largest: largest.at(-1)?.startTime ?? 0,
    shifted: shifts.reduce((sum, { value }) => sum + value, 0),
  };
}

function report(what, { first, largest, shifted }) {
  const ms = (time) => `${Math.round(time)} ms`.padStart(8);
  console.log(`${what.padEnd(22)}first paint${ms(first)}   largest${ms(largest)}   layout shift ${shifted.toFixed(3)}`);
}

function kB(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
}
