import { expect, test } from "vitest";
import { cardNumber } from "./format";

test("a card's number stands in groups of four", () => {
  expect(cardNumber("730144820915")).toBe("7301 4482 0915");
  expect(cardNumber("73014")).toBe("7301 4");
  expect(cardNumber("7301")).toBe("7301");
});
