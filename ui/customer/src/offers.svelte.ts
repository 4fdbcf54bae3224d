// What the cards can come to: rewards, tiers, points that run out. A shop's change of these is no change
// of anybody's card, so the feed does not tell of it: they are read when a card moves, when somebody
// looks at the cards, and now and then while they look. What was read last is kept for when there is no
// connection.
import type { CardOffer } from "@reda/shared/wire";
import { untrack } from "svelte";
import { call } from "./account.svelte";
import type { Page } from "./api";
import { feed } from "./feed.svelte";
import { keep, kept } from "./kept";
import type { Route } from "./route.svelte";

const LOOKED_AT_EVERY_MS = 60_000;

let known = $state.raw<CardOffer[]>([]);
let owner: string | null = null;
let latest = 0;

export const offers = {
  of: (card: string): CardOffer | null => known.find((offer) => offer.card === card) ?? null,
  start,
  stop,
  reread,
};

function start(user: string): void {
  owner = user;
  known = lastOf(user);
}

function stop(): void {
  owner = null;
  known = [];
  latest += 1;
}

/** What fails stays as it was; the next reason to read comes soon. */
async function reread(): Promise<void> {
  const mine = ++latest;
  const page = await call<Page<CardOffer>>("GET", "/api/me/offers").catch(() => null);
  if (!page || mine !== latest || !owner) return;
  known = page.items;
  keep(`offers.${owner}`, JSON.stringify(known));
}

/** Reads them whenever there is a reason; for the frame. */
export function followOffers(screen: () => Route["screen"]): void {
  const moved = $derived(feed.cards.map(({ id }) => feed.cardSeq(id)).join());
  const looking = $derived(screen() === "cards" || screen() === "card");
  const online = $derived(feed.status === "online" && feed.synced);
  $effect(() => {
    void moved;
    if (!online) return;
    untrack(() => void reread());
    if (!looking) return;
    const again = () => document.visibilityState === "visible" && void reread();
    const timer = setInterval(again, LOOKED_AT_EVERY_MS);
    document.addEventListener("visibilitychange", again);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", again);
    };
  });
}

function lastOf(user: string): CardOffer[] {
  try {
    const read: unknown = JSON.parse(kept(`offers.${user}`) ?? "[]");
    return Array.isArray(read) ? (read as CardOffer[]) : [];
  } catch {
    return [];
  }
}
