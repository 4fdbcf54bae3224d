// Who is signed in on this browser: the pair of tokens, kept, renewed and thrown away.
//
// The tokens stand in localStorage. A script of somebody else's could read them there, but the
// page's policy (`default-src 'self'`) lets none run, everything is bundled, and the page never
// turns text into markup. A cookie would need a second way of authorisation beside the bearer
// token that the API and the WebSocket have. A refresh token is used once, so tabs take turns.
import type { SignedIn, UserBody } from "@reda/shared/wire";

export interface Tokens {
  token: string;
  refresh_token: string;
  /** By this browser's clock. */
  expires_at_ms: number;
  /** Whose they are, as at the last sign-in or refresh. */
  user: UserBody;
}

export type Renewed = { outcome: "renewed"; tokens: Tokens } | { outcome: "refused" } | { outcome: "no_answer" };

/** What the session needs of its surroundings; tests bring their own. */
export interface Around {
  read: () => string | null;
  write: (text: string | null) => void;
  nowMs: () => number;
  /** Runs alone among all tabs of this browser, where the browser can. */
  alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** `POST /api/auth/refresh`; null for a refusal, throws without an answer. */
  refresh: (refreshToken: string) => Promise<SignedIn | null>;
  changed: (tokens: Tokens | null) => void;
}

/** A token is renewed this long before it runs out. */
export const RENEW_BEFORE_MS = 60_000;

export class Session {
  #around: Around;
  #tokens: Tokens | null;
  #renewing: Promise<Renewed> | null = null;

  constructor(around: Around) {
    this.#around = around;
    this.#tokens = parse(around.read());
  }

  get tokens(): Tokens | null {
    return this.#tokens;
  }

  begin(signedIn: SignedIn): Tokens {
    const tokens: Tokens = {
      token: signedIn.token,
      refresh_token: signedIn.refresh_token,
      expires_at_ms: this.#around.nowMs() + signedIn.expires_in * 1000,
      user: signedIn.user,
    };
    this.#around.write(JSON.stringify(tokens));
    this.#set(tokens);
    return tokens;
  }

  end(): void {
    this.#around.write(null);
    this.#set(null);
  }

  /** Another tab wrote or removed the tokens. */
  reread(): void {
    this.#set(parse(this.#around.read()));
  }

  dueInMs(): number | null {
    if (!this.#tokens) return null;
    return Math.max(0, this.#tokens.expires_at_ms - RENEW_BEFORE_MS - this.#around.nowMs());
  }

  /** A new pair instead of the one with `usedToken`. Callers at the same time share one refresh. */
  renew(usedToken: string): Promise<Renewed> {
    this.#renewing ??= this.#around.alone(() => this.#renewAlone(usedToken)).finally(() => {
      this.#renewing = null;
    });
    return this.#renewing;
  }

  async #renewAlone(usedToken: string): Promise<Renewed> {
    const kept = parse(this.#around.read());
    if (!kept) {
      this.#set(null);
      return { outcome: "refused" };
    }
    if (kept.token !== usedToken) {
      // Another tab was first.
      this.#set(kept);
      return { outcome: "renewed", tokens: kept };
    }
    let signedIn: SignedIn | null;
    try {
      signedIn = await this.#around.refresh(kept.refresh_token);
    } catch {
      return { outcome: "no_answer" };
    }
    // Signed out, or in as somebody else, while the answer was on its way.
    if (parse(this.#around.read())?.refresh_token !== kept.refresh_token) {
      this.reread();
      return this.#tokens ? { outcome: "renewed", tokens: this.#tokens } : { outcome: "refused" };
    }
    if (!signedIn) {
      this.end();
      return { outcome: "refused" };
    }
    return { outcome: "renewed", tokens: this.begin(signedIn) };
  }

  #set(tokens: Tokens | null): void {
    this.#tokens = tokens;
    this.#around.changed(tokens);
  }
}

function parse(text: string | null): Tokens | null {
  if (!text) return null;
  try {
    const tokens = JSON.parse(text) as Partial<Tokens>;
    const complete = tokens.token && tokens.refresh_token && tokens.user?.id;
    return complete ? { ...(tokens as Tokens), expires_at_ms: tokens.expires_at_ms ?? 0 } : null;
  } catch {
    return null;
  }
}
