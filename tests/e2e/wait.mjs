// Waiting without sleeping blindly: ask again until it is so, and say what was seen last if it
// never was.

const PAUSE_MS = 50;
export const WITHIN_MS = 15_000;

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Asks `probe` until it answers something truthy, and returns that. `probe` may tell what it sees by
 * `saw(…)`; what it throws counts as "not yet" and is told too.
 */
export async function until(what, probe, { within = WITHIN_MS } = {}) {
  const deadline = Date.now() + within;
  let last = "nothing yet";
  const saw = (seen) => (last = typeof seen === "string" ? seen : JSON.stringify(seen));
  for (;;) {
    try {
      const answer = await probe(saw);
      if (answer) return answer;
    } catch (error) {
      if (error.hopeless) throw error;
      saw(error.message);
    }
    if (Date.now() >= deadline) {
      throw new Error(`waited ${within} ms for ${what}; last seen: ${last}`);
    }
    await pause(PAUSE_MS);
  }
}

/** An error that waiting does not mend: `until` gives up at once. */
export function hopeless(message) {
  return Object.assign(new Error(message), { hopeless: true });
}
