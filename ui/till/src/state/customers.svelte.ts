// The list of customers as the window holds it: what is looked for, what was found, who is chosen.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import type {
  CustomerFilter,
  CustomersQuery,
  CustomersView,
  CustomerSort,
  CustomerView,
  WireError,
} from "@reda/shared/wire";

/** Looked for where nothing else is said. */
export const everybody: CustomerFilter = { text: "", program: null, tier: null, seen: "ever", waiting: false };
/** Rows that are read at a time. */
export const PAGE = 100;
/** The core reads no more than this at once. */
const PAGE_MAX = 200;

export class Customers {
  filter = $state.raw(everybody);
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
    const { text, program, tier, seen, waiting } = this.filter;
    return text.trim() === "" && program === null && tier === null && seen === "ever" && !waiting;
  }

  /** The tiers to choose from: those of the chosen programme, or of all, each name once. */
  get tiers(): string[] {
    return this.#tiersOf(this.filter.program);
  }

  /** Takes each change of what is looked for; the list starts at its top again. */
  look(change: Partial<CustomerFilter>): Promise<void> {
    const filter = { ...this.filter, ...change };
    // Another programme has other tiers.
    if (filter.tier !== null && !this.#tiersOf(filter.program).includes(filter.tier)) filter.tier = null;
    this.filter = filter;
    return this.#fromTheTop();
  }

  sortBy(sort: CustomerSort): Promise<void> {
    this.sort = sort;
    return this.#fromTheTop();
  }

  showAll = () => this.look(everybody);
  again = () => this.#list.again();

  more(): Promise<void> {
    this.#rows += PAGE;
    return this.#list.again();
  }

  choose(customer: string | null): Promise<void> {
    this.chosen = customer;
    return this.#one.again();
  }

  /** The one that is `step` rows from the chosen one, as far as rows go that can be opened. */
  neighbour(step: number): string | null {
    const page = (this.view?.page ?? []).filter((line) => !line.waiting);
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
    const { filter, sort } = this;
    return { filter, sort, offset, limit: Math.min(PAGE_MAX, this.#rows - offset) };
  }

  #fromTheTop(): Promise<void> {
    this.#rows = PAGE;
    return this.#list.again();
  }

  #tiersOf(program: string | null): string[] {
    const programs = this.view?.programs.filter(({ id }) => program === null || id === program) ?? [];
    return [...new Set(programs.flatMap(({ tiers }) => tiers.map(({ name }) => name)))];
  }

  async #readChosen(): Promise<CustomerView | null> {
    return this.chosen === null ? null : call("customers.one", { customer: this.chosen });
  }
}
