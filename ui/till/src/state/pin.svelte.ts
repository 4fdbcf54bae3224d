// The PIN screen: who is chosen, what they typed, and how long they wait after wrong tries.
import { live, type Live } from "@reda/shared/live.svelte";
import { asWireError, call, changes } from "@reda/shared/platform";
import type { WhoLine, WhoView, WireError } from "@reda/shared/wire";

export const PIN_MIN = 4;
export const PIN_MAX = 6;

export class Pin {
  chosen = $state<string | null>(null);
  /** The digits; never shown. */
  digits = $state("");
  failure = $state.raw<WireError | null>(null);
  /** The server takes no PIN of this person until then, by this computer's clock. */
  waitUntilMs = $state(0);
  checking = $state(false);

  readonly #live: Live<WhoView>;

  constructor() {
    this.#live = live(() => call("staff.who"), changes("shop", "app"));
  }

  /** Missing until the till has met its shop. */
  get staff(): WhoLine[] | undefined {
    return this.#live.value?.staff;
  }

  get error(): WireError | null {
    return this.#live.error ? asWireError(this.#live.error) : null;
  }

  /** Whoever is chosen; else the only one who has a PIN. */
  get person(): WhoLine | undefined {
    const able = this.staff?.filter((it) => it.has_pin) ?? [];
    return able.find((it) => it.id === this.chosen) ?? (able.length === 1 ? able[0] : undefined);
  }

  choose(id: string): void {
    if (id === this.person?.id) return;
    this.chosen = id;
    this.digits = "";
    this.failure = null;
    this.waitUntilMs = 0;
  }

  press(digit: string): void {
    if (this.person === undefined || this.checking || this.digits.length === PIN_MAX) return;
    if (Date.now() < this.waitUntilMs) return;
    this.failure = null;
    this.digits += digit;
  }

  back = () => void (this.digits = this.digits.slice(0, -1));
  clear = () => void (this.digits = "");

  async enter(): Promise<void> {
    const person = this.person;
    if (person === undefined || this.checking || this.digits.length < PIN_MIN) return;
    this.checking = true;
    this.failure = null;
    try {
      await call("staff.switch_on", { staff: person.id, pin: this.digits });
    } catch (thrown) {
      this.failure = asWireError(thrown);
      const wait = this.failure.details as { retry_after?: number } | undefined;
      if (this.failure.code === "rate_limited" && wait?.retry_after) {
        this.waitUntilMs = Date.now() + wait.retry_after * 1000;
      }
    } finally {
      this.digits = "";
      this.checking = false;
    }
  }

  stop(): void {
    this.#live.stop();
  }
}
