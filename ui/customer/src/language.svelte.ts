// The page's language: an address with ?lang=, what was chosen here, the account's, the browser's.
import { setLanguage } from "@reda/shared/i18n.svelte";
import type { Language } from "@reda/shared/wire";
import { account, call } from "./account.svelte";
import { ApiError } from "./api";
import { feed } from "./feed.svelte";
import { keep, kept } from "./kept";

const known = (text: string | null | undefined): Language | null => (text === "en" || text === "sw" ? text : null);
const asked = known(new URLSearchParams(location.search).get("lang"));

/** Chosen during this visit, and not yet confirmed by the account. */
let chosen = $state<Language | null>(null);

export function startLanguage(): void {
  const browser = navigator.languages.map((tag) => known(tag.slice(0, 2))).find(Boolean);
  setLanguage(asked ?? known(kept("language")) ?? browser ?? "en");
}

export function chooseLanguage(next: Language): void {
  chosen = next;
  setLanguage(next);
  keep("language", next);
}

/** Page and account have the same language: a choice here is told to the account, also later when
 *  there is a connection again; a choice on another device is followed. Called from an effect's scope. */
export function keepLanguage(): void {
  $effect(() => {
    const theirs = account.userId && feed.synced ? feed.user?.language : undefined;
    if (!theirs) return;
    if (chosen === theirs) {
      chosen = null;
    } else if (chosen) {
      if (feed.status === "online") void tell(chosen);
    } else if (!asked) {
      setLanguage(theirs);
      keep("language", theirs);
    }
  });
}

async function tell(language: Language): Promise<void> {
  try {
    await call("PATCH", "/api/me", { body: { language } });
  } catch (error) {
    if (!(error instanceof ApiError && error.offline)) chosen = null;
  }
}
