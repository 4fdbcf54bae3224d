import { expect, test } from "vitest";
import { cacheName, outdated, planFor } from "./offline";

const HERE = "https://reda.example";
const SHELL = ["/", "/assets/index-abc.js"];
const plan = (path: string, method = "GET") => planFor({ method, url: new URL(path, HERE).href }, HERE, SHELL);

test("the page and what it starts with come from what is kept", () => {
  expect([plan("/"), plan("/?lang=sw"), plan("/assets/index-abc.js")]).toEqual(["shell", "shell", "shell"]);
});

test("letters that few names need are kept once they came", () => {
  expect(plan("/assets/inter-latin-abc.woff2")).toBe("once");
});

test("what the API and the shops' links answer always comes from the server", () => {
  for (const path of ["/api/me/cards", "/api/auth/code", "/r/AAAA", "/health/live", "/sw.js"]) {
    expect(plan(path), path).toBe("network");
  }
  expect([plan("/", "POST"), plan("https://elsewhere.example/")]).toEqual(["network", "network"]);
});

test("a new version throws away the old ones, and nobody else's", () => {
  const names = [cacheName("1"), cacheName("2"), "somebody-else"];
  expect(outdated(names, "2")).toEqual([cacheName("1")]);
});
