import { expect, test } from "vitest";
import { parseRoute } from "./route.svelte";

test("an address names a screen", () => {
  expect(parseRoute("")).toEqual({ screen: "code" });
  expect(parseRoute("#/")).toEqual({ screen: "code" });
  expect(parseRoute("#/cards")).toEqual({ screen: "cards" });
  expect(parseRoute("#/cards/0198")).toEqual({ screen: "card", id: "0198" });
  expect(parseRoute("#/inbox")).toEqual({ screen: "inbox", id: null });
  expect(parseRoute("#/inbox/0198")).toEqual({ screen: "inbox", id: "0198" });
  expect(parseRoute("#/cards/%")).toEqual({ screen: "card", id: "%" });
  expect(parseRoute("#/nowhere")).toEqual({ screen: "code" });
});
