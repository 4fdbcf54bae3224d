// A form as it is typed, and what the core makes of it: it finds what is wrong, field by field. What is
// wrong is said once somebody was at the field and has paused, or wanted to save.
import { asWireError } from "@reda/shared/platform";
import type { WireError, Wrong } from "@reda/shared/wire";
import { Said } from "../state/said.svelte";

interface Check {
  wrong: Wrong[];
  sound: unknown;
}

export class Draft<Form extends object, C extends Check> {
  form: Form;
  check = $state.raw<C | null>(null);
  /** The last that was sound: what the preview shows while something is wrong. */
  sound = $state.raw<C["sound"] | null>(null);
  /** Why the core could not look at it. */
  failure = $state.raw<WireError | null>(null);
  readonly #ask: (form: Form) => Promise<C>;
  readonly #said = new Said<Wrong>(({ field, why }) => `${field} ${why.why}`);
  readonly #touched = new Set<string>();
  #tried = false;
  #turn = 0;

  constructor(form: Form, ask: (form: Form) => Promise<C>) {
    this.form = $state(structuredClone(form));
    this.#ask = ask;
    void this.look();
  }

  /** What was typed into a field is looked at. */
  touch = (field: string): void => {
    this.#touched.add(field);
    this.#said.typed();
    void this.look();
  };

  /** Has the core look; an answer that a newer change overtook is dropped. */
  async look(): Promise<C | null> {
    const turn = ++this.#turn;
    try {
      const check = await this.#ask($state.snapshot(this.form) as Form);
      if (turn !== this.#turn) return null;
      this.check = check;
      this.#said.found(check.wrong.filter(({ field }) => this.#tried || this.#touched.has(field)));
      this.sound = check.sound ?? this.sound;
      this.failure = null;
      return check;
    } catch (thrown) {
      this.failure = asWireError(thrown);
      return null;
    }
  }

  /** Nobody is typing any more. */
  typingEnds = (): void => void this.#said.pause();

  /** Whether it can be saved; from now on everything that is wrong is said. Names the first field. */
  async ready(): Promise<{ ok: boolean; first: string | null }> {
    this.#tried = true;
    this.typingEnds();
    const check = await this.look();
    return { ok: check !== null && check.wrong.length === 0, first: check?.wrong[0]?.field ?? null };
  }

  /** What is wrong with a field, where it is to be said. */
  wrong = (field: string): Wrong | null => this.#said.wrong.find((wrong) => wrong.field === field) ?? null;
}
