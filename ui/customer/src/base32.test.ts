import { expect, test } from "vitest";
import { base32 } from "./base32";

const of = (text: string) => base32(new TextEncoder().encode(text));

test("the vectors of RFC 4648, without padding", () => {
  expect(["", "f", "fo", "foo", "foob", "fooba", "foobar"].map(of)).toEqual([
    "", "MY", "MZXQ", "MZXW6", "MZXW6YQ", "MZXW6YTB", "MZXW6YTBOI",
  ]);
});

test("spare bits are zero", () => {
  expect(base32(Uint8Array.of(0xff))).toBe("74");
});

test("77 bytes become 124 letters", () => {
  expect(base32(new Uint8Array(77))).toHaveLength(124);
});
