// The window by the keyboard alone: going to a control by Tab, writing where the focus is, and scanning.

import { until } from "./wait.mjs";
import { Key } from "./webdriver.mjs";

/** More controls than one screen has. */
const TABS_MAX = 80;

/** Presses Tab until the control has the focus. */
export async function tabTo(page, name) {
  const at = () => page.execute(() => document.activeElement?.dataset.testid ?? null);
  for (let i = 0; i < TABS_MAX; i += 1) {
    if ((await at()) === name) return;
    await page.press(Key.tab);
  }
  throw new Error(`Tab does not lead to ${name}`);
}

/** Goes to a button and presses it. */
export async function pressOn(page, name) {
  await page.waitFor(`[data-testid="${name}"]`);
  await tabTo(page, name);
  await page.press(Key.enter);
}

/** Goes to a field and writes instead of what it holds. Keys as fast as these are held back, as a
 *  scanner's: so it waits until they stand there. */
export async function write(page, name, text) {
  await tabTo(page, name);
  await page.press(Key.control, "a");
  for (const letter of text) await page.press(letter);
  await until(`${name} to hold ${text}`, async (saw) => {
    const now = await page.execute(() => document.activeElement.value);
    saw(now);
    return now === text;
  });
}

/** Switches a member of staff on, by name and PIN. */
export async function switchOn(till, name, pin) {
  await till.page.press(Key.control, "l");
  await until(`${name} is chosen`, async () => {
    if ((await till.page.text('[data-testid="pin-screen"] h2')).includes(name)) return true;
    await till.page.press(Key.down);
    return false;
  });
  for (const digit of pin) await till.page.press(digit);
  await till.page.press(Key.enter);
  await till.page.waitFor('[data-testid="rail-counter"]');
}

/** Types as a scanner does: one key right after the other, and Enter. */
export function scan(page, text) {
  const keys = [...text, Key.enter].flatMap((value) => [
    { type: "keyDown", value },
    { type: "keyUp", value },
  ]);
  return page.call("POST", "/actions", { actions: [{ type: "key", id: "scanner", actions: keys }] });
}
