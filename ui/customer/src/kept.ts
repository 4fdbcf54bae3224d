// What this browser keeps between visits, by name. A browser that refuses (a private window, a
// full disk) keeps nothing, and the page works on.

export type KeptName = "session" | "language" | "theme" | "clock-offset" | "code-sent" | `last.${string}` | `offers.${string}`;

export function keep(name: KeptName, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(`reda.${name}`);
    else localStorage.setItem(`reda.${name}`, text);
  } catch {
    // Kept nowhere.
  }
}

export function kept(name: KeptName): string | null {
  try {
    return localStorage.getItem(`reda.${name}`);
  } catch {
    return null;
  }
}

/** Calls back when another tab changed what is kept under the name. */
export function whenKeptElsewhere(name: KeptName, changed: () => void): void {
  window.addEventListener("storage", (event) => {
    if (event.key === `reda.${name}` || event.key === null) changed();
  });
}
