// Whether the line is down, steadily: a try that is under way does not make the banner blink.
import type { ConnectionView } from "@reda/shared/wire";

/** The banner stays so long, then the status bar alone says it. */
export const BANNER_MS = 20_000;

export class Line {
  /** Since when the line is down. */
  downSince = $state<string | null>(null);
  /** When this window first saw it down, by its own clock. */
  seenDownAt = $state(0);

  /** Takes each new state of the connection. */
  follow(connection: ConnectionView, nowMs: number): void {
    if (connection.status === "online") {
      this.downSince = null;
    } else if (this.downSince === null && connection.status !== "connecting") {
      this.downSince = connection.since;
      this.seenDownAt = nowMs;
    }
  }

  bannerAt(nowMs: number): boolean {
    return this.downSince !== null && nowMs - this.seenDownAt < BANNER_MS;
  }
}
