// The server's HTTP calls: headers, the error envelope, and one more try after a 401.
import { language } from "@reda/shared/i18n.svelte";
import type { ErrorBody, WireError } from "@reda/shared/wire";
import { t } from "./text";

/** An answer that is an error, or no answer: then the code is `offline` and the status 0. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly error: WireError,
  ) {
    super(error.message);
  }
  get code(): string {
    return this.error.code;
  }
  get offline(): boolean {
    return this.status === 0;
  }
}

export interface Call {
  body?: unknown;
  token?: string;
  /** Becomes the operation's id, so that a repeat changes nothing. */
  idempotencyKey?: string;
}

/** A part of a list; `next` is passed on as `after`. */
export interface Page<T> {
  items: T[];
  next?: string;
}

/** Without an answer for this long there is no connection. */
const TIMEOUT_MS = 15_000;

let heardDate: (serverMs: number) => void = () => undefined;

/** Who wants to know the time that answers carry. */
export function onServerDate(listener: (serverMs: number) => void): void {
  heardDate = listener;
}

/** One call; throws `ApiError`. */
export async function send<T>(method: string, path: string, call: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json", "Accept-Language": language() };
  if (call.body !== undefined) headers["Content-Type"] = "application/json";
  if (call.token) headers.Authorization = `Bearer ${call.token}`;
  if (call.idempotencyKey) headers["Idempotency-Key"] = call.idempotencyKey;
  let response: Response;
  let text: string;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cache: "no-store",
    });
    text = await response.text();
  } catch {
    throw new ApiError(0, { code: "offline", message: t("noConnection") });
  }
  const date = response.headers.get("Date");
  // The header cuts to whole seconds; the middle of that second is the best guess.
  if (date) heardDate(Date.parse(date) + 500);
  const answer = parse(text);
  if (response.ok) return answer as T;
  throw new ApiError(response.status, (answer as ErrorBody | null)?.error ?? strange(response.status));
}

function parse(text: string): unknown {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}

/** Something between this page and the server answered. */
function strange(status: number): WireError {
  return { code: `http_${status}`, message: t("serverTrouble") };
}

/** The sentence for a person, with how long to wait where there were too many tries. */
export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return t("serverTrouble");
  const facts = error.error.details as { retry_after?: unknown } | null | undefined;
  const wait = facts?.retry_after;
  if (error.code !== "rate_limited" || typeof wait !== "number") return error.message;
  return `${error.message} ${wait < 60 ? t("waitSeconds", { n: wait }) : t("waitMinutes", { n: Math.ceil(wait / 60) })}`;
}
