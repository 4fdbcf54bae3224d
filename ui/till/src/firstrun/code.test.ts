import { expect, test } from "vitest";
import { codeOf } from "./code";

test("a code is read as people type and paste it", () => {
  expect([" 7kq4-m2xy ", "7KQ4–M2XYZZ", "7k q4"].map(codeOf)).toEqual(["7KQ4M2XY", "7KQ4M2XY", "7KQ4"]);
});
