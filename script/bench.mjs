// What script/bench measures, one part a call: loop, window, panel, search or durations.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { load } from "./durations.mjs";
import { Till } from "../tests/e2e/till.mjs";
import { pause, until } from "../tests/e2e/wait.mjs";
import { Webcam } from "../tests/e2e/webcam.mjs";
import { Key, testid } from "../tests/e2e/webdriver.mjs";

const release = join(process.env.CARGO_TARGET_DIR, "release");
const LOOP_RUNS = 20;
const WINDOW_STARTS = 5;
const PANEL_SCANS = 36;
// Long enough for the page to be done with its first work: this measures memory at rest.
const AT_REST_AFTER_MS = 5_000;
const WINDOW_MAX_MS = 60_000;
const WATCHED_MS = 10_000;
// Hundredths of a second, on every Linux there is.
const TICK_MS = 10;
// What a camera above a counter sees while nobody shows a code.
const COUNTER = join(import.meta.dirname, "../docs/screenshots/counter-declined.png");

const parts = { loop, window, panel, search, durations };
await parts[process.argv[2]]();

/** The whole loop without a window, again and again: each step's milliseconds. */
async function loop() {
  const steps = new Map();
  for (let run = 0; run < LOOP_RUNS; run += 1) {
    const { lines, code } = await output(join(release, "reda"), ["demo", "--json"]);
    if (code !== 0) throw new Error(`reda demo ended with ${code}\n${lines.join("\n")}`);
    for (const { step, ms } of lines.map(parse)) {
      if (step === undefined) continue;
      if (!steps.has(step)) steps.set(step, []);
      steps.get(step).push(ms);
    }
  }
  console.log(`\nThe loop without a window, ${LOOP_RUNS} runs, ms (aim: p95 ≤ 150 for code_to_request, from the code taken by the till to the request on the page)`);
  table([
    ["step", "p50", "p95"],
    ...[...steps].map(([step, all]) => [step, ms(percentile(all, 50)), ms(percentile(all, 95))]),
  ]);
}

/** The window's first paint, and what it and WebKit's processes hold and do at rest. */
async function window() {
  const paints = [];
  const memory = [];
  const processor = [];
  // The first start makes the demo shop and is not counted.
  for (let start = 0; start <= WINDOW_STARTS; start += 1) {
    const { paintedMs, pssMb, cpuPercent } = await startWindow();
    if (start === 0) continue;
    paints.push(paintedMs);
    memory.push(pssMb);
    processor.push(cpuPercent);
  }
  console.log(`\nThe window, release, median of ${WINDOW_STARTS} starts`);
  table([
    ["what", "median", "all", "aim"],
    ["start to first paint, ms", ms(percentile(paints, 50)), paints.map(ms).join(" "), "≤ 1200"],
    ["memory at rest (PSS), MB", ms(percentile(memory, 50)), memory.map(ms).join(" "), "≤ 300"],
    ["processor at rest, camera on, % of one core", ms(percentile(processor, 50)), processor.map(ms).join(" "), "≤ 15"],
  ]);
}

/** From a code that was read to the flash and to the customer's panel, both painted. */
async function panel() {
  const camera = new Webcam();
  await camera.clear();
  // The scanner logs when it has read a code; the page's clock is the same.
  camera.env.RUST_LOG = "error,reda_scan::scanner=debug";
  const till = await Till.start({ profile: "bench-panel", camera, build: "release" });
  const flashes = [];
  const panels = [];
  try {
    await till.online();
    const { customers } = till.ready;
    // The first one meets pages and queries that nobody has asked for yet, and is not counted.
    for (let scan = 0; scan <= PANEL_SCANS; scan += 1) {
      const shownAt = Date.now();
      // One call, which the page answers when both are painted: asking again and again would keep it busy.
      const painting = till.page.execute(painted);
      await camera.show(customers[scan % customers.length].code_file);
      const { flash, panel } = await painting;
      const decoded = await until("the reader's word", () => decodedAt(till.driver.log).find((at) => at >= shownAt));
      if (scan > 0) {
        flashes.push(flash - decoded);
        panels.push(panel - decoded);
      }
      await camera.clear();
      await till.page.press(Key.escape);
      await till.stage("idle");
      await till.nobodyInFront();
    }
  } finally {
    await till.stop();
  }
  console.log(`\nA code that was read, release, ${PANEL_SCANS} scans, ms`);
  table([
    ["from decoded to", "p50", "p95", "aim"],
    ["the flash painted", ms(percentile(flashes, 50)), ms(percentile(flashes, 95)), "≤ 100"],
    ["the customer's panel painted", ms(percentile(panels, 50)), ms(percentile(panels, 95)), "≤ 100"],
  ]);
}

/** In the page: when flash and panel, neither shown yet, are painted, in milliseconds since 1970. */
function painted() {
  const isShown = {
    flash: () => document.querySelector('[data-testid="camera"].read') !== null,
    panel: () => ["member", "not_member"].includes(document.querySelector('[data-testid="stage"]')?.dataset.stage),
  };
  // What was changed before a frame is painted when a task runs after it.
  const nextPaint = () =>
    new Promise((done) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => done(performance.timeOrigin + performance.now());
        port2.postMessage(null);
      });
    });
  const paintOf = (what) =>
    new Promise((done) => {
      const observer = new MutationObserver(() => {
        if (!isShown[what]()) return;
        observer.disconnect();
        done(nextPaint());
      });
      observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["class", "data-stage"] });
    });
  return Promise.all([paintOf("flash"), paintOf("panel")]).then(([flash, panel]) => ({ flash, panel }));
}

/** When codes were read, by the window's log: milliseconds since 1970. */
function decodedAt(log) {
  const lines = log.split("\n").filter((line) => line.includes("a code was read"));
  return lines.map((line) => Date.parse(line.match(/\d{4}-\d\d-\d\dT[\d:.]+Z/)[0]));
}

async function startWindow() {
  const camera = new Webcam();
  await camera.show(COUNTER);
  const args = ["--demo", "--profile", "bench", "--camera", camera.source, "--report-paint"];
  const child = spawn(join(release, "reda-till"), args, { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...camera.env } });
  const ended = once(child, "exit");
  const limit = setTimeout(() => child.kill("SIGKILL"), WINDOW_MAX_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const event = parse(line);
      if (event.event !== "painted") continue;
      await pause(AT_REST_AFTER_MS);
      const pssMb = pssOfTree(child.pid) / 1024;
      return { paintedMs: event.ms, pssMb, cpuPercent: await cpuOfTree(child.pid) };
    }
    throw new Error("the window ended before it had painted");
  } finally {
    child.kill("SIGTERM");
    await ended;
    clearTimeout(limit);
  }
}

/** What the window and its processes used of one core for a while, in percent. */
async function cpuOfTree(root) {
  const spent = () => processTree(root).reduce((sum, pid) => sum + ticksOf(pid), 0);
  const [began, before] = [performance.now(), spent()];
  await pause(WATCHED_MS);
  return ((spent() - before) * TICK_MS * 100) / (performance.now() - began);
}

/** User and system time so far (proc(5), `stat`), in ticks. */
function ticksOf(pid) {
  const fields = statOf(pid);
  return fields === null ? 0 : Number(fields[11]) + Number(fields[12]);
}

/** Kilobytes, shared pages counted once between those who share them. */
function pssOfTree(root) {
  return processTree(root)
    .map(pssOf)
    .reduce((sum, kb) => sum + kb, 0);
}

function pssOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8").match(/^Pss:\s+(\d+) kB/m)[1]);
  } catch (error) {
    if (error.code === "ESRCH" || error.code === "ENOENT") return 0; // it has ended meanwhile
    throw error;
  }
}

function processTree(root) {
  const parents = new Map();
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)).map(Number)) {
    const parent = parentOf(pid);
    if (parent !== null) parents.set(pid, parent);
  }
  const tree = [root];
  for (const member of tree) {
    for (const [pid, parent] of parents) if (parent === member) tree.push(pid);
  }
  return tree;
}

function parentOf(pid) {
  const fields = statOf(pid);
  return fields === null ? null : Number(fields[1]);
}

/** What follows the name in a process's line. */
function statOf(pid) {
  try {
    // "pid (name) state parent …"; the name may hold anything.
    return readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
  } catch {
    return null; // it has ended meanwhile
  }
}

/** From a keystroke in the list of customers to what the window is given. */
async function search() {
  const { lines, code } = await output(join(release, "reda"), ["bench", "search"]);
  if (code !== 0) throw new Error(`reda bench search ended with ${code}`);
  const found = lines.map(parse);
  console.log(`\nA keystroke in the list, at ${found[0].customers} customers, ms (aim: ≤ 50)`);
  table([
    ["text", "found", "p50", "p95"],
    ...found.map((it) => [`“${it.text}”`, String(it.found), ms(it.p50_ms), ms(it.p95_ms)]),
  ]);
}

/** How long script/test took when it last passed. */
function durations() {
  const kept = load();
  console.log("\nscript/test, seconds (aim: cold ≤ 1680)");
  for (const warmth of ["cold", "warm"]) {
    const run = kept[warmth];
    if (!run) {
      console.log(`  ${warmth}: not run yet`);
      continue;
    }
    const steps = run.steps.map(({ step, secs }) => [`  ${step}`, secs.toFixed(1)]);
    table([[`${warmth}, ${run.at}`, run.total_secs.toFixed(0)], ...steps]);
  }
}

async function output(command, args) {
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = [];
  for await (const line of createInterface({ input: child.stdout })) lines.push(line);
  if (child.exitCode === null) await once(child, "exit");
  return { lines, code: child.exitCode };
}

function parse(line) {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}

/** The smallest value that `percent` of all are at most. */
function percentile(all, percent) {
  const sorted = all.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((sorted.length * percent) / 100) - 1)];
}

function ms(value) {
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  for (const row of rows) {
    const line = row.map((cell, column) => cell.padEnd(widths[column])).join("  ");
    console.log(`  ${line.trimEnd()}`);
  }
}
