// Asking the member for points, as the window holds it: whether the cashier is choosing, the
// reward, or what was typed. What the points come to, and how the question goes on, is the core's to say.
import { call } from "@reda/shared/platform";
import type { CounterStage, RewardLine, SpendView } from "@reda/shared/wire";
import type { Counter } from "./counter.svelte";
import { Typed } from "./typed.svelte";

const nothingTyped: SpendView = { points: null, leaves: null, error: null };

export type SpendStage = Extract<CounterStage, { stage: "member" | "accepted" | "spending" }>;

export class Spending {
  /** The points, where a number of them is asked for. */
  readonly points = new Typed<SpendView>(nothingTyped, (text) => call("counter.spending", { text }));
  /** What for, as typed: the customer reads it. */
  reason = $state("");

  readonly #counter: Counter;
  #reward = $state<string | null>(null);
  #choosing = $state(false);

  constructor(counter: Counter) {
    this.#counter = counter;
  }

  /** The stage that the dialog is about; nothing while it is closed. */
  get stage(): SpendStage | null {
    const { stage } = this.#counter;
    if (stage.stage === "spending") return stage;
    return isMember(stage) && this.#choosing ? stage : null;
  }

  /** Whether points and reason are to be given, rather than an answer waited for. */
  get choosing(): boolean {
    const stage = this.stage;
    if (!this.#choosing || stage === null) return false;
    return stage.stage !== "spending" || isOver(stage);
  }

  /** The chosen reward; none where a number of points is to be typed, or once it is out of reach. */
  get reward(): RewardLine | null {
    return this.#counter.rewards.find(({ id, missing }) => id === this.#reward && missing === 0) ?? null;
  }

  /** Opens the dialog, with the first reward within reach and a reason to begin with. */
  choose(reason: string): void {
    if (!isMember(this.#counter.stage)) return;
    this.#counter.failure = null;
    this.#choosing = true;
    this.pick(this.#counter.rewards.find(({ missing }) => missing === 0)?.id ?? null);
    this.reason = reason;
    void this.points.type("");
  }

  /** Chooses a reward, or a number of points to type. */
  pick(reward: string | null): void {
    this.#reward = reward;
  }

  /** Asks the member; what was typed stays if that is refused. */
  async ask(): Promise<void> {
    const { reason } = this;
    const { text } = this.points;
    if (await this.#counter.spend({ text, reason, reward: this.reward?.id ?? null })) this.#choosing = false;
  }

  /** Asks once more for the same. */
  async again({ points, reason, reward }: Extract<CounterStage, { stage: "spending" }>): Promise<void> {
    this.pick(reward);
    this.reason = reason;
    this.#choosing = true;
    await this.points.type(String(points));
    await this.ask();
  }

  /** One step back: out of choosing, or what the core makes of it. */
  async back(): Promise<void> {
    const wasChoosing = this.#choosing;
    this.#choosing = false;
    this.#counter.failure = null;
    if (!wasChoosing || this.#counter.stage.stage === "spending") await this.#counter.clear();
  }
}

function isMember(stage: CounterStage): stage is Extract<CounterStage, { stage: "member" | "accepted" }> {
  return stage.stage === "member" || stage.stage === "accepted";
}

/** Whether the question has its answer, or ended without. */
export function isOver({ state }: Extract<CounterStage, { stage: "spending" }>): boolean {
  switch (state.state) {
    case "asking":
    case "waiting":
    case "cancelling":
      return false;
    case "approved":
    case "declined":
    case "timed_out":
    case "cancelled":
      return true;
  }
}
