// The real till window under test: started with a profile, a database and a camera of its own.

import { existsSync, mkdirSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Replay } from "./replay.mjs";
import { hopeless, until } from "./wait.mjs";
import { Driver, Key, testid } from "./webdriver.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
export const target = resolve(root, process.env.CARGO_TARGET_DIR ?? "target");
export const TITLE = "Reda";

export class Till {
  /**
   * Starts the window. With `demo` it opens the demo shop and `ready` tells of it: the customers'
   * page, their codes, the database file; otherwise it starts as on a new computer. The camera is
   * a folder of pictures unless another is given.
   */
  static async start({ profile, demo = true, args = [], build = "debug", camera = new Replay() }) {
    const binary = join(target, build, "reda-till");
    if (!existsSync(binary)) throw new Error(`${binary} is missing: run cargo build`);
    const readyFile = join(camera.aside, "ready.json");
    const driver = await Driver.start({ env: camera.env });
    const till = new Till(driver, camera, profile);
    try {
      const line = ["--profile", profile, "--camera", camera.source, "--ready-file", readyFile];
      till.page = await driver.open(binary, [...(demo ? ["--demo"] : []), ...line, ...args]);
      if (demo) till.ready = await ready(driver, readyFile);
    } catch (error) {
      await till.stop();
      throw error;
    }
    return till;
  }

  constructor(driver, camera, profile) {
    this.driver = driver;
    this.camera = camera;
    this.profile = profile;
  }

  /** Waits until the counter is at one of these stages, and says at which. */
  stage(...stages) {
    return until(`the counter at ${stages.join(" or ")}`, async (saw) => {
      const now = await this.page.attribute(testid("stage"), "data-stage", { within: 0 });
      if (stages.includes(now)) return now;
      saw(`${now}: ${await this.page.text(testid("stage"), { within: 0 })}`);
      return false;
    });
  }

  online() {
    return this.page.waitFor(`${testid("connection")}[data-status="online"]`);
  }

  /** Waits until the camera has seen the last code leave: from then on the same one is read again. */
  nobodyInFront() {
    return this.page.waitFor(`${testid("camera")}[data-code-in-view="false"]`);
  }

  /** Takes everything off the counter, as a cashier would: nothing before the camera, then Esc. */
  async idle() {
    await this.camera.clear();
    await until("an idle counter", async (saw) => {
      const now = await this.page.attribute(testid("stage"), "data-stage", { within: 0 });
      saw(now);
      if (now === "idle") return true;
      // Each Esc is one step back: out of the look-up first, then the customer.
      await this.page.press(Key.escape);
      return false;
    });
  }

  /** Looks a customer up by what is typed. */
  async lookUp(text) {
    await this.page.fill(testid("look-up"), text);
    await this.page.press(Key.enter);
  }

  /** Makes whoever has this number a member, who says yes on the turned screen. */
  async becomesMember(phone) {
    await this.lookUp(phone);
    await this.stage("not_member");
    await this.page.click(testid("ask"));
    await this.stage("waiting");
    await this.page.click(testid("turn"));
    await this.page.click(testid("turned-accept"));
    await this.stage("accepted");
  }

  /** Types an amount and lets Enter award it. */
  async award(amount) {
    await this.page.clear(testid("amount"));
    await this.page.fill(testid("amount"), amount);
    await this.page.press(Key.enter);
  }

  /** The first whole number that the element shows. */
  async number(name, options) {
    return firstNumber(await this.page.text(testid(name), options));
  }

  async stop() {
    await this.page?.quit().catch(() => {});
    await this.driver.stop();
  }
}

export function firstNumber(text) {
  const found = text.match(/[\d][\d,.\u00a0\u202f]*/);
  if (!found) throw new Error(`no number in ${JSON.stringify(text)}`);
  return Number(found[0].replace(/\D/g, ""));
}

function ready(driver, file) {
  return until(
    "the window to be ready",
    async (saw) => {
      saw(driver.log.trim() || "nothing");
      if (driver.child.exitCode !== null) throw hopeless(`the driver ended\n${driver.log}`);
      return JSON.parse(await readFile(file, "utf8"));
    },
    { within: 30_000 },
  );
}

/** After a failed test: pictures of screen, window and page, and what the window wrote. */
export async function keepEvidence(test, { till, phone }) {
  if (test.passed) return;
  const dir = join(target, "e2e");
  mkdirSync(dir, { recursive: true });
  const base = join(dir, test.name.replace(/\W+/g, "-"));
  const kept = await Promise.allSettled([
    promisify(execFile)("import", ["-window", "root", `${base}.screen.png`]),
    till?.page?.screenshot(`${base}.window.png`),
    phone?.page?.screenshot({ path: `${base}.page.png` }),
    writeFile(`${base}.log`, [till?.driver.log, ...(phone?.complaints ?? [])].join("\n")),
  ]);
  const missed = kept.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message);
  test.diagnostic(`kept ${base}.*${missed.length > 0 ? `; not: ${missed.join("; ")}` : ""}`);
}
