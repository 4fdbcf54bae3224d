// Tells when nobody has touched the till for a while.

const TOUCHES = ["keydown", "pointerdown", "pointermove", "wheel"] as const;
/** So often it is looked whether the time is over; a lock may be late by it. */
const LOOK_MS = 5_000;

/** Calls `onidle` after so many minutes without a key or a finger, until the returned function is called. */
export function whenIdle(minutes: number, onidle: () => void): () => void {
  if (minutes <= 0) return () => {};
  let touchedMs = Date.now();
  const touched = () => void (touchedMs = Date.now());
  for (const touch of TOUCHES) window.addEventListener(touch, touched, { capture: true, passive: true });
  const timer = setInterval(() => {
    if (Date.now() - touchedMs >= minutes * 60_000) {
      touched();
      onidle();
    }
  }, LOOK_MS);
  return () => {
    clearInterval(timer);
    for (const touch of TOUCHES) window.removeEventListener(touch, touched, { capture: true });
  };
}
