// The enrol screen as the window holds it: what is typed, who was asked, which members it finds.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import type { CustomerLine, EnrolView, WireError } from "@reda/shared/wire";
import { SvelteSet } from "svelte/reactivity";
import { everybody } from "./customers.svelte";

/** Members that are named beneath the field. */
const FOUND_MAX = 4;

export class Enrol {
  /** The phone number, e-mail address or name as typed. */
  text = $state("");
  /** The programme that was chosen; else the first that runs. */
  chosen = $state<string | null>(null);
  /** Members that what is typed may mean: they need not be asked. */
  members = $state.raw<CustomerLine[]>([]);
  /** Why the last call failed. */
  failure = $state.raw<WireError | null>(null);
  /** Whom the last request went to, as typed. */
  sentTo = $state<string | null>(null);
  /** Who was written down last: the name, or else the address as typed. */
  written = $state<string | null>(null);
  asking = $state(false);
  /** Requests that are being sent again or taken back. */
  readonly busy = new SvelteSet<string>();

  readonly #live: Live<EnrolView>;
  #turn = 0;

  constructor() {
    this.#live = live(() => call("enrol.view"), changes("customers", "app"));
  }

  get view(): EnrolView | undefined {
    return this.#live.value;
  }

  /** Why the screen could not be read; the view before it stays. */
  get error(): WireError | null {
    return this.#live.error ? asWireError(this.#live.error) : null;
  }

  get program(): string | null {
    const programs = this.view?.programs ?? [];
    return (programs.find((it) => it.id === this.chosen) ?? programs[0])?.id ?? null;
  }

  again = () => this.#live.again();

  /** Takes each change of the field; an answer that a newer change overtook is dropped. */
  async type(text: string): Promise<void> {
    this.text = text;
    this.failure = null;
    this.sentTo = null;
    this.written = null;
    const turn = ++this.#turn;
    if (text.trim() === "") {
      this.members = [];
      return;
    }
    const query = { filter: { ...everybody, text }, sort: "name", offset: 0, limit: FOUND_MAX } as const;
    const found = await call("customers.view", query).catch(() => null);
    if (turn === this.#turn) this.members = found?.page ?? [];
  }

  async ask(): Promise<void> {
    const text = this.text.trim();
    const program = this.program;
    if (text === "" || program === null || this.asking) return;
    this.asking = true;
    this.failure = null;
    try {
      await call("enrol.ask", { text, program });
      await this.type("");
      this.sentTo = text;
    } catch (thrown) {
      this.failure = asWireError(thrown);
    } finally {
      this.asking = false;
    }
  }

  sendAgain = (request: string) => this.#act(request, () => call("enrol.send_again", { request }));
  cancel = (request: string) => this.#act(request, () => call("enrol.cancel", { request }));

  stop(): void {
    this.#live.stop();
  }

  async #act(request: string, run: () => Promise<unknown>): Promise<void> {
    if (this.busy.has(request)) return;
    this.busy.add(request);
    this.failure = null;
    try {
      await run();
    } catch (thrown) {
      this.failure = asWireError(thrown);
    } finally {
      this.busy.delete(request);
    }
  }
}
