// A core for tests: views that a test sets, the calls that the window made, and its events.
import type { AppView, Calls, Changed, ConsentText, CounterStage, CounterView, PersonLine, WindowEvent } from "@reda/shared/wire";
import { vi } from "vitest";

export const amina: PersonLine = {
  id: "h1",
  name: "Amina Hassan",
  short_name: "Amina",
  initials: "AH",
  phone: "0722 ••• 412",
};
const card = { id: "c1", number: "7301 4482", balance: 1240, available: 1240, earned: 2100, tier: null };
const ready = { state: "ready" } as const;
const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();

/** As the core words it. */
const question = (question: string): ConsentText => ({
  question,
  sees: "If you accept, Baraka Mini-Mart sees",
  shares: ["Your name", "Your phone number"],
  never_sees: "They never see",
  never_shares: ["Your e-mail address"],
  purpose: "It is used to count your points.",
  freedom: "You can leave at any time.",
  accept: "Accept",
  decline: "Decline",
});

/** Every stage there is, once; a new stage fails to compile here. */
export const stages: { [S in CounterStage["stage"]]: Extract<CounterStage, { stage: S }> } = {
  idle: { stage: "idle" },
  looking_up: { stage: "looking_up", shown: "0722 ••• 412" },
  member: { stage: "member", person: amina, card, joined_at: at(-9e5), last_visit_at: null, award: ready },
  spending: {
    stage: "spending",
    person: amina,
    card: { ...card, available: 1040 },
    points: 200,
    reason: "KES 100 off",
    reward: null,
    state: { state: "waiting", request: "r2", asked_at: at(-44), until: at(76), send_again_from: at(-24), seen: true, by_code: false, refused: null },
  },
  not_member: { stage: "not_member", person: amina, ask_again_from: null, refused: null },
  asking: { stage: "asking", person: amina },
  waiting: {
    stage: "waiting",
    person: amina,
    request: "r1",
    asked_at: at(-34),
    counter_until: at(86),
    send_again_from: at(-1),
    seen: false,
    waiting: 0,
    award: ready,
    text: { en: question("Join Baraka Points at Baraka Mini-Mart?"), sw: question("Ujiunge na Baraka Points?") },
  },
  accepted: { stage: "accepted", person: amina, card, accepted_at: at(-1), posted: 34, award: ready },
  declined: { stage: "declined", person: amina, ask_again_from: at(30 * 86400) },
  no_answer: {
    stage: "no_answer",
    person: amina,
    request: "r1",
    open_until: at(7 * 86400),
    waiting: 34,
    send_again_from: at(-1),
    text: null,
  },
  cancelled: { stage: "cancelled", person: amina },
  refused: { stage: "refused", error: { code: "code_expired", message: "This code is too old." } },
};

export function appView(): AppView {
  return {
    setup: { state: "ready" },
    business: { name: "Baraka Mini-Mart", currency: "KES", country: "KE" },
    staff: { id: "s1", name: "Grace W.", initials: "GW", role: "cashier", manages: false, corrects: false, writes_down: false, owns: false },
    locked: false,
    language: "en",
    theme: "light",
    connection: { status: "online", since: at(-900), synced_at: at(-3), distrusted: null, unanswered: 0 },
    camera: { state: "live", detail: null, code_in_view: false, hint: null },
    customer_page: null,
    demo: null,
    unread: 0,
    unsent: 0,
    version: "0.1.0",
  };
}

export function counterView(stage: CounterStage): CounterView {
  const earn = { points: 1, per: { amount: 5000, currency: "KES" } };
  const program = { id: "p1", name: "Baraka Points", status: "active", earn, tiers: [] } as const;
  return { stage, program: { ...program, tiers: [] }, rewards: [], last_award: null, in_person: true };
}

type Answers = { [K in keyof Calls]?: (params: Calls[K]["params"]) => unknown };

/** Stands in for `@reda/shared/platform`. */
export class Core {
  app = appView();
  counter = counterView(stages.idle);
  answers: Answers = {};
  readonly calls: [string, unknown][] = [];
  readonly #told = new Set<(event: WindowEvent) => void>();
  #listeners: { what: Changed[]; again: () => void }[] = [];

  call = vi.fn(async (name: keyof Calls, params?: never) => {
    this.calls.push([name, params]);
    const answer = this.answers[name];
    if (answer) return answer(params as never);
    if (name === "app.settings" || name === "app.set_settings") {
      return { sounds: false, lock_after_minutes: 0, camera: null, mirror: true };
    }
    if (name.startsWith("app.")) return structuredClone(this.app);
    if (name === "inbox.view") return { items: [] };
    if (name === "counter.amount") return { amount: { amount: 170000, currency: "KES" }, points: 34, tier: null, error: null };
    if (name === "counter.spending") return { points: 200, leaves: 1040, error: null };
    return structuredClone(this.counter);
  });
  changes =
    (...what: Changed[]) =>
    (again: () => void) => {
      const listener = { what, again };
      this.#listeners.push(listener);
      return () => void (this.#listeners = this.#listeners.filter((other) => other !== listener));
    };
  onEvent = (listener?: (event: WindowEvent) => void) => {
    if (listener) this.#told.add(listener);
    return () => void (listener && this.#told.delete(listener));
  };
  asWireError = (thrown: unknown) => thrown;

  /** How often a call was made. */
  count(name: keyof Calls): number {
    return this.calls.filter(([called]) => called === name).length;
  }

  /** Tells the window something of its own accord. */
  tell(event: WindowEvent): void {
    for (const listener of this.#told) listener(event);
  }

  changed(what: Changed): void {
    for (const listener of this.#listeners) if (listener.what.includes(what)) listener.again();
  }
}
