// The live line to the server: one WebSocket, what came over it, and whether it stands.
// What a frame does to the data is decided in replica.ts; here are the socket and the clocks.
import type {
  CardBody, ClientFrame, EntityKind, KeyBody, NotificationBody, RequestBody, ServerFrame, UserBody,
} from "@reda/shared/wire";
import { account, keepClockOffset, renew, renewInTime, serverClock, signOutHere } from "./account.svelte";
import { backoffMs } from "./backoff";
import { keep, kept } from "./kept";
import * as replicas from "./replica";

export type ConnectionStatus = "online" | "connecting" | "offline";

interface Bodies {
  card: CardBody;
  key: KeyBody;
  notification: NotificationBody;
  request: RequestBody;
  user: UserBody;
}

/** What this browser keeps to show without a connection. */
interface Last {
  user: UserBody | null;
  cards: CardBody[];
  at: number;
}

const VERSION = "reda.v1";
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 10_000;
const WELCOME_WITHIN_MS = 10_000;
/** Longer behind a head than this is a gap that nobody will fill unasked. */
const BEHIND_FOR_MS = 2_000;
/** A connection that is away for less is "connecting", not "offline". */
const OFFLINE_AFTER_MS = 4_000;
const CLOSED_AUTH = 4001;
const CLOSED_FORBIDDEN = 4003;
const CLOSED_RATE = 4029;

let status = $state<ConnectionStatus>("connecting");
let replica = $state.raw(replicas.empty(""));
let last = $state.raw<Last | null>(null);
/** Everything that the server had when the connection began is here. */
let synced = $state(false);
/** When this page was last known to be whole. */
let asOfMs = $state<number | null>(null);
/** Counts whole readings from 0, so that "it is not there" means something. */
let readings = $state(0);

let socket: WebSocket | null = null;
let welcomed = false;
let failures = 0;
let fromNothing = false;
let sentToken = "";
let running = false;

type Timer = ReturnType<typeof setTimeout> | undefined;
let retryTimer: Timer;
let pingTimer: Timer;
let pongTimer: Timer;
let behindTimer: Timer;
let offlineTimer: Timer;

function bodies<K extends keyof Bodies>(kind: K): Bodies[K][] {
  const found: Bodies[K][] = [];
  for (const item of replica.items.values()) {
    if (item.entity === (kind satisfies EntityKind) && item.body) found.push(item.body as unknown as Bodies[K]);
  }
  return found;
}

const newestFirst = (a: string, b: string) => Date.parse(b) - Date.parse(a);

const cards = $derived.by(() => {
  const here = bodies("card");
  const known = new Set(here.map((card) => card.id));
  // Until the page is whole, what it does not know yet is shown as it last was.
  const before = synced ? [] : (last?.cards ?? []).filter((card) => !known.has(card.id));
  return [...here, ...before].sort((a, b) => newestFirst(a.created_at, b.created_at) || a.id.localeCompare(b.id));
});
const requests = $derived(bodies("request").sort((a, b) => newestFirst(a.asked_at, b.asked_at)));
const notifications = $derived(bodies("notification").sort((a, b) => newestFirst(a.created_at, b.created_at)));
const user = $derived(bodies("user")[0] ?? last?.user ?? account.tokens?.user ?? null);
const keys = $derived(bodies("key"));

export const feed = {
  get status() { return status; },
  get synced() { return synced; },
  get readings() { return readings; },
  get asOfMs() { return asOfMs; },
  get cards() { return cards; },
  get requests() { return requests; },
  get notifications() { return notifications; },
  get user() { return user; },
  get keys() { return keys; },
  /** There is something to show: from the server, or from the last visit. */
  get known() { return synced || last !== null || replica.items.size > 0; },
  /** Moves whenever the card changes. */
  cardSeq: (id: string): number => replica.items.get(replicas.itemKey("card", id))?.seq ?? 0,
  start,
  stop,
  tryNow,
};

function start(userId: string): void {
  stop();
  running = true;
  replica = replicas.empty(`u:${userId}`);
  last = lastOf(userId);
  asOfMs = last?.at ?? null;
  lost();
  void connect();
  addEventListener("online", tryNow);
  addEventListener("offline", wentOffline);
  addEventListener("pagehide", remember);
  document.addEventListener("visibilitychange", seenAgain);
}

function stop(): void {
  running = false;
  removeEventListener("online", tryNow);
  removeEventListener("offline", wentOffline);
  removeEventListener("pagehide", remember);
  document.removeEventListener("visibilitychange", seenAgain);
  drop();
  clearTimeout(retryTimer);
  clearTimeout(offlineTimer);
  replica = replicas.empty("");
  last = null;
  asOfMs = null;
  synced = false;
  readings = 0;
  failures = 0;
}

/** Connects now instead of after the wait. */
function tryNow(): void {
  if (!running || socket) return;
  failures = 0;
  void connect();
}

function seenAgain(): void {
  if (document.visibilityState === "hidden") return remember();
  serverClock.woke();
  renewInTime();
  // A socket that slept may be dead without knowing.
  if (socket && welcomed) ping();
  else tryNow();
}

function wentOffline(): void {
  drop();
  lost();
  retryLater();
}

async function connect(): Promise<void> {
  clearTimeout(retryTimer);
  if (!running || socket) return;
  const tokens = account.tokens;
  if (!tokens) return;
  const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket = line;
  welcomed = false;
  pongTimer = setTimeout(() => line === socket && broken(), WELCOME_WITHIN_MS);
  line.onopen = () => {
    if (line !== socket || !account.tokens) return;
    sentToken = account.tokens.token;
    fromNothing = replica.cursor.epoch === null;
    replica = replicas.connected(replica);
    say({ type: "hello", version: VERSION, token: sentToken, cursors: { [replica.scope]: replica.cursor } });
  };
  line.onmessage = (event) => {
    if (line === socket && typeof event.data === "string") frame(event.data);
  };
  line.onclose = (event) => {
    if (line === socket) void closed(event.code);
  };
}

function say(frame: ClientFrame): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function frame(text: string): void {
  let frame: ServerFrame;
  try {
    frame = JSON.parse(text) as ServerFrame;
  } catch {
    return;
  }
  switch (frame.type) {
    case "welcome":
      serverClock.heard(Date.parse(frame.server_time), "welcome");
      keepClockOffset();
      welcomed = true;
      failures = 0;
      status = "online";
      clearTimeout(offlineTimer);
      // Its pong says where the head is, so that the page knows when it is whole.
      ping();
      break;
    case "changes":
      take(replicas.changes(replica, frame));
      break;
    case "reset":
      fromNothing = true;
      synced = false;
      take(replicas.reset(replica, frame.scope));
      break;
    case "pong":
      clearTimeout(pongTimer);
      pingLater();
      replica = replicas.heard(replica, frame.heads);
      checkWhole();
      watchBehind();
      break;
    case "error":
      console.warn(`the server ends the connection: ${frame.code}`);
      break;
    case "result":
      // Pages send no operations over the socket.
      break;
  }
}

function take(step: replicas.Step): void {
  replica = step.replica;
  if (step.ask) askSince();
  checkWhole();
}

function askSince(): void {
  say({ type: "since", scopes: { [replica.scope]: replica.cursor } });
}

function checkWhole(): void {
  if (!replicas.whole(replica)) return;
  clearTimeout(behindTimer);
  if (fromNothing) readings += 1;
  fromNothing = false;
  synced = true;
  asOfMs = Date.now();
  remember();
}

function watchBehind(): void {
  clearTimeout(behindTimer);
  const head = replica.head;
  if (!head || !replicas.behind(replica, head)) return;
  behindTimer = setTimeout(() => {
    if (welcomed && replicas.behind(replica, head)) take(replicas.stalled(replica));
  }, BEHIND_FOR_MS);
}

function ping(): void {
  clearTimeout(pingTimer);
  clearTimeout(pongTimer);
  pongTimer = setTimeout(broken, PONG_WITHIN_MS);
  say({ type: "ping" });
}

function pingLater(): void {
  clearTimeout(pingTimer);
  pingTimer = setTimeout(ping, PING_EVERY_MS * (0.85 + Math.random() * 0.3));
}

/** Silent for too long. */
function broken(): void {
  drop();
  lost();
  retryLater();
}

async function closed(code: number): Promise<void> {
  drop();
  lost();
  if (code === CLOSED_FORBIDDEN) return signOutHere(true);
  if (code === CLOSED_RATE) failures = Math.max(failures, 4);
  if (code === CLOSED_AUTH) {
    if (account.tokens?.token === sentToken && (await renew()) === "refused") return;
    // At once, unless the server refuses the new token too.
    if (failures === 0) {
      failures = 1;
      return void connect();
    }
  }
  retryLater();
}

function retryLater(): void {
  clearTimeout(retryTimer);
  if (!running || socket) return;
  retryTimer = setTimeout(() => void connect(), backoffMs(failures, Math.random()));
  failures += 1;
}

/** Lets go of the socket; nothing that it still says is heard. */
function drop(): void {
  clearTimeout(pingTimer);
  clearTimeout(pongTimer);
  clearTimeout(behindTimer);
  const line = socket;
  socket = null;
  welcomed = false;
  line?.close();
}

function lost(): void {
  clearTimeout(offlineTimer);
  if (!navigator.onLine) {
    status = "offline";
    return;
  }
  if (status === "offline") return;
  status = "connecting";
  offlineTimer = setTimeout(() => (status = "offline"), OFFLINE_AFTER_MS);
}

/** The token was renewed: the connection takes the new one before the old runs out. */
export function passOnToken(token: string): void {
  if (welcomed && token !== sentToken) {
    sentToken = token;
    say({ type: "auth", token });
  }
}

function remember(): void {
  if (!synced || !account.userId || replica.scope !== `u:${account.userId}`) return;
  last = { user, cards, at: asOfMs ?? Date.now() };
  keep(`last.${account.userId}`, JSON.stringify(last));
}

function lastOf(userId: string): Last | null {
  try {
    const read = JSON.parse(kept(`last.${userId}`) ?? "null") as Last | null;
    return Array.isArray(read?.cards) ? read : null;
  } catch {
    return null;
  }
}

export function forget(userId: string): void {
  keep(`last.${userId}`, null);
  keep(`offers.${userId}`, null);
}
