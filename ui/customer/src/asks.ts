// Who asks for what, in a sentence.
import { whole } from "@reda/shared/format";
import type { RequestBody } from "@reda/shared/wire";
import { t } from "./text";

export function asks({ kind, business_name: business, points }: RequestBody): string {
  switch (kind) {
    case "enrollment":
      return t("oneAsks", { business });
    case "points_deduction":
      return t("oneAsksPoints", { business, n: whole(points) });
  }
}
