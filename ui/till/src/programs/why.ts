// What is wrong with a field, in words.
import { whole } from "@reda/shared/format";
import type { Wrong } from "@reda/shared/wire";
import { points, t } from "../words";

export function whyText(wrong: Wrong | null): string | undefined {
  if (wrong === null) return undefined;
  const { why } = wrong;
  switch (why.why) {
    case "empty":
      return t("wrong_empty");
    case "too_long":
      return t("wrong_too_long", { max: why.max });
    case "not_whole":
      return t("wrong_not_whole");
    case "not_money":
      return t("wrong_not_money");
    case "not_number":
      return t("wrong_not_number");
    case "out_of_range":
      return t("wrong_range", { min: whole(why.min), max: whole(why.max) });
    case "not_up_to":
      return t("wrong_times", { max: why.max });
    case "not_rising":
      return t("wrong_not_rising");
    case "twice":
      return t("wrong_twice");
    case "not_enough":
      return t("wrong_not_enough", { points: points(why.available) });
    case "too_many":
      return t("wrong_too_many", { max: why.max });
  }
}
