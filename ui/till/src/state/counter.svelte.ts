// The counter as the window holds it: the core's view, the amount as typed, and the calls under way.
// It decides nothing: amounts, points and what is allowed come from the core.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import type {
  AmountView,
  AwardLine,
  CounterStage,
  CounterView,
  Language,
  RequestAnswer,
  RewardLine,
  SpendAsk,
  WireError,
} from "@reda/shared/wire";
import { SvelteSet } from "svelte/reactivity";
import { base64 } from "./pictures";
import { Spending } from "./spending.svelte";
import { Typed } from "./typed.svelte";

export type Action = "look_up" | "ask" | "send_again" | "cancel" | "award" | "spend" | "answer" | "clear";

const nothingTyped: AmountView = { amount: null, points: null, tier: null, error: null };

export class Counter {
  /** The amount of the sale. */
  readonly sale = new Typed<AmountView>(nothingTyped, (text) => call("counter.amount", { text }));
  /** The look-up as typed. */
  search = $state("");
  /** Why the last call failed outright; a refusal that belongs to a stage is in the stage. */
  failure = $state.raw<WireError | null>(null);
  /** Calls that have no answer yet. */
  readonly busy = new SvelteSet<Action>();
  /** The member's points, as they are asked for. */
  readonly spending = new Spending(this);

  readonly #live: Live<CounterView>;
  #awarded: AwardLine | null | undefined;
  #sent = "";

  constructor() {
    this.#live = live(() => this.#read(), changes("counter"));
  }

  get view(): CounterView | undefined {
    return this.#live.value;
  }

  get stage(): CounterStage {
    return this.view?.stage ?? { stage: "idle" };
  }

  /** What the points at the counter buy, the cheapest first. */
  get rewards(): RewardLine[] {
    return this.view?.rewards ?? [];
  }

  /** What the typed amount earns; 0 where it earns nothing or says nothing. */
  get earns(): number {
    return this.sale.view.points ?? 0;
  }

  async lookUp(): Promise<void> {
    const text = this.search.trim();
    if (text === "") return;
    if (await this.#act("look_up", () => call("counter.look_up", { text }))) this.search = "";
  }

  /** What a scanner that types has read. */
  scanned = (text: string) => this.#act("look_up", () => call("counter.scanned", { text }));

  /** A picture of a code. */
  pictured = (file: Blob) =>
    this.#act("look_up", async () => call("counter.picture", { data: await base64(file) }));

  async award(): Promise<void> {
    this.#sent = this.sale.text;
    await this.#act("award", () => call("counter.award", { text: this.#sent }));
  }

  /** Asks the member for points; says whether they were asked. */
  spend = (ask: SpendAsk) => this.#act("spend", () => call("counter.spend", ask));

  ask = () => this.#act("ask", () => call("counter.ask"));
  /** The customer's yes by the digits that they read out; says whether it counted. */
  answerByCode = (code: string) => this.#act("answer", () => call("counter.answer_by_code", { code }));
  /** The customer's answer on this screen; says whether it counted. */
  answerInPerson = (answer: RequestAnswer, language: Language) =>
    this.#act("answer", () => call("counter.answer_in_person", { answer, language }));

  sendAgain = () => this.#act("send_again", () => call("counter.send_again"));
  cancel = () => this.#act("cancel", () => call("counter.cancel"));
  clear = () => this.#act("clear", () => call("counter.clear"));

  stop(): void {
    this.#live.stop();
  }

  /** Runs one call; a second press while it runs does nothing. Says whether it worked. */
  async #act(action: Action, run: () => Promise<CounterView>): Promise<boolean> {
    if (this.busy.has(action)) return false;
    this.busy.add(action);
    this.failure = null;
    try {
      await run();
      return true;
    } catch (thrown) {
      this.failure = asWireError(thrown);
      return false;
    } finally {
      this.busy.delete(action);
      // The answer may be older than what a change brought meanwhile, so the view is read anew.
      await this.#live.again();
    }
  }

  async #read(): Promise<CounterView> {
    const view = await call("counter.view");
    if (this.#isNewAward(view.last_award) && this.sale.text === this.#sent) void this.sale.type("");
    this.#awarded = view.last_award;
    return view;
  }

  /** The field empties for the next sale once its award is there, unless another was typed. */
  #isNewAward(award: AwardLine | null): boolean {
    return award !== null && this.#awarded !== undefined && award.at !== this.#awarded?.at;
  }
}
