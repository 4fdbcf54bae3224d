// A list that managers keep, read from the server, and the calls that change it.
import { live, type Changes, type Live } from "@reda/shared/live.svelte";
import { asWireError } from "@reda/shared/platform";
import type { WireError } from "@reda/shared/wire";
import { SvelteSet } from "svelte/reactivity";

export class Managed<T> {
  /** Why the last change failed. */
  failure = $state.raw<WireError | null>(null);
  /** What is being changed. */
  readonly busy = new SvelteSet<string>();
  readonly #live: Live<T>;

  constructor(read: () => Promise<T>, changed: Changes) {
    this.#live = live(read, changed);
  }

  get value(): T | undefined {
    return this.#live.value;
  }

  /** Why it could not be read; what was read before stays. */
  get error(): WireError | null {
    return this.#live.error ? asWireError(this.#live.error) : null;
  }

  again = () => this.#live.again();

  /** Runs one change of `what`, and reads again. Says whether it worked. */
  async act(what: string, run: () => Promise<unknown>): Promise<boolean> {
    if (this.busy.has(what)) return false;
    this.busy.add(what);
    this.failure = null;
    try {
      await run();
      return true;
    } catch (thrown) {
      this.failure = asWireError(thrown);
      return false;
    } finally {
      this.busy.delete(what);
      await this.#live.again();
    }
  }

  stop(): void {
    this.#live.stop();
  }
}
