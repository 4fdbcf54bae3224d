// Why two customers cannot be merged, in words: the core names the reason beside the code.
import type { WireError } from "@reda/shared/wire";
import { t, type Word } from "../words";

const obstacles: Record<string, Word> = {
  same: "merge_same",
  yourself: "merge_yourself",
  both_have_accounts: "merge_both_accounts",
  other_has_account: "merge_other_account",
  points_held: "merge_held",
  owes: "merge_owes",
};

/** The error with the reason in its place, where it has one. */
export function worded(error: WireError): WireError {
  const { why } = (error.details ?? {}) as { why?: string };
  const word = why === undefined ? undefined : obstacles[why];
  return word === undefined ? error : { ...error, message: t(word) };
}
