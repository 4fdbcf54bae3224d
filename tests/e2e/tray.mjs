// A desktop's tray for tests: it sees the till's icon as a panel would, and presses its menu's entries.

import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { until } from "./wait.mjs";

// The colours of what is drawn over the mark: from its corner, and around the middle of its upper end.
const SLASH = "13162bff";
const DOT = "c3261cff";

export class Tray {
  /** Puts a tray up on this D-Bus session, where there was none. */
  static async start() {
    const tray = new Tray();
    await tray.#line();
    return tray;
  }

  constructor() {
    // The system's own Python, which has the system's own D-Bus.
    this.child = spawn("/usr/bin/python3", [join(import.meta.dirname, "tray-host.py")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
  }

  async #line() {
    const { value, done } = await this.lines.next();
    if (done) throw new Error("the tray has ended");
    return JSON.parse(value);
  }

  async #ask(command) {
    this.child.stdin.write(`${JSON.stringify(command)}\n`);
    const { answer, failure } = await this.#line();
    if (failure !== undefined) throw new Error(failure);
    return answer;
  }

  /** The icons that are there now. */
  items() {
    return this.#ask({ do: "look" });
  }

  /** Waits until the icon of this till is there and is as `is` says, and gives it. */
  item(till, what, is = () => true) {
    return until(`the tray's icon of ${till.profile}: ${what}`, async (saw) => {
      const items = await this.items();
      saw(items);
      const item = items.find(({ Id }) => Id.endsWith(` reda-${till.profile}`));
      return item && (await is(item)) && item;
    });
  }

  /** Waits until the icon of this till shows that: "plain", "offline", "unread" or "offline unread". */
  shows(till, look) {
    return this.item(till, look, async ({ IconName }) => (await lookOf(IconName)) === look);
  }

  /** Waits until the menu has an entry that reads so, on or off. */
  async entry(till, label, { enabled = true } = {}) {
    const is = (entry) => entry.label === label && entry.enabled === enabled;
    const item = await this.item(till, `“${label}”, ${enabled ? "on" : "off"}`, ({ menu }) => menu.some(is));
    return { item, id: item.menu.find(is).id };
  }

  /** Presses the entry of the icon's menu that reads so. */
  async press(till, label) {
    await this.#ask({ do: "press", ...(await this.entry(till, label)) });
  }

  stop() {
    this.child.kill();
  }
}

/** What a panel would draw, read off the picture. */
async function lookOf(file) {
  const raw = promisify(execFile)("convert", [file, "-depth", "8", "rgba:-"], { encoding: "buffer" });
  const { stdout: pixels } = await raw;
  const side = Math.sqrt(pixels.length / 4);
  const at = (x, y) => pixels.subarray((y * side + x) * 4, (y * side + x) * 4 + 4).toString("hex");
  const shown = [at(0, 0) === SLASH && "offline", at((side * 3) / 4, side / 4) === DOT && "unread"];
  return shown.filter(Boolean).join(" ") || "plain";
}
