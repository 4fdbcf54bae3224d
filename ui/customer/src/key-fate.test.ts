import { expect, test } from "vitest";
import { keyIsLost } from "./key-fate";

const facts = { id: "k", known: [{ id: "k", revoked: false }], readSinceRegistered: true, wasKnown: true };

test("a known key counts", () => {
  expect(keyIsLost(facts)).toBe(false);
});

test("a revoked key does not", () => {
  expect(keyIsLost({ ...facts, known: [{ id: "k", revoked: true }] })).toBe(true);
});

test("a key that the server does not have does not", () => {
  expect(keyIsLost({ ...facts, known: [], wasKnown: false })).toBe(true);
});

test("a key that went away does not", () => {
  expect(keyIsLost({ ...facts, known: [], readSinceRegistered: false })).toBe(true);
});

test("a key that was just registered is waited for", () => {
  expect(keyIsLost({ ...facts, known: [], readSinceRegistered: false, wasKnown: false })).toBe(false);
});
