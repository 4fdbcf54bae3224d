import { cleanup, fireEvent, render, screen } from "@testing-library/svelte";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Core } from "../testing/core";
import Closing from "./Closing.svelte";
import { freshCore } from "../testing/platform";

vi.mock("@reda/shared/platform", () => import("../testing/platform"));

let core: Core;
beforeEach(() => {
  core = freshCore();
  render(Closing);
});
afterEach(cleanup);

async function closing(others: number): Promise<HTMLElement> {
  core.tell({ event: "closing", others });
  return screen.findByTestId("closing");
}

test("whoever closes the window is told how many tills lose the line, and Enter keeps it running", async () => {
  expect(screen.queryByTestId("closing")).toBeNull();
  expect((await closing(2)).textContent).toMatch(/2 other tills work through this computer.*lose the line/s);
  expect(document.activeElement).toBe(screen.getByTestId("keep-running"));
  await fireEvent.click(screen.getByTestId("keep-running"));
  await vi.waitFor(() => expect(screen.queryByTestId("closing")).toBeNull());
  expect([core.count("app.keep_running"), core.count("app.close")]).toEqual([1, 0]);
});

test("Escape keeps it running too, and the next time it is asked anew", async () => {
  await fireEvent(await closing(1), new Event("close"));
  await vi.waitFor(() => expect(core.count("app.keep_running")).toBe(1));
  expect((await closing(1)).textContent).toContain("1 other till works through this computer");
});

test("closing anyway ends the program", async () => {
  await closing(1);
  await fireEvent.click(screen.getByTestId("close-anyway"));
  expect(core.count("app.close")).toBe(1);
});
