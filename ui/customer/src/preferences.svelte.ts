// What the person wants to be told, and how: read when shown, changed switch by switch. A switch
// moves at once, and back if the server does not take it.
import type { PreferencesAnswer, PreferencesBody, UpdatePreferences } from "@reda/shared/wire";
import { call } from "./account.svelte";
import { sentence } from "./api";

export class Preferences {
  body = $state.raw<PreferencesBody | null>(null);
  error = $state<string | null>(null);
  /** Only the answer to the last change says how things stand. */
  #latest = 0;

  async read(): Promise<void> {
    await this.#ask("GET");
  }

  async change(change: UpdatePreferences): Promise<void> {
    const before = this.body;
    if (before) this.body = { ...before, ...(change as Partial<PreferencesBody>) };
    if (!(await this.#ask("PATCH", change))) this.body = before;
  }

  async #ask(method: string, body?: UpdatePreferences): Promise<boolean> {
    const mine = ++this.#latest;
    try {
      const answer = await call<PreferencesAnswer>(method, "/api/notifications/preferences", { body });
      if (mine === this.#latest) {
        this.body = answer.preferences;
        this.error = null;
      }
      return true;
    } catch (failure) {
      if (mine !== this.#latest) return true;
      // What was read before stays; without a line there is nothing to complain about.
      if (method === "PATCH") this.error = sentence(failure);
      return false;
    }
  }
}
