import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { scannerKeys } from "./scanner-keys";

let field: HTMLInputElement;
let entered: number;
let stop: () => void;
const onscan = vi.fn();

beforeEach(() => {
  onscan.mockClear();
  field = document.createElement("input");
  document.body.append(field);
  field.focus();
  entered = 0;
  field.addEventListener("keydown", (event) => event.key === "Enter" && entered++);
  stop = scannerKeys(onscan);
});

afterEach(() => {
  stop();
  field.remove();
});

/** As a browser does it: a key that nobody prevented is typed into the field. */
function type(...keys: string[]): void {
  for (const key of keys) {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    if (field.dispatchEvent(event) && key.length === 1) field.value += key;
  }
}

test("a scan leaves the amount as it was, and its Enter awards nothing", () => {
  field.value = "1700";
  type(..."R1ABCDEF", "Enter");
  expect(onscan).toHaveBeenCalledExactlyOnceWith("R1ABCDEF");
  expect(field.value).toBe("1700");
  expect(entered).toBe(0);
});

test("a short burst and its Enter go where they were typed", () => {
  type(..."1700", "Enter");
  expect(onscan).not.toHaveBeenCalled();
  expect(field.value).toBe("1700");
  expect(entered).toBe(1);
});

test("what was kept back is in the field as soon as the keys stop", async () => {
  type(..."123456789");
  await vi.waitFor(() => expect(field.value).toBe("123456789"));
  expect(onscan).not.toHaveBeenCalled();
});

test("what was kept back stays with its field when the focus moves on", () => {
  const next = document.createElement("input");
  document.body.append(next);
  type(..."123456789");
  next.focus();
  expect(field.value).toBe("123456789");
  expect(next.value).toBe("");
  next.remove();
});
