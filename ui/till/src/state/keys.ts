// Which key does what on the counter. Plain letters are never shortcuts: a scanner types them.

import type { ScreenName } from "@reda/shared/wire";

export type KeyAction = "keys" | "find" | "ask" | "send_again" | "code" | "spend" | "back" | "lock" | ScreenName;

type Press = Pick<KeyboardEvent, "key" | "code" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey">;

/** What a key press means, or nothing. */
export function keyAction(press: Press): KeyAction | null {
  if (press.metaKey || press.shiftKey) return null;
  if (press.ctrlKey && !press.altKey) return control(press.code);
  if (press.altKey && !press.ctrlKey) return alt(press.code);
  if (press.altKey || press.ctrlKey) return null;
  return plain(press.key);
}

function alt(code: string): KeyAction | null {
  if (code === "KeyR") return "send_again";
  return code === "KeyS" ? "code" : null;
}

const screens: Record<string, ScreenName> = {
  "1": "counter",
  "2": "customers",
  "3": "enrol",
  "4": "inbox",
  "5": "settings",
};

/** Whether an action opens a screen of the rail. */
export function isScreen(action: KeyAction): action is ScreenName {
  return Object.values<KeyAction>(screens).includes(action);
}

function control(code: string): KeyAction | null {
  if (code === "KeyL") return "lock";
  return screens[code.replace(/^(Digit|Numpad)/, "")] ?? null;
}

function plain(key: string): KeyAction | null {
  switch (key) {
    case "F1":
      return "keys";
    case "F3":
      return "find";
    case "F5":
      return "ask";
    case "F8":
      return "spend";
    case "Escape":
      return "back";
    default:
      return null;
  }
}
