// Scanners that type: a burst of keys, faster than fingers, that ends with Enter or Tab. It is a
// scan wherever the focus is, and nothing of it stays in the field that happened to have the focus.

/** Longer between two keys, and it was a person (DESIGN: scanner safety). */
export const BURST_MS = 35;
/** Shorter is no code. */
export const BURST_MIN = 6;
/** Longer is no code either, but a key that hangs. */
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
  #text = "";
  #lastMs = -Infinity;

  /** Takes a key at a time in milliseconds, on any clock that only goes forward. */
  press(press: Press, atMs: number): Fate {
    const isFast = atMs - this.#lastMs < BURST_MS;
    if (press.altKey || press.ctrlKey || press.metaKey) return this.#none();
    if (press.key === "Enter" || press.key === "Tab") return this.#end(isFast);
    // Shift, and the control characters that some codes carry, are no part of the text.
    if ([...press.key].length !== 1) return { kind: "pass" };
    if (!isFast || this.#text.length >= BURST_MAX) {
      const owed = this.#none();
      this.#begin(press.key, atMs);
      return owed;
    }
    this.#begin(this.#text + press.key, atMs);
    return { kind: this.#text.length > PASSED ? "hold" : "pass" };
  }

  /** The keys have stopped: what was kept back goes to the field after all. */
  stopped(): Fate {
    return this.#none();
  }

  #end(isFast: boolean): Fate {
    const text = this.#text;
    if (isFast && text.length >= BURST_MIN) {
      this.#forget();
      return { kind: "scan", text, passed: PASSED };
    }
    return this.#none();
  }

  #none(): Fate {
    const held = this.#text.slice(PASSED);
    this.#forget();
    return held === "" ? { kind: "pass" } : { kind: "release", text: held };
  }

  #begin(text: string, atMs: number): void {
    this.#text = text;
    this.#lastMs = atMs;
  }

  #forget(): void {
    this.#begin("", -Infinity);
  }
}
