// The application around the screens, and the few things that can be set there.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import { looksDark } from "@reda/shared/theme.svelte";
import type { AppView, JoinShop, Language, StartShop, Theme, WireError } from "@reda/shared/wire";

export class AppState {
  /** The demo shop was asked for and has not answered yet. */
  starting = $state(false);
  /** A shop is being made or joined. */
  settingUp = $state(false);
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

  startShop = (asked: StartShop) => this.#setUp(() => call("app.start_shop", asked));
  joinShop = (asked: JoinShop) => this.#setUp(() => call("app.join_shop", asked));
  leave = () => this.#act(() => call("app.leave"));

  setLanguage(language: Language): Promise<void> {
    return this.#act(() => call("app.set_language", { language }));
  }

  toggleTheme(): Promise<void> {
    return this.#act(() => call("app.set_theme", { theme: looksDark() ? "light" : "dark" }));
  }

  setTheme(theme: Theme): Promise<void> {
    return this.#act(() => call("app.set_theme", { theme }));
  }

  stop(): void {
    this.#live.stop();
  }

  async #setUp(run: () => Promise<AppView>): Promise<void> {
    if (this.settingUp) return;
    this.settingUp = true;
    await this.#act(run);
    this.settingUp = false;
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
