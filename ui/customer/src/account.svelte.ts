// Who is signed in, for the whole page: the session as a value that screens read, and calls that
// carry its token.
import type { GiveCode, SignedIn, SignIn, SignUp } from "@reda/shared/wire";
import { ApiError, onServerDate, send, type Call } from "./api";
import { ServerClock } from "./clock";
import { keep, kept, whenKeptElsewhere } from "./kept";
import { Session, type Tokens } from "./session";

export const serverClock = new ServerClock(
  { monotonicMs: () => performance.now(), wallMs: () => Date.now() },
  offsetKept(),
);
onServerDate((ms) => serverClock.heard(ms, "http"));

function offsetKept(): number | null {
  const text = kept("clock-offset");
  return text === null || !Number.isFinite(Number(text)) ? null : Number(text);
}

export function keepClockOffset(): void {
  if (serverClock.source === "welcome") keep("clock-offset", String(serverClock.offsetMs()));
}

let tokens = $state.raw<Tokens | null>(null);
/** The server ended the session; the sign-in screen says so. */
let endedByServer = $state(false);

const session = new Session({
  read: () => kept("session"),
  write: (text) => keep("session", text),
  nowMs: () => Date.now(),
  alone: (work) => alone("refresh", work),
  refresh: async (refresh_token) => {
    try {
      return await send<SignedIn>("POST", "/api/auth/refresh", { body: { refresh_token } });
    } catch (error) {
      // Only a refusal of this token ends the session, not a server in trouble.
      if (error instanceof ApiError && [400, 401, 403, 422].includes(error.status)) return null;
      throw error;
    }
  },
  changed: (next) => {
    tokens = next;
    renewInTime();
  },
});
tokens = session.tokens;
whenKeptElsewhere("session", () => session.reread());

/** Runs alone among this browser's tabs. Old browsers have no locks; there tabs may collide, and
 *  the server still takes the previous refresh token until the new one was used. */
export async function alone<T>(name: string, work: () => Promise<T>): Promise<T> {
  if (!("locks" in navigator)) return work();
  return (await navigator.locks.request(`reda.${name}`, work)) as T;
}

let timer: ReturnType<typeof setTimeout> | undefined;

/** Renews before the token runs out; also called when the page is seen again, since timers sleep. */
export function renewInTime(): void {
  clearTimeout(timer);
  const due = session.dueInMs();
  if (due === null) return;
  timer = setTimeout(() => void renew().then((outcome) => {
    // Nobody answered: try again in a while, and whenever the connection comes back.
    if (outcome === "no_answer") timer = setTimeout(renewInTime, 20_000);
  }), due);
}

export async function renew(): Promise<"renewed" | "refused" | "no_answer"> {
  const used = session.tokens?.token;
  if (!used) return "refused";
  const { outcome } = await session.renew(used);
  if (outcome === "refused") endedByServer = true;
  return outcome;
}

export const account = {
  get tokens() {
    return tokens;
  },
  get userId(): string | null {
    return tokens?.user.id ?? null;
  },
  get endedByServer() {
    return endedByServer;
  },
};

export async function signIn(body: SignIn): Promise<SignedIn> {
  return begin(await send<SignedIn>("POST", "/api/auth/sign-in", { body }));
}

/** By the code that this browser asked for; the cookie that came with asking goes along. */
export async function signInByCode(body: GiveCode): Promise<SignedIn> {
  return begin(await send<SignedIn>("POST", "/api/auth/code/verify", { body }));
}

export async function signUp(body: SignUp): Promise<SignedIn> {
  return begin(await send<SignedIn>("POST", "/api/auth/sign-up", { body }));
}

function begin(signedIn: SignedIn): SignedIn {
  endedByServer = false;
  session.begin(signedIn);
  return signedIn;
}

/**
 * Forgets the tokens here whatever the server says; it hears of it where there is a connection. The
 * key that this browser had is taken back first: a phone that signed out shows no code that counts.
 */
export function signOutHere(byServer: boolean, key: Promise<string | null> = Promise.resolve(null)): void {
  const token = session.tokens?.token;
  endedByServer = byServer;
  session.end();
  if (token && !byServer) void leave(token, key).catch(() => undefined);
}

/** This phone was removed on another one: it says so, and has to sign in again. */
export function signOutRemoved(): void {
  signOutHere(false);
  endedByServer = true;
}

async function leave(token: string, key: Promise<string | null>): Promise<void> {
  try {
    const id = await key;
    if (id) await send("DELETE", `/api/me/keys/${id}`, { token });
  } finally {
    await send("POST", "/api/auth/sign-out", { token });
  }
}

/** A call as the person who is signed in; throws `ApiError`. */
export async function call<T>(method: string, path: string, options: Omit<Call, "token"> = {}): Promise<T> {
  const token = session.tokens?.token;
  if (!token) throw new ApiError(401, { code: "unauthorized", message: "" });
  try {
    return await send<T>(method, path, { ...options, token });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    if ((await renew()) !== "renewed" || !session.tokens) throw error;
    return send<T>(method, path, { ...options, token: session.tokens.token });
  }
}
