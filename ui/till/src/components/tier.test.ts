import { cleanup, render, screen } from "@testing-library/svelte";
import { tierLook } from "@reda/shared/tier";
import { afterEach, expect, test } from "vitest";
import TierBadge from "./TierBadge.svelte";

afterEach(cleanup);

test("the metals have shapes of their own, in both languages", () => {
  for (const names of [["Gold", "dhahabu"], ["Silver", "Fedha "], ["BRONZE", "Shaba"]]) {
    const [english, swahili] = names.map(tierLook);
    expect(english).toEqual(swahili);
  }
  expect(new Set(["Gold", "Silver", "Bronze"].map((name) => tierLook(name).icon)).size).toBe(3);
});

test("a shop's own name has a star, and the badge says the word", () => {
  expect(tierLook("Friend of the house")).toEqual({ icon: "star", tone: "sun" });
  render(TierBadge, { tier: "Silver" });
  const badge = screen.getByTestId("tier");
  expect(badge.textContent).toMatch(/Tier:\s*Silver/);
  expect(badge.classList).toContain("silver");
});
