import { expect, test } from "vitest";
import { keyFate } from "./key-fate";

const facts = { id: "k", known: [{ id: "k", revoked: false }], readSinceRegistered: true, wasKnown: true };

test("a known key counts", () => {
  expect(keyFate(facts)).toBe("counts");
});

test("a key that was removed from the list of devices does not", () => {
  expect(keyFate({ ...facts, known: [{ id: "k", revoked: true }] })).toBe("removed");
});

test("a key that the server does not have does not", () => {
  expect(keyFate({ ...facts, known: [], wasKnown: false })).toBe("lost");
});

test("a key that went away does not", () => {
  expect(keyFate({ ...facts, known: [], readSinceRegistered: false })).toBe("lost");
});

test("a key that was just registered is waited for", () => {
  expect(keyFate({ ...facts, known: [], readSinceRegistered: false, wasKnown: false })).toBe("counts");
});
