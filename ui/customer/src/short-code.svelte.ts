// Six digits beside the QR code, for a counter where no camera helps: the server makes them, they
// count once and for two minutes, and they only say who somebody is.
import type { ShortCode } from "@reda/shared/wire";
import { call, serverClock } from "./account.svelte";

/** A new one is asked for this long before the old one ends, so that none is read out too late. */
const EARLY_MS = 5_000;
/** After a failure it is asked again this much later. */
const AGAIN_MS = 30_000;

let code = $state.raw<ShortCode | null>(null);
let timer: ReturnType<typeof setTimeout> | undefined;
/** What `show` runs for; an answer to an earlier one comes too late. */
let current = 0;

export const shortCode = {
  get code() {
    return code;
  },
  /** When it ends, on this phone's clock. */
  get untilMs(): number {
    return code ? Date.now() + Date.parse(code.expires_at) - serverClock.nowMs() : 0;
  },
};

/** Keeps a code on the screen until the function that it gives is called. */
export function show(): () => void {
  const mine = ++current;
  void fetch(mine);
  return () => {
    current += 1;
    clearTimeout(timer);
    code = null;
  };
}

async function fetch(mine: number): Promise<void> {
  clearTimeout(timer);
  let wait = AGAIN_MS;
  try {
    const next = await call<ShortCode>("POST", "/api/me/short-codes");
    if (mine !== current) return;
    code = next;
    wait = Math.max(1_000, Date.parse(next.expires_at) - serverClock.nowMs() - EARLY_MS);
  } catch {
    if (mine !== current) return;
    code = null;
  }
  timer = setTimeout(() => void fetch(mine), wait);
}

/** As it is read out: "482 913". */
export function spoken(code: string): string {
  return `${code.slice(0, 3)} ${code.slice(3)}`;
}
