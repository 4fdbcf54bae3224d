import { expect, test } from "vitest";
import { drawQr } from "./qr";

test("a rotating code's text fits version 6", () => {
  const { side, path } = drawQr(`R1${"A".repeat(124)}`);
  expect(side).toBe(41 + 8);
  // The finder's first row: seven dark modules inside the quiet zone.
  expect(path.startsWith("M4 4h7v1h-7z")).toBe(true);
});
