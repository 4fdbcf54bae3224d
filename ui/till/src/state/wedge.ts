// Scanners that type: a burst of keys, faster than fingers, that ends with Enter or Tab. It is a
// scan wherever the focus is, and nothing of it stays in the field that happened to have the focus.

/** Longer between two keys, and it was a person (DESIGN: scanner safety). */
export const BURST_MS = 35;
/** Fewer keys are no code. */
export const BURST_MIN = 6;
/** More are no code either, but a key that hangs. */
export const BURST_MAX = 512;
/** Two keys may come at once under fingers; from the third on, keys are held back. */
const PASSED = 2;

/** What becomes of a key: it goes on to the page, it is kept back, or it ended a scan. */
export type Fate =
  | { kind: "pass" }
  | { kind: "hold" }
  | { kind: "scan"; text: string; passed: number }
  /** A burst that was none: these keys were kept back and are owed to the field, before this one. */
  | { kind: "release"; text: string };

type Press = Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey">;

/** Watches keys one by one. Holds no timer: whoever feeds it says when the keys have stopped. */
export class Wedge {
  /** What each key of the burst typed; of some keyboards more than one UTF-16 unit. */
  #keys: string[] = [];
  #lastMs = -Infinity;
  /** The burst has become too long for a code; its other keys go on as they come. */
  #hangs = false;

  /** Takes a key at a time in milliseconds, on any clock that only goes forward. */
  press(press: Press, atMs: number): Fate {
    const isFast = atMs - this.#lastMs < BURST_MS;
    if (press.altKey || press.ctrlKey || press.metaKey) return this.#none();
    if (press.key === "Enter" || press.key === "Tab") return this.#end(isFast);
    // Shift, and the control characters that some codes carry, are no part of the text.
    if ([...press.key].length !== 1) return { kind: "pass" };
    const isTooLong = isFast && this.#keys.length >= BURST_MAX;
    const owed = isTooLong || !isFast ? this.#none() : undefined;
    if (isTooLong) this.#hangs = true;
    if (!this.#hangs) this.#keys.push(press.key);
    this.#lastMs = atMs;
    return owed ?? { kind: this.#keys.length > PASSED ? "hold" : "pass" };
  }

  /** The keys have stopped: what was kept back goes to the field after all. */
  stopped(): Fate {
    return this.#none();
  }

  #end(isFast: boolean): Fate {
    if (!isFast || this.#keys.length < BURST_MIN) return this.#none();
    const text = this.#keys.join("");
    this.#forget();
    return { kind: "scan", text, passed: PASSED };
  }

  #none(): Fate {
    const held = this.#keys.slice(PASSED).join("");
    this.#forget();
    return held === "" ? { kind: "pass" } : { kind: "release", text: held };
  }

  #forget(): void {
    this.#keys = [];
    this.#lastMs = -Infinity;
    this.#hangs = false;
  }
}
