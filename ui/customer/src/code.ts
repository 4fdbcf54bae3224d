// What a customer's key signs: the text of the rotating code and the answer to a request.
// The formats are the server's (crates/domain: code.rs and request.rs).
import { base32 } from "./base32";
import { base64, fromHex, join } from "./bytes";
import type { RequestAnswer, RequestBody } from "@reda/shared/wire";

/** How long one rotating code lives. */
export const STEP_MS = 30_000;

const ROTATING = 0x01;
const utf8 = new TextEncoder();
const ecdsa = { name: "ECDSA", hash: "SHA-256" };

/** Signs bytes; gives r‖s, 64 bytes. */
export type Sign = (message: Uint8Array<ArrayBuffer>) => Promise<Uint8Array>;

export function signer(key: CryptoKey): Sign {
  return async (message) => new Uint8Array(await crypto.subtle.sign(ecdsa, key, message));
}

/** The step that a moment of server time falls in. */
export function stepAt(serverMs: number): number {
  return Math.floor(serverMs / STEP_MS);
}

/** The bytes of a rotating code before its signature. */
export function codeHead(codeId: string, step: number): Uint8Array<ArrayBuffer> {
  const stepBytes = new Uint8Array(4);
  new DataView(stepBytes.buffer).setUint32(0, step);
  return join(Uint8Array.of(ROTATING), fromHex(codeId), stepBytes);
}

/** What the signature of a rotating code is over. */
export function codeMessage(head: Uint8Array): Uint8Array<ArrayBuffer> {
  return join(utf8.encode("reda code v1\0"), head);
}

/** The text of the QR code for a step. */
export async function codeText(codeId: string, step: number, sign: Sign): Promise<string> {
  const head = codeHead(codeId, step);
  return `R1${base32(join(head, await sign(codeMessage(head))))}`;
}

/** What a signed answer names. Points are 0 for an enrolment. */
type Answered = Pick<RequestBody, "id" | "business" | "points" | "expires_at">;

/** What the signature of an answer is over. */
export function answerText({ id, business, points, expires_at }: Answered, answer: RequestAnswer): string {
  return `reda answer v1\n${id}\n${business}\n${answer}\n${points}\n${Date.parse(expires_at)}`;
}

/** r‖s over the answer, in base64. */
export async function signedAnswer(request: Answered, answer: RequestAnswer, sign: Sign): Promise<string> {
  return base64(await sign(utf8.encode(answerText(request, answer))));
}
