// The code on the screen: this browser's key, and a new text every thirty seconds.
import type { KeyRegistered } from "@reda/shared/wire";
import { account, alone, call, serverClock, signOutRemoved } from "./account.svelte";
import { ApiError } from "./api";
import { codeText, signer, STEP_MS, stepAt } from "./code";
import { deviceLabel } from "./device";
import { feed } from "./feed.svelte";
import { keyFate } from "./key-fate";
import { forgetKey, ownKey, type OwnKey } from "./keys";

export type CodeState =
  /** The key is being fetched or made. */
  | { state: "starting" }
  | { state: "shown"; text: string; step: number }
  /** The page is not served securely: the browser gives no keys. */
  | { state: "insecure" }
  /** The first time needs a connection. */
  | { state: "needs_line" }
  | { state: "failed"; message: string };

/** New keys at most this often in one visit, should server and page ever disagree. */
const RENEWALS_MAX = 3;

let code = $state.raw<CodeState>({ state: "starting" });
let key = $state.raw<OwnKey | null>(null);
let renewals = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

export const myCode = {
  get code() {
    return code;
  },
  /** With what answers are signed; none where the page has no key. */
  get key() {
    return key;
  },
  start,
  stop,
};

/** What `start` runs for; a call for an earlier user ends when it looks. */
let current = 0;

async function start(user: string): Promise<void> {
  const mine = ++current;
  clearTimeout(timer);
  key = null;
  if (!isSecureContext || !("subtle" in crypto) || !("indexedDB" in globalThis)) {
    code = { state: "insecure" };
    return;
  }
  code = { state: "starting" };
  try {
    const found = await alone(`key.${user}`, () => ownKey(user, register));
    if (mine !== current) return;
    key = found;
    await show(mine);
  } catch (error) {
    if (mine !== current) return;
    if (error instanceof ApiError && error.offline) code = { state: "needs_line" };
    else code = { state: "failed", message: error instanceof ApiError ? error.message : "" };
  }
}

function stop(): void {
  current += 1;
  clearTimeout(timer);
  key = null;
  renewals = 0;
  code = { state: "starting" };
}

function register(publicKey: string, operation: string): Promise<KeyRegistered> {
  return call<KeyRegistered>("POST", "/api/me/keys", {
    body: { public_key: publicKey, label: deviceLabel(navigator.userAgent) },
    idempotencyKey: operation,
  });
}

/** Signs the code of this moment, and sets the clock for the next. */
async function show(mine: number): Promise<void> {
  if (mine !== current || !key) return;
  clearTimeout(timer);
  const at = serverClock.nowMs();
  const step = stepAt(at);
  if (code.state !== "shown" || code.step !== step) {
    const text = await codeText(key.code_id, step, signer(key.privateKey));
    if (mine !== current) return;
    code = { state: "shown", text, step };
  }
  // At least once a second, because the clock itself may be set by a welcome.
  const left = STEP_MS - (serverClock.nowMs() % STEP_MS);
  timer = setTimeout(() => void show(mine), Math.min(1000, left + 5));
}

/** Follows the feed for as long as somebody is signed in: a removed key signs out, one that the server
 *  does not have is replaced, and what failed for want of a connection is tried again. Called once, from an effect's scope. */
export function keepKey(): void {
  let watched = "";
  let wasKnown = false;
  let readingsBefore = 0;
  $effect(() => {
    const id = key?.id;
    const user = account.userId;
    if (!id || !user || !feed.synced) return;
    const listed = feed.keys;
    if (watched !== id) {
      watched = id;
      wasKnown = false;
      readingsBefore = key?.fresh ? feed.readings : 0;
    }
    const readSinceRegistered = feed.readings > readingsBefore;
    const fate = keyFate({ id, known: listed, readSinceRegistered, wasKnown });
    wasKnown ||= listed.some((k) => k.id === id);
    if (fate === "removed") {
      // A phone that was taken off the list does not help itself to another key.
      signOutRemoved();
      return void forgetKey(user);
    }
    if (fate === "counts" || renewals >= RENEWALS_MAX) return;
    renewals += 1;
    void forgetKey(user).then(() => start(user));
  });
  $effect(() => {
    if (feed.status === "online" && code.state === "needs_line" && account.userId) void start(account.userId);
  });
}
