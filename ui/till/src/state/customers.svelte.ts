// The list of customers as the window holds it: what is looked for, what was found, who is chosen.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import type {
  CustomersQuery,
  CustomersView,
  CustomerSort,
  CustomerView,
  Seen,
  WireError,
} from "@reda/shared/wire";

/** Rows that are read at a time. */
export const PAGE = 100;
/** The core reads no more than this at once. */
const PAGE_MAX = 200;

export class Customers {
  /** The search as typed. */
  text = $state("");
  program = $state<string | null>(null);
  seen = $state<Seen>("ever");
  sort = $state<CustomerSort>("last_visit");
  /** Whose panel is open. */
  chosen = $state<string | null>(null);

  readonly #list: Live<CustomersView>;
  readonly #one: Live<CustomerView | null>;
  #rows = PAGE;

  constructor() {
    this.#list = live(() => this.#read(), changes("customers"));
    this.#one = live(() => this.#readChosen(), changes("customers"));
  }

  get view(): CustomersView | undefined {
    return this.#list.value;
  }

  /** Why the list could not be read; the one before it stays. */
  get error(): WireError | null {
    return this.#list.error ? asWireError(this.#list.error) : null;
  }

  /** The chosen customer; missing while they are read. */
  get customer(): CustomerView | null {
    return this.#one.value ?? null;
  }

  /** Nothing is looked for: what is empty is the shop. */
  get isWhole(): boolean {
    return this.text.trim() === "" && this.program === null && this.seen === "ever";
  }

  /** Takes each change of what is looked for; the list starts at its top again. */
  look(change: Partial<Pick<Customers, "text" | "program" | "seen" | "sort">>): Promise<void> {
    Object.assign(this, change);
    this.#rows = PAGE;
    return this.#list.again();
  }

  showAll = () => this.look({ text: "", program: null, seen: "ever" });
  again = () => this.#list.again();

  more(): Promise<void> {
    this.#rows += PAGE;
    return this.#list.again();
  }

  choose(customer: string | null): Promise<void> {
    this.chosen = customer;
    return this.#one.again();
  }

  /** The one that is `step` rows from the chosen one, as far as rows go. */
  neighbour(step: number): string | null {
    const page = this.view?.page ?? [];
    const at = page.findIndex((line) => line.person.id === this.chosen);
    const next = page[Math.min(page.length - 1, Math.max(0, at + step))];
    return next?.person.id ?? null;
  }

  stop(): void {
    this.#list.stop();
    this.#one.stop();
  }

  async #read(): Promise<CustomersView> {
    const first = await call("customers.view", this.#query(0));
    const page = [...first.page];
    while (page.length < Math.min(this.#rows, first.count)) {
      const next = await call("customers.view", this.#query(page.length));
      if (next.page.length === 0) break;
      page.push(...next.page);
    }
    return { ...first, page };
  }

  #query(offset: number): CustomersQuery {
    const { text, program, seen, sort } = this;
    return { text, program, seen, sort, offset, limit: Math.min(PAGE_MAX, this.#rows - offset) };
  }

  async #readChosen(): Promise<CustomerView | null> {
    return this.chosen === null ? null : call("customers.one", { customer: this.chosen });
  }
}
