// @vitest-environment jsdom
import { setLanguage } from "@reda/shared/i18n.svelte";
import type { CardBody, CardOffer } from "@reda/shared/wire";
import { cleanup, render, screen } from "@testing-library/svelte";
import { afterEach, expect, test, vi } from "vitest";

const held = vi.hoisted(() => ({ offer: null as CardOffer | null }));
vi.mock("../offers.svelte", () => ({ offers: { of: () => held.offer } }));
const { default: Offer } = await import("./Offer.svelte");
const { default: NextStep } = await import("./NextStep.svelte");

const card: CardBody = {
  id: "c",
  number: "471358504275",
  program: "p",
  program_name: "Baraka Points",
  business: "b",
  business_name: "Baraka Mini-Mart",
  member: null,
  balance: 55,
  held: 0,
  available: 55,
  earned: 120,
  created_at: "2025-03-04T10:00:00Z",
};
const reward = (name: string, cost: number) => ({ id: name, program: "p", name, cost, gives: { kind: "text", text: name }, status: "active" }) as const;
const offer: CardOffer = {
  card: "c",
  rewards: [reward("Tea", 40), reward("Free coffee", 100)],
  tiers: [{ name: "Gold", from: 500, multiplier_percent: 150 }],
  expiring: [
    { points: 12, on: "2026-12-21" },
    { points: 1, on: "2027-01-02" },
  ],
};

afterEach(() => {
  cleanup();
  setLanguage("en");
});

test("a card says what runs out and when, what is ready, what to save for, and the next tier", () => {
  held.offer = offer;
  render(Offer, { card });
  const notes = screen.getAllByTestId("expiring").map((note) => note.textContent.trim());
  expect(notes).toEqual(["12 points run out on 21 Dec.", "1 point runs out on 2 Jan."]);
  const [ready, later] = screen.getAllByTestId("reward");
  expect([ready!.dataset.within, ready!.textContent]).toEqual(["true", expect.stringMatching(/Tea\s+40 points/)]);
  expect([later!.dataset.within, later!.textContent]).toEqual(["false", expect.stringMatching(/Free coffee\s+45 to go\s+100 points/)]);
  expect(screen.getByTestId("next-tier").textContent).toMatch(/Gold\s+380 to go · shopping earns 1\.5 times the points/);
});

test("a tile says how far the next reward is, in a number and a bar", () => {
  held.offer = offer;
  render(NextStep, { card });
  expect(screen.getByRole<HTMLProgressElement>("progressbar", { name: "45 points to Free coffee" }).value).toBe(0.55);
});

test("a tile says that all is ready where nothing is out of reach", () => {
  held.offer = offer;
  render(NextStep, { card: { ...card, available: 100 } });
  expect(screen.getByTestId("next-reward").textContent).toBe("2 rewards ready to use");
});

test("a shop without rewards, tiers and expiry has nothing to say", () => {
  held.offer = { card: "c", rewards: [], tiers: [], expiring: [] };
  const { container } = render(Offer, { card });
  expect(container.textContent.trim()).toBe("");
});

test("it speaks Swahili", () => {
  held.offer = offer;
  setLanguage("sw");
  render(Offer, { card });
  expect(document.body.textContent).toContain("Tayari kutumika");
});
