// One-time codes, which sign in or prove an address: eight digits, sent to it. Where the last one
// went is kept for as long as it counts, because a phone may throw the page away while its owner
// looks the code up in another app.
import type { Address } from "./address";
import { keep, kept } from "./kept";

export const DIGITS = 8;
/** It is offered to be sent again after this long; how many there may be, the server counts. */
export const AGAIN_AFTER_MS = 60_000;
/** A code counts this long. */
const COUNTS_MS = 10 * 60_000;

export interface SentCode {
  to: Address;
  /** By this browser's clock. */
  at: number;
}

/** The digits of what was typed or pasted, no more than a code has. */
export function digitsOf(text: string): string {
  return text.replace(/\D/g, "").slice(0, DIGITS);
}

export function keepSent(sent: SentCode | null): void {
  keep("code-sent", sent && JSON.stringify(sent));
}

/** The code that was asked for before this page was loaded, if it counts still. */
export function sentBefore(nowMs: number): SentCode | null {
  try {
    const sent = JSON.parse(kept("code-sent") ?? "null") as SentCode | null;
    return sent?.to && nowMs - sent.at < COUNTS_MS ? sent : null;
  } catch {
    return null;
  }
}
