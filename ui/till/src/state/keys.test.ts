import { expect, test } from "vitest";
import { keyAction } from "./keys";

const press = (key: string, more = {}) =>
  keyAction({ key, code: "", altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...more });

test("plain letters and digits are never shortcuts, because a scanner types them", () => {
  for (const key of "abcrRS0123456789") expect(press(key)).toBeNull();
});

test("the function keys and Escape do what the design says", () => {
  expect(["F1", "F3", "F5", "Escape"].map((key) => press(key))).toEqual(["keys", "find", "ask", "back"]);
});

test("Alt R sends again, also where Alt changes the letter", () => {
  expect(press("®", { altKey: true, code: "KeyR" })).toBe("send_again");
  expect(press("r", { altKey: true, ctrlKey: true, code: "KeyR" })).toBeNull();
});

test("Ctrl and a digit opens a screen", () => {
  expect(press("2", { ctrlKey: true, code: "Digit2" })).toBe("customers");
  expect(press("3", { ctrlKey: true, code: "Digit3" })).toBe("enrol");
  expect(press("4", { ctrlKey: true, code: "Numpad4" })).toBe("inbox");
  expect(press("9", { ctrlKey: true, code: "Digit9" })).toBeNull();
});
