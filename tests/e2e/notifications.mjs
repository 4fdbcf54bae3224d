// Reads back, over D-Bus, the popups that the notification daemon was given, whether it took them,
// and what was clicked; and clicks a popup's button with the mouse.

import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { hopeless, until } from "./wait.mjs";

const run = promisify(execFile);
const NAME = "org.freedesktop.Notifications";
const HEADER = /^(method call|method return|signal|error) time=/;
// The outermost arguments are indented by three spaces, everything within them by more.
const ARGUMENT = /^ {3}(string|uint32|int32|array)/;

export class Popups {
  /** Listens from now on. Start it before whatever should pop up. */
  static async listen() {
    const child = spawn(
      "dbus-monitor",
      ["--session", `interface='${NAME}'`, `type='method_return',sender='${NAME}'`],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    const popups = new Popups(child);
    // The bus tells a monitor first about its own name: from then on it misses nothing.
    await until("the D-Bus monitor to listen", () => {
      if (popups.#ended) throw hopeless(`dbus-monitor ended: ${popups.#ended}`);
      return popups.#messages.length > 0;
    });
    return popups;
  }

  #messages = [];
  #ended = null;
  #rest = "";

  constructor(child) {
    this.child = child;
    let complaint = "";
    child.stderr.on("data", (chunk) => (complaint += chunk));
    child.on("error", (error) => (this.#ended = error.message));
    child.on("exit", (code) => (this.#ended ??= `${code} ${complaint}`));
    child.stdout.setEncoding("utf8");
    child.stdout.on("data", (chunk) => {
      const lines = (this.#rest + chunk).split("\n");
      this.#rest = lines.pop();
      for (const line of lines) {
        if (HEADER.test(line)) this.#messages.push({ header: line, lines: [] });
        else this.#messages.at(-1)?.lines.push(line);
      }
    });
  }

  /** The popups asked for so far, oldest first; `id` is the daemon's, once it has taken the popup. */
  all() {
    const popups = [];
    for (const { header, lines } of this.#messages) {
      if (!/^method call .*member=Notify$/.test(header)) continue;
      const [app, , , title, body, actions, , timeout] = argumentsOf(lines);
      // The last argument is missing while the message is still being read.
      if (timeout === undefined) continue;
      const reply = this.#messages.find(
        (message) =>
          message.header.startsWith("method return") &&
          message.header.includes(`destination=${field(header, "sender")} `) &&
          message.header.endsWith(`reply_serial=${field(header, "serial")}`),
      );
      const id = reply && argumentsOf(reply.lines)[0];
      popups.push({ app, title, body, actions: pairs(actions), id });
    }
    return popups;
  }

  /** What was clicked so far: `{id, action}`. */
  clicks() {
    return this.#signals("ActionInvoked").map(([id, action]) => ({ id, action }));
  }

  #signals(member) {
    return this.#messages
      .filter(({ header }) => header.startsWith("signal") && header.endsWith(`member=${member}`))
      .map(({ lines }) => argumentsOf(lines));
  }

  /** Waits for a popup that the daemon took and whose title or body holds `text`. */
  waitFor(text, options) {
    return until(
      `a popup that says ${JSON.stringify(text)}`,
      (saw) => {
        const popups = this.all();
        saw(popups);
        return popups.find(({ title, body, id }) => id && `${title}\n${body}`.includes(text));
      },
      options,
    );
  }

  /** Clicks the popup on the screen: its last button, or its text, which runs the default action. */
  async click(popup) {
    const window = await until("the popup on the screen", popupWindow);
    const { WIDTH, HEIGHT } = await geometry(window);
    const buttons = Object.keys(popup.actions).filter((action) => action !== "default");
    // As this daemon draws it: the buttons end at the lower right, the closing cross is above them.
    const at = buttons.length > 0 ? [WIDTH - 75, HEIGHT - 42] : [WIDTH / 2, HEIGHT / 3];
    await run("xdotool", ["mousemove", "--window", window, ...at.map((px) => String(Math.round(px))), "click", "1"]);
    return until("the popup's action", (saw) => {
      saw(this.clicks());
      return this.clicks().find(({ id }) => id === popup.id);
    });
  }

  stop() {
    this.child.kill();
  }
}

async function popupWindow() {
  const { stdout } = await run("xdotool", ["search", "--onlyvisible", "--class", "otification"]);
  return stdout.trim().split("\n").at(-1);
}

async function geometry(window) {
  const { stdout } = await run("xdotool", ["getwindowgeometry", "--shell", window]);
  return Object.fromEntries(
    stdout
      .trim()
      .split("\n")
      .map((line) => line.split("="))
      .map(([name, value]) => [name, Number(value)]),
  );
}

/** The outermost arguments: strings as text, numbers as numbers, arrays as the strings within. */
function argumentsOf(lines) {
  const blocks = [];
  for (const line of lines) {
    if (ARGUMENT.test(line)) blocks.push([line]);
    else blocks.at(-1)?.push(line);
  }
  return blocks.map((block) => {
    const text = block.join("\n").trim();
    if (text.startsWith("string")) return text.slice('string "'.length, -1);
    if (text.startsWith("array")) return [...text.matchAll(/^ {6}string "(.*)"$/gm)].map(([, s]) => s);
    return Number(text.split(" ")[1]);
  });
}

function field(header, name) {
  return header.match(new RegExp(`\\b${name}=(\\S+)`))[1];
}

function pairs(list) {
  const found = {};
  for (let at = 0; at + 1 < list.length; at += 2) found[list[at]] = list[at + 1];
  return found;
}
