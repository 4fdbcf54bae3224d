// Answering requests: what is under way, what failed, and what the server confirmed before the
// feed brought it.
import { language } from "@reda/shared/i18n.svelte";
import type { RequestAnswer, RequestAnswered, RequestBody } from "@reda/shared/wire";
import { SvelteMap, SvelteSet } from "svelte/reactivity";
import { call } from "./account.svelte";
import { ApiError, sentence } from "./api";
import { signedAnswer, signer } from "./code";
import { feed } from "./feed.svelte";
import { myCode } from "./my-code.svelte";
import { t } from "./text";

export type Answering =
  | { state: "sending"; answer: RequestAnswer }
  | { state: "failed"; message: string; /** From when the same answer would count. */ from?: string };

const answering = new SvelteMap<string, Answering>();
const confirmed = new SvelteMap<string, RequestBody>();
/** Requests that were answered on this page. */
const answeredHere = new SvelteSet<string>();
/** "Later" was said on My code, or the outcome was closed. */
const later = new SvelteSet<string>();
const seen = new Set<string>();

const all = $derived(
  feed.requests.map((request) => (request.status === "pending" ? (confirmed.get(request.id) ?? request) : request)),
);
/** Those that run out first come first: about points, a shop waits at its counter. */
const pending = $derived(
  all
    .filter((request) => request.status === "pending")
    .sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at)),
);

export const requests = {
  get all() { return all; },
  get pending() { return pending; },
  answering: (id: string) => answering.get(id),
  answeredHere: (id: string) => answeredHere.has(id),
  isPutOff: (id: string) => later.has(id),
  putOff: (id: string, off: boolean): void => {
    if (off) later.add(id);
    else later.delete(id);
  },
  answer,
  markSeen,
  clear,
};

async function answer(request: RequestBody, word: RequestAnswer): Promise<void> {
  if (answering.get(request.id)?.state === "sending") return;
  answering.set(request.id, { state: "sending", answer: word });
  try {
    const key = myCode.key;
    const signature = key && {
      key: key.id,
      value: await signedAnswer(request, word, signer(key.privateKey)),
    };
    const answered = await call<RequestAnswered>("POST", `/api/requests/${request.id}/answer`, {
      body: { answer: word, language: language(), ...(signature && { signature }) },
    });
    answeredHere.add(request.id);
    confirmed.set(request.id, answered.request);
    answering.delete(request.id);
  } catch (error) {
    const offline = error instanceof ApiError && error.offline;
    const details = error instanceof ApiError ? (error.error.details as { until?: unknown } | undefined) : undefined;
    const from = details?.until;
    const message = offline ? t("notSent") : sentence(error);
    answering.set(request.id, { state: "failed", message, ...(typeof from === "string" && { from }) });
  }
}

/** It was on the screen; the till says "seen". */
async function markSeen(request: RequestBody): Promise<void> {
  if (request.seen_at || request.status !== "pending" || seen.has(request.id)) return;
  seen.add(request.id);
  try {
    await call("POST", `/api/requests/${request.id}/seen`);
  } catch (error) {
    // Said again at the next showing, unless the server would not hear it.
    if (error instanceof ApiError && error.offline) seen.delete(request.id);
  }
}

function clear(): void {
  answering.clear();
  confirmed.clear();
  answeredHere.clear();
  later.clear();
  seen.clear();
}
