// How long to wait before the next try to connect.

const FIRST_MS = 500;
const LONGEST_MS = 30_000;

/** Doubles from 0.5 s to 30 s; the random half keeps a crowd from returning at once. */
export function backoffMs(failures: number, random: number): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures, 10));
  return Math.round(Math.max(FIRST_MS, whole * (0.5 + random / 2)));
}
