// The language on screen and the sentences in it. Each app brings its own table; a key missing
// in Swahili does not compile, because the Swahili table has the English table's type.
import type { Language } from "./wire";

let current = $state<Language>("en");

export function language(): Language {
  return current;
}

export function setLanguage(next: Language): void {
  current = next;
  document.documentElement.lang = next;
}

type Facts = Record<string, string | number>;
type Texts<T> = { readonly [K in keyof T]: string };

/** A sentence by its key; `{name}` in it becomes the fact of that name. */
export function sentences<T extends Texts<T>>(tables: { en: T; sw: Texts<T> }) {
  return (key: keyof T & string, facts: Facts = {}): string =>
    tables[current][key].replace(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}
