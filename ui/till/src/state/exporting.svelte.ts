// The list of customers on its way into a file.
import { asWireError, call, onEvent } from "@reda/shared/platform";
import type { CustomerFilter, SavedFile, WireError } from "@reda/shared/wire";

export class Exporting {
  running = $state(false);
  /** Customers that are in the file so far. */
  rows = $state(0);
  saved = $state.raw<SavedFile | null>(null);
  failure = $state.raw<WireError | null>(null);
  readonly stop = onEvent((event) => {
    if (event.event === "exported") this.rows = event.rows;
  });

  start = async (filter: CustomerFilter): Promise<void> => {
    if (this.running) return;
    this.running = true;
    this.rows = 0;
    this.saved = this.failure = null;
    try {
      this.saved = await call("customers.export", filter);
    } catch (thrown) {
      this.failure = asWireError(thrown);
    } finally {
      this.running = false;
    }
  };
}
