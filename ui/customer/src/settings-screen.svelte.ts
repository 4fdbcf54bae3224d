// The one large screen that few look at first, so that the code need not wait for it. It is fetched
// when somebody goes there, and otherwise once the page has come to rest: before the line may be gone,
// or a newer version of the page may take its file away.
import type { Component } from "svelte";

const AT_REST_AFTER_MS = 3_000;

let component = $state.raw<Component | null>(null);
let failed = $state(false);

export const settingsScreen = {
  get component() { return component; },
  /** There was no line to fetch it by. */
  get failed() { return failed; },
  fetch,
};

export function fetchSettingsAtRest(): void {
  const later = () => setTimeout(() => void fetch(), AT_REST_AFTER_MS);
  if (document.readyState === "complete") later();
  else addEventListener("load", later, { once: true });
}

async function fetch(): Promise<void> {
  failed = false;
  try {
    component ??= (await import("./screens/Settings.svelte")).default;
  } catch {
    failed = true;
  }
}
