import { expect, test, vi } from "vitest";
import { live } from "./live.svelte";

test("a change during a read causes one more read, so the newest value stays", async () => {
  let changed = () => {};
  let world = 1;
  const answers: (() => void)[] = [];
  const read = vi.fn(() => {
    const seen = world;
    return new Promise<number>((resolve) => answers.push(() => resolve(seen)));
  });
  const view = live(read, (again) => {
    changed = again;
    return () => {};
  });
  world = 2;
  changed();
  changed();
  answers[0]!();
  await vi.waitUntil(() => answers.length === 2);
  answers[1]!();
  await vi.waitUntil(() => view.value === 2);
  expect(read).toHaveBeenCalledTimes(2);
});

test("a read that fails keeps the value before it and says why", async () => {
  let fails = false;
  const view = live(
    () => (fails ? Promise.reject("no line") : Promise.resolve(7)),
    () => () => {},
  );
  await vi.waitUntil(() => view.value === 7);
  fails = true;
  await view.again();
  expect([view.value, view.error]).toEqual([7, "no line"]);
});
