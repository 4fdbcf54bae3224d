// One customer's story, read from the server while their panel is open, and what is done there.
import { asWireError, call } from "@reda/shared/platform";
import type { AdjustForm, CustomerStory, PrintedCode, UpdateCustomer, WireError } from "@reda/shared/wire";

type Doing = "change" | "print" | "merge" | "adjust" | "reverse";

export class Story {
  story = $state.raw<CustomerStory | null>(null);
  /** Why it could not be read. */
  error = $state.raw<WireError | null>(null);
  /** Why the last change failed. */
  failure = $state.raw<WireError | null>(null);
  /** The code that was just made to print. */
  printed = $state.raw<PrintedCode | null>(null);
  doing = $state<Doing | null>(null);
  #of: string | null = null;
  #turn = 0;

  /** Reads the story of a customer; an answer about another one is dropped. */
  async read(customer: string | null): Promise<void> {
    if (customer !== this.#of) {
      this.story = this.error = this.failure = null;
      this.printed = null;
    }
    this.#of = customer;
    const turn = ++this.#turn;
    if (customer === null) return;
    try {
      const story = await call("customers.story", { customer });
      if (turn === this.#turn) [this.story, this.error] = [story, null];
    } catch (thrown) {
      if (turn === this.#turn) this.error = asWireError(thrown);
    }
  }

  change = (change: UpdateCustomer) => this.#do("change", () => call("customers.change", change));
  merge = (keep: string, merge: string) => this.#do("merge", () => call("customers.merge", { keep, merge }));
  adjust = (form: AdjustForm) => this.#do("adjust", () => call("customers.adjust", form));
  reverse = (entry: string, reason: string) => this.#do("reverse", () => call("customers.reverse", { entry, reason }));

  print(customer: string): Promise<boolean> {
    return this.#do("print", async () => (this.printed = await call("customers.print_code", { customer })));
  }

  async #do(what: Doing, run: () => Promise<unknown>): Promise<boolean> {
    if (this.doing !== null) return false;
    this.doing = what;
    this.failure = null;
    try {
      await run();
      await this.read(this.#of);
      return true;
    } catch (thrown) {
      this.failure = asWireError(thrown);
      return false;
    } finally {
      this.doing = null;
    }
  }
}
