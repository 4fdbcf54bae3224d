// Whether the key of this browser still counts with the server.
import type { KeyBody } from "@reda/shared/wire";

export interface KeyFacts {
  id: string;
  /** The person's keys as the feed has them. */
  known: readonly Pick<KeyBody, "id" | "revoked">[];
  /** The page is whole, by a reading that began after the key was registered. */
  readSinceRegistered: boolean;
  /** The feed had the key at some time during this visit. */
  wasKnown: boolean;
}

/** `removed`: somebody took it from the list of their devices. `lost`: the server does not have it. */
export type KeyFate = "counts" | "removed" | "lost";

/** A key that was just registered may not have come over the feed yet, so its absence counts only
 *  once it must have. */
export function keyFate({ id, known, readSinceRegistered, wasKnown }: KeyFacts): KeyFate {
  const found = known.find((key) => key.id === id);
  if (found) return found.revoked ? "removed" : "counts";
  return readSinceRegistered || wasKnown ? "lost" : "counts";
}
