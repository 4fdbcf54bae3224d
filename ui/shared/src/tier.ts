// How a tier looks by its name: shape and word as well as colour.
import type { IconName } from "./icons";

export interface TierLook {
  icon: IconName;
  tone: "gold" | "silver" | "bronze" | "sun";
}

/** The metals have a look of their own, in both languages; a shop's other names have a star. */
export function tierLook(name: string): TierLook {
  switch (name.trim().toLowerCase()) {
    case "gold":
    case "dhahabu":
      return { icon: "star", tone: "gold" };
    case "silver":
    case "fedha":
      return { icon: "diamond", tone: "silver" };
    case "bronze":
    case "shaba":
      return { icon: "circle", tone: "bronze" };
    default:
      return { icon: "star", tone: "sun" };
  }
}
