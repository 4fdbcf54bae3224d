// What a programme and a reward give, as sentences.
import type { Expiry, Gives, Tier } from "@reda/shared/wire";
import { moneyText, points, t, times } from "../words";

/** "KES 50 off", "10% off", "A cup of tea". */
export function givesText(gives: Gives): string {
  switch (gives.kind) {
    case "money_off":
      return t("money_off", { money: moneyText(gives.amount) });
    case "percent_off":
      return t("percent_off", { n: gives.percent });
    case "product":
      return gives.product;
    case "text":
      return gives.text;
  }
}

/** How long points last. */
export function expiryText(expiry: Expiry): string {
  switch (expiry.kind) {
    case "never":
      return t("expires_never");
    case "after_earning":
      return t(expiry.months === 1 ? "expires_after_one" : "expires_after", { n: expiry.months });
    case "inactivity":
      return t(expiry.months === 1 ? "expires_idle_one" : "expires_idle", { n: expiry.months });
  }
}

/** "from 1,000 points · ×1.5". */
export function tierText(tier: Tier): string {
  return t("tier_from", { points: points(tier.from), times: times(tier) });
}
