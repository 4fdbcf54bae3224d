// The time of day as a value that moves: whoever reads it while drawing is drawn again each second.
import { createSubscriber } from "svelte/reactivity";

const eachSecond = createSubscriber((again) => {
  const timer = setInterval(again, 1000);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970, by this computer's clock. */
export function now(): number {
  eachSecond();
  return Date.now();
}
