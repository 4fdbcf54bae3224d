import { expect, test } from "vitest";
import { base64, fromHex } from "./bytes";
import { answerText, codeHead, codeMessage, codeText, signedAnswer, signer, stepAt } from "./code";

const ecdsa = { name: "ECDSA", hash: "SHA-256" };
const pair = () => crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);

function unbase32(text: string): Uint8Array<ArrayBuffer> {
  let bits = "";
  for (const letter of text) bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
  return Uint8Array.from({ length: Math.floor(bits.length / 8) }, (_, i) => parseInt(bits.slice(8 * i, 8 * i + 8), 2));
}

test("a step is thirty seconds of server time", () => {
  expect(stepAt(Date.parse("2026-11-21T10:00:00Z"))).toBe(59_841_840);
  expect([stepAt(29_999), stepAt(30_000)]).toEqual([0, 1]);
});

test("the head is kind, code id and step in big-endian order", () => {
  expect([...codeHead("0102030405060708", 0x01020304)]).toEqual([1, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4]);
});

test("a known signature gives a known text", async () => {
  const text = await codeText("00112233445566aa", 59_841_840, async () => new Uint8Array(64).fill(0xab));
  expect(text).toBe(
    "R1AEABCIRTIRKWNKQDSEOTBK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOV2XK5LVOVQ",
  );
});

test("the text is 126 characters of the alphanumeric mode and verifies", async () => {
  const keys = await pair();
  const text = await codeText("a1b2c3d4e5f60718", 59_841_840, signer(keys.privateKey));
  expect(text).toHaveLength(126);
  expect(text).toMatch(/^R1[A-Z2-7]{124}$/);
  const bytes = unbase32(text.slice(2));
  expect(bytes).toHaveLength(77);
  const head = bytes.slice(0, 13);
  expect(head).toEqual(codeHead("a1b2c3d4e5f60718", 59_841_840));
  expect(await crypto.subtle.verify(ecdsa, keys.publicKey, bytes.slice(13), codeMessage(head))).toBe(true);
  head[12]! ^= 1;
  expect(await crypto.subtle.verify(ecdsa, keys.publicKey, bytes.slice(13), codeMessage(head))).toBe(false);
});

const request = {
  id: "0198c2a8-0000-7000-8000-000000000001",
  business: "0198c2a8-0000-7000-8000-000000000002",
  points: 0,
  expires_at: "2026-11-28T10:00:00.250Z",
};

test("an answer names request, business, word, points and the expiry in milliseconds", () => {
  const named = (points: number) =>
    `reda answer v1\n0198c2a8-0000-7000-8000-000000000001\n0198c2a8-0000-7000-8000-000000000002\naccept\n${points}\n1795860000250`;
  expect(answerText(request, "accept")).toBe(named(0));
  expect(answerText({ ...request, points: 200 }, "accept")).toBe(named(200));
});

test("a signed answer verifies, and only for what was answered", async () => {
  const keys = await pair();
  const value = await signedAnswer(request, "decline", signer(keys.privateKey));
  const signature = Uint8Array.from(atob(value), (c) => c.charCodeAt(0));
  expect(signature).toHaveLength(64);
  const verifies = (answer: "accept" | "decline") =>
    crypto.subtle.verify(ecdsa, keys.publicKey, signature, new TextEncoder().encode(answerText(request, answer)));
  expect([await verifies("decline"), await verifies("accept")]).toEqual([true, false]);
  const more = new TextEncoder().encode(answerText({ ...request, points: 1 }, "decline"));
  expect(await crypto.subtle.verify(ecdsa, keys.publicKey, signature, more)).toBe(false);
});

test("hex and base64 are read and written whole", () => {
  expect([...fromHex("00ff10")]).toEqual([0, 255, 16]);
  expect(() => fromHex("0g")).toThrow();
  expect(base64(Uint8Array.of(255, 0, 1))).toBe("/wAB");
});
