// What this till remembers of its own, and what is changed of it.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import type { TillSettings, WireError } from "@reda/shared/wire";

export class Own {
  failure = $state.raw<WireError | null>(null);
  readonly #live: Live<TillSettings>;

  constructor() {
    this.#live = live(() => call("app.settings"), changes("settings"));
  }

  get settings(): TillSettings | undefined {
    return this.#live.value;
  }

  async change(change: Partial<TillSettings>): Promise<void> {
    if (this.settings === undefined) return;
    this.failure = null;
    try {
      await call("app.set_settings", { ...this.settings, ...change });
    } catch (thrown) {
      this.failure = asWireError(thrown);
    }
    await this.#live.again();
  }

  stop(): void {
    this.#live.stop();
  }
}
