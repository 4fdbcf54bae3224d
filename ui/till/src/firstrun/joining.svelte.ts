// A till that is about to join: what was typed or read, and how far it has come. Nothing is said to a
// server before its certificate is known: by the QR code, or by words that somebody compared.
import { asWireError, call } from "@reda/shared/platform";
import type { InvitationView, WireError } from "@reda/shared/wire";
import type { AppState } from "../state/app.svelte";
import { CODE_LENGTH } from "./code";

/** How the text of an invitation begins. */
const INVITATION = /^\s*RJ1/i;

/** Typing, holding it to the camera, or comparing the words. */
export type Step = "type" | "scan" | "compare";

export class Joining {
  code = $state("");
  address = $state("");
  till = $state("");
  step = $state<Step>("type");
  /** The words that the other screen is to show, too. */
  words = $state.raw<string[]>([]);
  /** The server is being looked for. */
  looking = $state(false);
  /** Why it was not found, or what was pasted is no invitation. */
  failure = $state.raw<WireError | null>(null);
  /** Somebody said that the words differ. */
  differed = $state(false);

  /** Of the QR code that was read, and the address that it named. */
  #read = $state.raw<{ address: string; fingerprint: string } | null>(null);
  #seen: string | null = null;
  readonly #app: Pick<AppState, "joinShop" | "failure">;

  constructor(till: string, app: Pick<AppState, "joinShop" | "failure">) {
    this.till = till;
    this.#app = app;
  }

  get whole(): boolean {
    return this.code.length === CODE_LENGTH && this.address.trim() !== "" && this.till.trim() !== "";
  }

  /** The fingerprint of the QR code, unless another address was typed since. */
  get known(): string | null {
    return this.#read?.address === this.address.trim() ? this.#read.fingerprint : null;
  }

  /** Takes what the camera read. */
  take({ code, address, fingerprint }: InvitationView): void {
    this.code = code;
    this.address = address;
    this.#read = fingerprint === null ? null : { address, fingerprint };
    this.#back();
  }

  /** Takes a text that was pasted, if it is an invitation; says whether it looked like one. */
  async paste(text: string): Promise<boolean> {
    if (!INVITATION.test(text)) return false;
    try {
      this.take(await call("app.read_invitation", { text: text.trim().toUpperCase() }));
    } catch (thrown) {
      this.failure = asWireError(thrown);
    }
    return true;
  }

  /** Joins, or asks for the words to be compared first. */
  async go(): Promise<void> {
    if (!this.whole || this.looking) return;
    this.#back();
    const known = this.known;
    if (known !== null) return this.#joinBy(known);
    this.looking = true;
    try {
      const look = await call("app.look_at_shop", { address: this.address.trim() });
      this.#seen = look.fingerprint;
      this.words = look.words ?? [];
    } catch (thrown) {
      this.failure = asWireError(thrown);
      return;
    } finally {
      this.looking = false;
    }
    if (this.#seen === null) return this.#joinBy(null);
    this.step = "compare";
  }

  /** The words are the same on both screens. */
  async match(): Promise<void> {
    await this.#joinBy(this.#seen);
    this.step = "type";
  }

  /** They are not: nothing is said to whoever answered. */
  differ(): void {
    this.#back();
    this.differed = true;
  }

  /** One step back; false where there is none. */
  back(): boolean {
    if (this.step === "type") return false;
    this.#back();
    return true;
  }

  scan(): void {
    this.#back();
    this.step = "scan";
  }

  #back(): void {
    this.step = "type";
    this.failure = null;
    this.#app.failure = null;
    this.differed = false;
  }

  #joinBy(fingerprint: string | null): Promise<void> {
    return this.#app.joinShop({ address: this.address.trim(), code: this.code, fingerprint, till: this.till });
  }
}
