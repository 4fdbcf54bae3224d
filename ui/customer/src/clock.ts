// Server time on this page. Codes and the life of requests are counted in it, because a phone's
// clock may be wrong by minutes.
//
// It is carried by the monotonic clock. That clock may stand still while a phone sleeps, so after
// the page was hidden the wall clock's run is taken instead if it ran further, until the server
// says the time again.

/** Where the time came from, best first. */
export type ClockSource = "welcome" | "http" | "kept" | "local";

export interface Clocks {
  monotonicMs: () => number;
  wallMs: () => number;
}

/** More than this is sleep, not rounding. */
const SLEPT_MS = 1000;

export class ServerClock {
  #clocks: Clocks;
  #serverMs: number;
  #monotonicMs: number;
  #wallMs: number;
  source: ClockSource = "local";

  /** `keptOffsetMs`: server time less wall time, as this browser last knew it. */
  constructor(clocks: Clocks, keptOffsetMs: number | null) {
    this.#clocks = clocks;
    this.#wallMs = clocks.wallMs();
    this.#monotonicMs = clocks.monotonicMs();
    this.#serverMs = this.#wallMs + (keptOffsetMs ?? 0);
    if (keptOffsetMs !== null) this.source = "kept";
  }

  nowMs(): number {
    return this.#serverMs + (this.#clocks.monotonicMs() - this.#monotonicMs);
  }

  /** Server time less wall time, for the next visit. */
  offsetMs(): number {
    return Math.round(this.nowMs() - this.#clocks.wallMs());
  }

  /** The server said what time it is. An answer's Date header has whole seconds only. */
  heard(serverMs: number, source: "welcome" | "http"): void {
    if (!Number.isFinite(serverMs)) return;
    if (source === "http" && this.source === "welcome") return;
    this.#set(serverMs);
    this.source = source;
  }

  /** The page is seen again. */
  woke(): void {
    const monotonic = this.#clocks.monotonicMs() - this.#monotonicMs;
    const wall = this.#clocks.wallMs() - this.#wallMs;
    if (wall - monotonic > SLEPT_MS) {
      this.#set(this.#serverMs + wall);
      // Good enough to go on with, and to be replaced by the first answer.
      if (this.source === "welcome") this.source = "http";
    }
  }

  #set(serverMs: number): void {
    this.#serverMs = serverMs;
    this.#monotonicMs = this.#clocks.monotonicMs();
    this.#wallMs = this.#clocks.wallMs();
  }
}
