// A small WebDriver client: starts WebKitWebDriver, which starts the window and drives its page.
// One driver drives one window at a time.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { hopeless, until } from "./wait.mjs";

const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";
// A session that cannot be made hangs instead of failing, so every call has a deadline.
const CALL_MS = 30_000;
const END_MS = 5_000;
const LOG_MAX = 20_000;

/** Named keys as WebDriver writes them. */
export const Key = {
  backspace: "\uE003",
  tab: "\uE004",
  enter: "\uE007",
  control: "\uE009",
  escape: "\uE00C",
  f3: "\uE033",
  f5: "\uE035",
  f8: "\uE038",
  down: "\uE015",
  f1: "\uE031",
};

export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

export class Driver {
  /** Starts the driver; the windows it starts inherit its environment, with `env` added. */
  static async start({ env = {} } = {}) {
    const port = await freePort();
    const child = spawn("WebKitWebDriver", [`--port=${port}`, "--host=127.0.0.1"], {
      // Without this variable a window never answers the driver.
      env: { ...process.env, ...env, TAURI_WEBVIEW_AUTOMATION: "true" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const driver = new Driver(child, `http://127.0.0.1:${port}`);
    await until("the driver to listen", async () => {
      driver.#alive();
      const answer = await fetch(`${driver.base}/status`, { signal: AbortSignal.timeout(1_000) });
      return answer.ok;
    });
    return driver;
  }

  #failed = null;

  constructor(child, base) {
    this.child = child;
    this.base = base;
    /** What driver and window wrote, its end only. */
    this.log = "";
    const keep = (chunk) => (this.log = (this.log + chunk).slice(-LOG_MAX));
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => (this.#failed = error));
  }

  #alive() {
    if (this.#failed?.code === "ENOENT") {
      throw hopeless("WebKitWebDriver is not installed: run script/setup test");
    }
    if (this.#failed) throw hopeless(`WebKitWebDriver did not start: ${this.#failed.message}`);
    if (this.child.exitCode !== null || this.child.signalCode !== null) {
      throw hopeless(`WebKitWebDriver ended\n${this.log}`);
    }
  }

  async call(method, path, body, within = CALL_MS) {
    this.#alive();
    let answer;
    try {
      answer = await fetch(`${this.base}${path}`, {
        method,
        body: body === undefined ? undefined : JSON.stringify(body),
        signal: AbortSignal.timeout(within),
      });
    } catch (error) {
      throw new Error(`${method} ${path}: ${error.cause?.message ?? error.message}\n${this.log}`);
    }
    const { value } = await answer.json();
    if (!answer.ok) {
      const error = new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
      throw Object.assign(error, { code: value?.error });
    }
    return value;
  }

  /** Starts a window and waits for its page. */
  async open(binary, args = []) {
    const capabilities = {
      alwaysMatch: { "webkitgtk:browserOptions": { binary, args } },
    };
    const { sessionId } = await this.call("POST", "/session", { capabilities });
    return new Page(this, sessionId);
  }

  /**
   * Ends the driver and its window. It answers before the window has ended, and one that is left
   * behind would take the place of the next of its profile.
   */
  async stop() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const windows = childrenOf(this.child.pid);
    const ended = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), END_MS);
    await ended;
    clearTimeout(timer);
    await Promise.all(windows.map(end));
  }
}

function childrenOf(pid) {
  const { stdout } = spawnSync("pgrep", ["-P", String(pid)], { encoding: "utf8" });
  return stdout.split("\n").filter(Boolean).map(Number);
}

/** Ends a process that may have ended already. */
function end(pid) {
  if (runs(pid)) process.kill(pid, "SIGTERM");
  return until(`process ${pid} to end`, () => !runs(pid));
}

/** Whether it is more than an entry that nobody has cleared away (proc(5)). */
function runs(pid) {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

export const testid = (name) => `[data-testid="${name}"]`;

/** A window's page. Elements are named by CSS selector and looked up anew each time. */
export class Page {
  constructor(driver, id) {
    this.driver = driver;
    this.id = id;
  }

  call(method, path, body) {
    return this.driver.call(method, `/session/${this.id}${path}`, body);
  }

  async #element(css) {
    const found = await this.call("POST", "/element", { using: "css selector", value: css });
    return found[ELEMENT];
  }

  /** Waits for the element, then does it; an element replaced meanwhile is looked up again. */
  #on(css, act, options) {
    return until(
      css,
      async () => {
        const element = await this.#element(css);
        return { did: await act(`/element/${element}`) };
      },
      options,
    ).then(({ did }) => did);
  }

  /** Whether the element is there and shown, now. */
  async shows(css) {
    try {
      const element = await this.#element(css);
      return await this.call("GET", `/element/${element}/displayed`);
    } catch (error) {
      if (error.code === "no such element" || error.code === "stale element reference") return false;
      throw error;
    }
  }

  waitFor(css, options) {
    return until(css, () => this.shows(css), options);
  }

  /** Clicks once the element can be clicked. */
  click(css, options) {
    return this.#on(
      css,
      async (element) => {
        if (!(await this.call("GET", `${element}/enabled`))) throw new Error("it is disabled");
        await this.call("POST", `${element}/click`, {});
      },
      options,
    );
  }

  /** The text as laid out. WebKitWebDriver's own finds none where an ancestor clips its overflow. */
  text(css, options) {
    return this.#on(css, (element) => this.call("GET", `${element}/property/innerText`), options);
  }

  /** Waits until the element shows such a text: what fades in has none at first. */
  reads(css, pattern, options) {
    return until(
      `${css} to read ${pattern}`,
      async (saw) => {
        const text = await this.text(css, { within: 0 });
        saw(text);
        return pattern.test(text);
      },
      options,
    );
  }

  attribute(css, name, options) {
    return this.#on(css, (element) => this.call("GET", `${element}/attribute/${name}`), options);
  }

  /** Types into the element, after what it holds. */
  type(css, text, options) {
    return this.#on(css, (element) => this.call("POST", `${element}/value`, { text }), options);
  }

  /** Types, and waits until it stands there: keys as fast as these are held back, as a scanner's. */
  async fill(css, text) {
    await this.type(css, text);
    await until(`${css} to hold ${text}`, async (saw) => {
      const now = await this.execute((css) => document.querySelector(css).value, css);
      saw(now);
      return now === text;
    });
  }

  clear(css, options) {
    return this.#on(css, (element) => this.call("POST", `${element}/clear`, {}), options);
  }

  /** Presses keys where the focus is, the first ones held down during the last. */
  press(...keys) {
    const down = keys.map((value) => ({ type: "keyDown", value }));
    const up = keys.toReversed().map((value) => ({ type: "keyUp", value }));
    const actions = [{ type: "key", id: "keyboard", actions: [...down, ...up] }];
    return this.call("POST", "/actions", { actions });
  }

  /** Runs a function in the page; what it returns must be JSON, and may be a promise. */
  async execute(fn, ...args) {
    const script = `
      const done = arguments[arguments.length - 1];
      const given = Array.prototype.slice.call(arguments, 0, -1);
      Promise.resolve().then(() => (${fn})(...given))
        .then((value) => done({ value }))
        .catch((error) => done({ error: String(error?.message ?? JSON.stringify(error)) }));`;
    const { value, error } = await this.call("POST", "/execute/async", { script, args });
    if (error !== undefined) throw new Error(`in the page: ${error}`);
    return value;
  }

  /** The page as a PNG; written to `path` if one is given. */
  async screenshot(path) {
    // The driver waits for the next frame, and where nothing moves there is none.
    await this.execute(() => {
      const spot = document.createElement("i");
      spot.id = "frame-maker";
      spot.style.cssText = "position: fixed; inset-block-end: 0; inset-inline-end: 0; inline-size: 1px; block-size: 1px; background: currentcolor";
      document.body.append(spot);
      const blink = setInterval(() => {
        if (!spot.isConnected) return clearInterval(blink);
        spot.style.setProperty("opacity", spot.style.opacity === "0.01" ? "0" : "0.01");
      }, 30);
    });
    try {
      const png = Buffer.from(await this.call("GET", "/screenshot"), "base64");
      if (path) await writeFile(path, png);
      return png;
    } finally {
      await this.execute(() => document.getElementById("frame-maker")?.remove());
    }
  }

  /** Closes the window as its user would. */
  close() {
    return this.call("DELETE", "/window");
  }

  quit() {
    return this.driver.call("DELETE", `/session/${this.id}`);
  }
}
