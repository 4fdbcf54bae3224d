import type { CardBody, CardOffer, RewardBody } from "@reda/shared/wire";
import { expect, test } from "vitest";
import { nextReward, nextTier, outOfReach, withinReach } from "./offer";

const reward = (name: string, cost: number): RewardBody => ({
  id: name,
  program: "p",
  name,
  cost,
  gives: { kind: "text", text: name },
  status: "active",
});
const offer: CardOffer = {
  card: "c",
  rewards: [reward("Tea", 40), reward("Coffee", 100), reward("Hamper", 1500)],
  tiers: [
    { name: "Silver", from: 100, multiplier_percent: 120 },
    { name: "Gold", from: 500, multiplier_percent: 150 },
  ],
  expiring: [],
};
const card = (available: number, earned = available): CardBody => ({
  id: "c",
  number: "471358504275",
  program: "p",
  program_name: "Baraka Points",
  business: "b",
  business_name: "Baraka",
  member: null,
  balance: available,
  held: 0,
  available,
  earned,
  created_at: "2025-03-04T10:00:00Z",
});

test("what comes next is the cheapest that the points are not enough for", () => {
  expect(nextReward(card(55), offer)).toEqual({ name: "Coffee", missing: 45, share: 0.55 });
  expect(nextReward(card(100), offer)?.name).toBe("Hamper");
  expect(nextReward(card(1500), offer)).toBeNull();
  expect(withinReach(card(100), offer).map(({ name }) => name)).toEqual(["Tea", "Coffee"]);
  expect(outOfReach(card(100), offer).map(({ name }) => name)).toEqual(["Hamper"]);
});

test("points that wait for an approval are not there to be used", () => {
  expect(withinReach({ ...card(0), balance: 100, held: 100 }, offer)).toEqual([]);
});

test("a card that owes points has the whole way to go", () => {
  expect(nextReward(card(-10), offer)).toEqual({ name: "Tea", missing: 50, share: 0 });
});

test("tiers count all that was ever earned", () => {
  expect(nextTier(card(0, 120), offer)).toMatchObject({ name: "Gold", missing: 380, share: 0.24 });
  expect(nextTier(card(0, 500), offer)).toBeNull();
});

test("nothing is said where nothing is known", () => {
  expect([nextReward(card(5), null), nextTier(card(5), null), withinReach(card(5), null)]).toEqual([null, null, []]);
});
