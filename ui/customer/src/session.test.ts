import { expect, test, vi } from "vitest";
import type { SignedIn, UserBody } from "@reda/shared/wire";
import { Session, type Around, type Tokens } from "./session";

const user = { id: "u1", display_name: "Amina" } as UserBody;
const pair = (n: number): SignedIn => ({ token: `t${n}`, refresh_token: `r${n}`, expires_in: 900, user });

/** One browser: tabs made here share what is kept and take turns. */
function browser(refresh: (token: string) => Promise<SignedIn | null>) {
  let kept: string | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  const clock = { nowMs: 1_000_000 };
  const tab = () => {
    const changed = vi.fn<(tokens: Tokens | null) => void>();
    const around: Around = {
      read: () => kept,
      write: (text) => (kept = text),
      nowMs: () => clock.nowMs,
      alone: (work) => {
        const mine = turn.then(work);
        turn = mine.catch(() => undefined);
        return mine;
      },
      refresh,
      changed,
    };
    return { session: new Session(around), changed };
  };
  return { tab, clock };
}

test("a sign-in is there again after the page is opened anew", () => {
  const { tab } = browser(async () => null);
  tab().session.begin(pair(1));
  expect(tab().session.tokens?.token).toBe("t1");
});

test("a token is due a minute before it runs out", () => {
  const { tab, clock } = browser(async () => null);
  const { session } = tab();
  expect(session.dueInMs()).toBeNull();
  session.begin(pair(1));
  expect(session.dueInMs()).toBe(840_000);
  clock.nowMs += 890_000;
  expect(session.dueInMs()).toBe(0);
});

test("callers at the same time share one refresh", async () => {
  const refresh = vi.fn(async () => pair(2));
  const { session } = (() => browser(refresh).tab())();
  session.begin(pair(1));
  const both = await Promise.all([session.renew("t1"), session.renew("t1")]);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(both.map((renewed) => renewed.outcome)).toEqual(["renewed", "renewed"]);
  expect(session.tokens?.refresh_token).toBe("r2");
});

test("two tabs use a refresh token once", async () => {
  const refresh = vi.fn(async () => pair(2));
  const { tab } = browser(refresh);
  tab().session.begin(pair(1));
  const [a, b] = [tab(), tab()];
  await Promise.all([a.session.renew("t1"), b.session.renew("t1")]);
  expect(refresh).toHaveBeenCalledTimes(1);
  expect(b.session.tokens?.token).toBe("t2");
});

test("no answer keeps the session", async () => {
  const { session } = (() => browser(() => Promise.reject(new TypeError("offline"))).tab())();
  session.begin(pair(1));
  expect((await session.renew("t1")).outcome).toBe("no_answer");
  expect(session.tokens?.token).toBe("t1");
});

test("a refusal signs out", async () => {
  const { session, changed } = (() => browser(async () => null).tab())();
  session.begin(pair(1));
  expect((await session.renew("t1")).outcome).toBe("refused");
  expect(session.tokens).toBeNull();
  expect(changed).toHaveBeenLastCalledWith(null);
});

test("signing out while a refresh is under way stays signed out", async () => {
  let answer: (signedIn: SignedIn) => void = () => undefined;
  const { tab } = browser(() => new Promise((resolve) => (answer = resolve)));
  const { session } = tab();
  session.begin(pair(1));
  const renewing = session.renew("t1");
  await vi.waitFor(() => expect(answer).toHaveLength(1));
  session.end();
  answer(pair(2));
  expect((await renewing).outcome).toBe("refused");
  expect(session.tokens).toBeNull();
});

test("what is kept may be anything", () => {
  for (const text of ["{", "null", "{}", '{"token":1}']) {
    const around = { read: () => text } as Around;
    expect(new Session(around).tokens).toBeNull();
  }
});
