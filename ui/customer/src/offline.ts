// What the page keeps to open without a connection, decided apart from the worker that does it.
// Nothing that the API answers is ever kept there: what is shown without a connection is what the
// page itself wrote down, with its age.

/** `shell`: from what is kept. `once`: kept when it first comes. `network`: none of the worker's business. */
export type Plan = "shell" | "once" | "network";

export interface Asked {
  method: string;
  url: string;
}

/** Built files have their hash in their names, so that one never becomes another. */
const BUILT = "/assets/";

export function planFor(asked: Asked, origin: string, shell: readonly string[]): Plan {
  const url = new URL(asked.url);
  if (asked.method !== "GET" || url.origin !== origin) return "network";
  if (shell.includes(url.pathname)) return "shell";
  return url.pathname.startsWith(BUILT) ? "once" : "network";
}

/** The worker's caches begin with this; a version follows. */
const CACHE = "reda-page-";

export function cacheName(version: string): string {
  return CACHE + version;
}

/** Caches of earlier versions; others are not ours. */
export function outdated(names: readonly string[], version: string): string[] {
  return names.filter((name) => name.startsWith(CACHE) && name !== cacheName(version));
}
