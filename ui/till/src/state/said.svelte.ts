// What is wrong with a field that somebody types into. On its way to "1,700" an amount passes "1" and
// "1,7", so what is wrong is said once the typing pauses, or ends by Enter or by leaving the field.
// What was said is unsaid as soon as it no longer holds.

/** So long after the last key the typing has paused. */
export const PAUSE_MS = 900;

export class Said<W> {
  /** What is said. */
  wrong = $state.raw<W[]>([]);
  readonly #keyOf: (wrong: W) => string;
  /** What is wrong with what stands there; nothing while nobody has looked at it yet. */
  #found: W[] | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `keyOf` tells by what two are the same fault. */
  constructor(keyOf: (wrong: W) => string) {
    this.#keyOf = keyOf;
  }

  /** Something was typed. */
  typed(): void {
    this.#found = null;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.pause, PAUSE_MS);
  }

  /** Takes what is wrong with what stands there now. */
  found(wrong: W[]): void {
    this.#found = wrong;
    if (this.#timer === undefined) {
      this.wrong = wrong;
      return;
    }
    const still = new Set(wrong.map(this.#keyOf));
    this.wrong = this.wrong.filter((one) => still.has(this.#keyOf(one)));
  }

  /** The typing has paused, or ended. Gives what is wrong, as far as it is known. */
  pause = (): W[] => {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#found !== null) this.wrong = this.#found;
    return this.#found ?? [];
  };
}
