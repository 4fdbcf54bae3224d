import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import type { NetworkView } from "@reda/shared/wire";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import LetJoin from "./LetJoin.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

const off: NetworkView["links"] = { open: false, port: null, url: null, failure: null };
const on: NetworkView["links"] = { open: true, port: 7334, url: "http://192.168.1.20:7334", failure: null };
let core: Core;
let network: NetworkView;
beforeEach(() => {
  core = freshCore();
  network = { here: true, open: true, port: 7333, addresses: ["192.168.1.20:7333"], failure: null, links: off };
  core.answers["tills.network"] = () => structuredClone(network);
  core.answers["tills.let_join"] = (asked) => Object.assign(network, { open: asked.on, links: off });
  core.answers["tills.let_answer"] = (asked) => Object.assign(network, { links: asked.on ? on : off });
});
afterEach(cleanup);

const toggle = () => screen.findByTestId<HTMLButtonElement>("let-answer");

test("it is off, says what it means, and the owner who switches it on sees where links lead", async () => {
  render(LetJoin, { owner: true });
  expect((await toggle()).getAttribute("aria-checked")).toBe("false");
  expect(screen.getByText(/goes unencrypted over that network/)).toBeTruthy();
  await fireEvent.click(await toggle());
  expect((await screen.findByTestId("links-at")).textContent).toContain("http://192.168.1.20:7334/r/");
  expect(screen.getByText(/Let port 7334 through/)).toBeTruthy();
  expect(core.calls).toContainEqual(["tills.let_answer", { on: true }]);
});

test("it is not there while other computers are not let in, and off once they are again", async () => {
  network.links = on;
  render(LetJoin, { owner: true });
  await toggle();
  const join = screen.getByTestId("let-join");
  await fireEvent.click(join);
  await vi.waitFor(() => expect(screen.queryByTestId("let-answer")).toBeNull());
  await fireEvent.click(join);
  expect((await toggle()).getAttribute("aria-checked")).toBe("false");
});

test("nobody but the owner switches it", async () => {
  render(LetJoin, { owner: false });
  expect((await toggle()).disabled).toBe(true);
  expect(screen.getByText("The owner changes this.")).toBeTruthy();
});

test("a port that is taken is said, and other computers still find this one", async () => {
  network.links = { ...on, url: null, failure: { code: "link_port_taken", message: "Another program uses the port." } };
  render(LetJoin, { owner: true });
  expect((await screen.findByRole("alert")).textContent).toContain("Another program uses the port.");
  expect(screen.getByTestId("network-addresses").textContent).toContain("192.168.1.20:7333");
  expect(screen.queryByTestId("links-at")).toBeNull();
});
