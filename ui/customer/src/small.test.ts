import { expect, test } from "vitest";
import { phoneOrEmail, phoneShown } from "./address";
import { balance, delta } from "./points";
import { initials, shopColour, SHOP_COLOURS } from "./shop";

test("an @ makes it an e-mail", () => {
  expect(phoneOrEmail(" 0722 481 412 ")).toEqual({ phone: "0722 481 412" });
  expect(phoneOrEmail("amina@example.org")).toEqual({ email: "amina@example.org" });
  expect(phoneOrEmail("  ")).toBeNull();
});

test("a Kenyan number is shown as at home", () => {
  expect([phoneShown("+254722481412"), phoneShown("+256701234567")]).toEqual(["0722 481 412", "+256701234567"]);
});

test("points are grouped and signed", () => {
  expect([balance(1240), balance(-12), delta(34), delta(-200), delta(0)]).toEqual(["1,240", "−12", "+34", "−200", "0"]);
});

test("a shop keeps its colour and a person has initials", () => {
  expect(shopColour("b1")).toBe(shopColour("b1"));
  expect(shopColour("0198c2a8-0000-7000-8000-000000000002")).toBeLessThan(SHOP_COLOURS);
  expect([initials("Amina Hassan"), initials("amina"), initials("")]).toEqual(["AH", "A", "?"]);
});
