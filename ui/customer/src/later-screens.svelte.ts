// The large screens that few look at first, so that the code need not wait for them. One is fetched
// when somebody goes there, and otherwise once the page has come to rest: before the line may be gone,
// or a newer version of the page may take its file away.
import type { Component } from "svelte";

const AT_REST_AFTER_MS = 3_000;

class LaterScreen<Props extends Record<string, unknown>> {
  component = $state.raw<Component<Props> | null>(null);
  /** There was no line to fetch it by. */
  failed = $state(false);
  readonly #load: () => Promise<{ default: Component<Props> }>;

  constructor(load: () => Promise<{ default: Component<Props> }>) {
    this.#load = load;
  }

  async fetch(): Promise<void> {
    this.failed = false;
    try {
      this.component ??= (await this.#load()).default;
    } catch {
      this.failed = true;
    }
  }
}

export const settingsScreen = new LaterScreen<Record<string, never>>(() => import("./screens/Settings.svelte"));
export const cardScreen = new LaterScreen<{ id: string }>(() => import("./screens/Card.svelte"));

export function fetchScreensAtRest(): void {
  const fetch = () => void Promise.all([cardScreen.fetch(), settingsScreen.fetch()]);
  const later = () => setTimeout(fetch, AT_REST_AFTER_MS);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}
