// @vitest-environment jsdom
import type { CardBody } from "@reda/shared/wire";
import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test } from "vitest";
import CardTile from "./CardTile.svelte";

const card: CardBody = {
  id: "c",
  number: "471358504275",
  program: "p",
  program_name: "Baraka Points",
  business: "b",
  business_name: "Baraka Mini-Mart",
  member: null,
  balance: 1240,
  held: 0,
  available: 1240,
  created_at: "2025-03-04T10:00:00Z",
};

afterEach(cleanup);

test("a card says whose it is, its points, and its tier in a word", () => {
  render(CardTile, { card: { ...card, tier: "Gold" } });
  expect(screen.getByTestId("card").textContent).toMatch(/Baraka Mini-Mart.*Baraka Points.*1,240.*Tier:\s*Gold/s);
});

test("a programme without tiers has none to show", () => {
  render(CardTile, { card });
  expect(screen.queryByTestId("tier")).toBeNull();
});
