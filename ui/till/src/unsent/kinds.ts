// What was asked of a shop that never answered, in words.
import type { UnsentKind } from "@reda/shared/wire";
import type { Word } from "../words";

export const kinds: Record<UnsentKind, Word> = {
  awarded: "unsent_awarded",
  points_asked: "unsent_points_asked",
  asked_to_join: "unsent_asked_to_join",
  taken_back: "unsent_taken_back",
  answered: "unsent_answered",
  written_down: "unsent_written_down",
  corrected: "unsent_corrected",
  reversed: "unsent_reversed",
  customer_changed: "unsent_customer_changed",
  shop_changed: "unsent_shop_changed",
};
