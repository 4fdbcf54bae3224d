import { expect, test } from "vitest";
import { BURST_MIN, BURST_MS, type Fate, Wedge } from "./wedge";

const plain = { altKey: false, ctrlKey: false, metaKey: false };

/** Presses keys this far apart; gives what each came to. */
function press(wedge: Wedge, keys: string[], gapMs: number, fromMs = 0): Fate[] {
  return keys.map((key, i) => wedge.press({ key, ...plain }, fromMs + i * gapMs));
}

/** What the field has at the end, if it had nothing before. */
function field(fates: Fate[], keys: string[]): string {
  let text = "";
  fates.forEach((fate, i) => {
    if (fate.kind === "release") text += fate.text;
    if (fate.kind === "scan") text = text.slice(0, -fate.passed);
    else if (fate.kind !== "hold" && keys[i]?.length === 1) text += keys[i];
  });
  return text;
}

const scans = (fates: Fate[]) => fates.flatMap((fate) => (fate.kind === "scan" ? [fate.text] : []));

test("a burst that ends with Enter is a scan and leaves nothing in the field", () => {
  const keys = [..."R1ABCDEFG", "Enter"];
  const fates = press(new Wedge(), keys, 5);
  expect(scans(fates)).toEqual(["R1ABCDEFG"]);
  expect(field(fates, keys)).toBe("");
});

test("the shift keys and control characters in a burst are no part of it", () => {
  const keys = ["Shift", "R", "1", "Shift", "A", "B", "F8", "C", "D", "Enter"];
  expect(scans(press(new Wedge(), keys, 3))).toEqual(["R1ABCD"]);
});

test("a person's amount stays an amount, however fast the fingers", () => {
  const keys = [..."170000", "Enter"];
  const fates = press(new Wedge(), keys, BURST_MS + 5);
  expect(scans(fates)).toEqual([]);
  expect(fates.every((fate) => fate.kind === "pass")).toBe(true);
});

test("a short burst is no scan, and its keys reach the field", () => {
  const keys = [..."12345".slice(0, BURST_MIN - 1), "Enter"];
  const fates = press(new Wedge(), keys, 5);
  expect(scans(fates)).toEqual([]);
  expect(field(fates, keys)).toBe("12345");
});

test("a burst without an end reaches the field once the keys have stopped", () => {
  const wedge = new Wedge();
  const keys = [..."1234567"];
  const fates = [...press(wedge, keys, 5), wedge.stopped()];
  expect(field(fates, keys)).toBe("1234567");
});

test("a key chord is never a part of a scan", () => {
  const wedge = new Wedge();
  press(wedge, [..."ABCDEFG"], 5);
  expect(wedge.press({ key: "r", ...plain, altKey: true }, 40)).toEqual({ kind: "release", text: "CDEFG" });
});
