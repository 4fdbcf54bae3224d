// A till that is about to join: what was typed or read, and how far it has come. Nothing is said to a
// server before its certificate is known: by the QR code, or by words that somebody compared.
import { asWireError, call } from "@reda/shared/platform";
import type { InvitationView, WireError } from "@reda/shared/wire";
import type { AppState } from "../state/app.svelte";
import { Said } from "../state/said.svelte";
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
  /** Somebody said that the words differ. */
  differed = $state(false);

  /** Of the QR code that was read, and the address that it named. */
  #known = $state.raw<{ address: string; fingerprint: string } | null>(null);
  #failure = $state.raw<WireError | null>(null);
  /** What is wrong with an invitation that stands in the address's field. */
  readonly #said = new Said<WireError>(({ code }) => code);
  #seen: string | null = null;
  readonly #app: Pick<AppState, "joinShop" | "failure">;

  constructor(till: string, app: Pick<AppState, "joinShop" | "failure">) {
    this.till = till;
    this.#app = app;
  }

  get whole(): boolean {
    return this.code.length === CODE_LENGTH && this.address.trim() !== "" && this.till.trim() !== "";
  }

  /** Why it was not found, or what was given is no invitation. */
  get failure(): WireError | null {
    return this.#failure ?? this.#said.wrong[0] ?? null;
  }

  /** The fingerprint of the QR code, unless another address was typed since. */
  get known(): string | null {
    return this.#known?.address === this.address.trim() ? this.#known.fingerprint : null;
  }

  /** Takes what the camera read. */
  take({ code, address, fingerprint }: InvitationView): void {
    this.code = code;
    this.address = address;
    this.#known = fingerprint === null ? null : { address, fingerprint };
    this.#back();
  }

  /** Takes a text that was pasted, if it is an invitation; says whether it looked like one. */
  async paste(text: string): Promise<boolean> {
    if (!INVITATION.test(text)) return false;
    this.#failure = await this.#read(text);
    return true;
  }

  /** Takes each change of the address: an invitation may stand there, too. */
  async typeAddress(): Promise<void> {
    const text = this.address;
    this.#said.typed();
    const wrong = INVITATION.test(text) ? await this.#read(text) : null;
    if (wrong === null || text === this.address) this.#said.found(wrong ? [wrong] : []);
  }

  /** Nobody is typing the address any more. */
  typingEnds = (): void => void this.#said.pause();

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
      this.#failure = asWireError(thrown);
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
    this.#failure = null;
    this.#app.failure = null;
    this.differed = false;
  }

  /** Takes an invitation's text; gives what is wrong with it. */
  async #read(text: string): Promise<WireError | null> {
    try {
      this.take(await call("app.read_invitation", { text: text.trim().toUpperCase() }));
      return null;
    } catch (thrown) {
      return asWireError(thrown);
    }
  }

  #joinBy(fingerprint: string | null): Promise<void> {
    return this.#app.joinShop({ address: this.address.trim(), code: this.code, fingerprint, till: this.till });
  }
}
