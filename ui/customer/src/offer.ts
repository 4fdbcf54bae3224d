// How far a card is: which rewards it can have, which one and which tier comes next. What there is, the
// server says; the card's own numbers are those of the feed, so that this is never behind the balance.
import type { CardBody, CardOffer, RewardBody, Tier } from "@reda/shared/wire";

export interface Step {
  name: string;
  /** Points that are lacking. */
  missing: number;
  /** How much of the way is done, from 0 to 1. */
  share: number;
}

/** The rewards that the points are enough for, the cheapest first. */
export function withinReach(card: CardBody, offer: CardOffer | null): RewardBody[] {
  return (offer?.rewards ?? []).filter(({ cost }) => cost <= card.available);
}

/** The others. */
export function outOfReach(card: CardBody, offer: CardOffer | null): RewardBody[] {
  return (offer?.rewards ?? []).filter(({ cost }) => cost > card.available);
}

export function nextReward(card: CardBody, offer: CardOffer | null): Step | null {
  const next = outOfReach(card, offer)[0];
  return next ? step(next.name, next.cost, card.available) : null;
}

export function nextTier(card: CardBody, offer: CardOffer | null): (Step & { tier: Tier }) | null {
  const earned = card.earned ?? 0;
  const tier = offer?.tiers.find(({ from }) => from > earned);
  return tier ? { ...step(tier.name, tier.from, earned), tier } : null;
}

function step(name: string, goal: number, has: number): Step {
  return { name, missing: goal - has, share: Math.max(0, has / goal) };
}
