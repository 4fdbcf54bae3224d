// A card's history: read when shown, and again whenever the card changes.
import type { EntryLine } from "@reda/shared/wire";
import { call } from "./account.svelte";
import { sentence, type Page } from "./api";

export class Entries {
  items = $state.raw<EntryLine[] | null>(null);
  next = $state<string | null>(null);
  reading = $state(false);
  error = $state<string | null>(null);
  #card: string;
  #latest = 0;

  constructor(card: string) {
    this.#card = card;
  }

  /** Reads the newest entries; older ones that are shown stay. */
  async reread(): Promise<void> {
    await this.#read("", (page) => {
      const fresh = new Set(page.items.map((entry) => entry.id));
      const shown = this.items ?? [];
      const joined = shown.some((entry) => fresh.has(entry.id));
      if (joined) {
        this.items = [...page.items, ...shown.filter((entry) => !fresh.has(entry.id))];
      } else {
        this.items = page.items;
        this.next = page.next ?? null;
      }
    });
  }

  async more(): Promise<void> {
    if (!this.next || this.reading) return;
    await this.#read(`?after=${encodeURIComponent(this.next)}`, (page) => {
      const shown = new Set(this.items?.map((entry) => entry.id));
      this.items = [...(this.items ?? []), ...page.items.filter((entry) => !shown.has(entry.id))];
      this.next = page.next ?? null;
    });
  }

  async #read(query: string, take: (page: Page<EntryLine>) => void): Promise<void> {
    const mine = ++this.#latest;
    this.reading = true;
    try {
      const page = await call<Page<EntryLine>>("GET", `/api/me/cards/${this.#card}/entries${query}`);
      // A later reading knows more.
      if (mine !== this.#latest) return;
      take(page);
      this.error = null;
    } catch (error) {
      if (mine === this.#latest) this.error = sentence(error);
    } finally {
      if (mine === this.#latest) this.reading = false;
    }
  }
}
