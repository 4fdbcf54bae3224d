// The application around the screens, and the few things that can be set there.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import { looksDark } from "@reda/shared/theme.svelte";
import type { AppView, Language, WireError } from "@reda/shared/wire";

export class AppState {
  /** The demo shop was asked for and has not answered yet. */
  starting = $state(false);
  /** Why the last call failed. */
  failure = $state.raw<WireError | null>(null);

  readonly #live: Live<AppView> = live(() => call("app.view"), changes("app"));

  get view(): AppView | undefined {
    return this.#live.value;
  }

  /** Why the application's state could not be read at all. */
  get unreadable(): WireError | null {
    return this.view === undefined && this.#live.error ? asWireError(this.#live.error) : null;
  }

  get online(): boolean {
    return this.view?.connection.status === "online";
  }

  again = () => this.#live.again();

  async tryDemo(): Promise<void> {
    if (this.starting) return;
    this.starting = true;
    await this.#act(() => call("app.try_demo"));
    this.starting = false;
  }

  setLanguage(language: Language): Promise<void> {
    return this.#act(() => call("app.set_language", { language }));
  }

  toggleTheme(): Promise<void> {
    return this.#act(() => call("app.set_theme", { theme: looksDark() ? "light" : "dark" }));
  }

  stop(): void {
    this.#live.stop();
  }

  async #act(run: () => Promise<AppView>): Promise<void> {
    this.failure = null;
    try {
      await run();
    } catch (thrown) {
      this.failure = asWireError(thrown);
    }
    await this.#live.again();
  }
}
