import type { JoinShop, WireError } from "@reda/shared/wire";
import { beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import { Joining } from "./joining.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
const words = ["sense", "smile", "error", "immense"];
const address = "192.168.1.20:7333";
let joined: JoinShop[];
let app: { failure: WireError | null; joinShop: (asked: JoinShop) => Promise<void> };
let joining: Joining;

beforeEach(() => {
  core = freshCore();
  core.answers = { "app.look_at_shop": () => ({ fingerprint: "e3b0", words }) };
  joined = [];
  app = { failure: null, joinShop: async (asked) => void joined.push(asked) };
  joining = new Joining("Second till", app);
});

function type(): void {
  joining.code = "7KQ4M2XY";
  joining.address = address;
}

test("a till joins once somebody has compared the words", async () => {
  type();
  await joining.go();
  expect([joining.step, joining.words]).toEqual(["compare", words]);
  expect(joined).toEqual([]);
  await joining.match();
  expect(joined).toEqual([{ address, code: "7KQ4M2XY", fingerprint: "e3b0", till: "Second till" }]);
});

test("words that differ send nothing", async () => {
  type();
  await joining.go();
  joining.differ();
  expect([joining.step, joining.differed, joined]).toEqual(["type", true, []]);
});

test("where there is nothing to compare it joins at once", async () => {
  core.answers = { "app.look_at_shop": () => ({ fingerprint: null, words: null }) };
  type();
  await joining.go();
  expect(joined.map((it) => it.fingerprint)).toEqual([null]);
});

test("an invitation that was read brings its own fingerprint", async () => {
  joining.scan();
  joining.take({ address, code: "7KQ4M2XY", fingerprint: "f00d" });
  expect(joining.step).toBe("type");
  await joining.go();
  expect(joined.map((it) => it.fingerprint)).toEqual(["f00d"]);
  expect(core.count("app.look_at_shop")).toBe(0);
});

test("another address than the one that was read has to be compared", async () => {
  joining.take({ address, code: "7KQ4M2XY", fingerprint: "f00d" });
  joining.address = "192.168.1.99:7333";
  await joining.go();
  expect([joining.step, joined]).toEqual(["compare", []]);
});

test("an address that does not answer says so and joins nothing", async () => {
  const failure = { code: "unreachable", message: "No answer" };
  core.answers = { "app.look_at_shop": () => Promise.reject(failure) };
  type();
  await joining.go();
  expect([joining.failure, joining.looking, joined]).toEqual([failure, false, []]);
});

test("what did not work before is forgotten with the next try", () => {
  app.failure = { code: "invitation_unknown", message: "Wrong" };
  joining.take({ address, code: "7KQ4M2XY", fingerprint: "f00d" });
  expect(app.failure).toBeNull();
});

test("why joining failed stays to be read", async () => {
  const failure = { code: "invitation_expired", message: "Too late" };
  app.joinShop = async () => void (app.failure = failure);
  type();
  await joining.go();
  await joining.match();
  expect([joining.step, app.failure]).toEqual(["type", failure]);
});

test("a text is pasted as an invitation or as what was typed", async () => {
  core.answers = { "app.read_invitation": () => ({ address, code: "7KQ4M2XY", fingerprint: "f00d" }) };
  expect(await joining.paste("7KQ4 M2XY")).toBe(false);
  expect(await joining.paste(" rj1ae3u ")).toBe(true);
  expect(core.calls).toEqual([["app.read_invitation", { text: "RJ1AE3U" }]]);
  expect(joining.known).toBe("f00d");
});

test("an invitation typed by hand is not called wrong on its way", async () => {
  core.answers = { "app.read_invitation": () => Promise.reject({ code: "bad_invitation", message: "" }) };
  joining.address = "RJ1A";
  await joining.typeAddress();
  expect(joining.failure).toBeNull();
  joining.typingEnds();
  expect(joining.failure?.code).toBe("bad_invitation");
  joining.address = "192";
  await joining.typeAddress();
  expect(joining.failure).toBeNull();
});
