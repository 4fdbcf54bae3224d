// The desktop around the window: another window that takes the focus, and who has it.

import { execFile, spawn } from "node:child_process";
import { promisify } from "node:util";
import { hopeless, until } from "./wait.mjs";

const run = promisify(execFile);

/** The title of the window that has the focus; empty if none has. */
export async function focusedTitle() {
  const { stdout } = await run("xdotool", ["getactivewindow", "getwindowname"]).catch(() => ({ stdout: "" }));
  return stdout.trim();
}

/** Opens another window, which takes the focus, as when the cashier looks at something else. */
export async function lookAway() {
  const title = "something else";
  const child = spawn("xmessage", ["-title", title, "-geometry", "200x80+10+880", "Something else"], {
    stdio: "ignore",
  });
  // Left open by a failed test, it must not keep the tests from ending.
  child.unref();
  let ended = null;
  child.on("error", (error) => (ended = error.message));
  child.on("exit", (code) => (ended ??= `exit code ${code}`));
  await until("another window to take the focus", async (saw) => {
    if (ended) throw hopeless(`xmessage ended: ${ended}`);
    const now = await focusedTitle();
    saw(now);
    return now === title;
  });
  return { lookBack: () => child.kill() };
}

/** Waits until the window titled so has the focus. */
export function waitForFocus(title, options) {
  return until(
    `the window “${title}” to have the focus`,
    async (saw) => {
      const now = await focusedTitle();
      saw(now);
      return now === title;
    },
    options,
  );
}

/** Closes the window of this till as its user would, by the window manager. */
export async function closeWindow({ driver }) {
  const { stdout: started } = await run("pgrep", ["-P", String(driver.child.pid), "reda-till"]);
  const { stdout: windows } = await run("xdotool", ["search", "--all", "--onlyvisible", "--pid", started.trim(), "--name", "."]);
  const id = windows.trim().split("\n").at(-1);
  await run("xdotool", ["windowactivate", "--sync", id, "key", "--clearmodifiers", "alt+F4"]);
}
