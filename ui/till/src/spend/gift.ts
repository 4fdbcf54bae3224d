// The picture of what a reward gives: a tag for money off, a gift for a thing.
import type { IconName } from "@reda/shared/icons";
import type { Gives } from "@reda/shared/wire";

export function giftIcon({ kind }: Gives): IconName {
  switch (kind) {
    case "money_off":
    case "percent_off":
      return "tag";
    case "product":
    case "text":
      return "gift";
  }
}
