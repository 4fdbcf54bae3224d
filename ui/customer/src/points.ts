// Points with a sign that reads as one.
import { whole } from "@reda/shared/format";

const MINUS = "−";

export function balance(points: number): string {
  return points < 0 ? MINUS + whole(-points) : whole(points);
}

export function delta(points: number): string {
  return points > 0 ? `+${whole(points)}` : balance(points);
}
