// A field of which the core makes something while it is typed.
import { asWireError } from "@reda/shared/platform";
import type { WireError } from "@reda/shared/wire";
import { Said } from "./said.svelte";

export class Typed<View extends { error: WireError | null }> {
  /** As typed. */
  text = $state("");
  /** What the core makes of it. */
  view: View;
  readonly #nothing: View;
  readonly #ask: (text: string) => Promise<View>;
  readonly #said = new Said<WireError>(({ code }) => code);
  #turn = 0;

  constructor(nothing: View, ask: (text: string) => Promise<View>) {
    this.view = $state.raw(nothing);
    this.#nothing = nothing;
    this.#ask = ask;
  }

  /** What is wrong, where it is to be said: not while somebody is typing. */
  get wrong(): WireError | null {
    return this.#said.wrong[0] ?? null;
  }

  /** Takes each change; an answer that a newer change overtook is dropped. */
  async type(text: string): Promise<void> {
    this.text = text;
    this.#said.typed();
    const turn = ++this.#turn;
    const view = await this.#ask(text).catch((thrown): View => ({ ...this.#nothing, error: asWireError(thrown) }));
    if (turn !== this.#turn) return;
    this.view = view;
    this.#said.found(view.error ? [view.error] : []);
  }

  /** Nobody is typing any more. Gives what is wrong, unless the core has yet to look. */
  ends = (): WireError | null => this.#said.pause()[0] ?? null;
}
