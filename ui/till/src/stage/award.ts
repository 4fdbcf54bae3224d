// Why the award button is off, in words. The core decides what may be awarded; this only says
// beforehand what it would answer, so that nobody presses in vain.
import type { CounterStage, WireError } from "@reda/shared/wire";
import { t } from "../words";

interface Facts {
  stage: CounterStage;
  /** What the core finds wrong with the amount. */
  error: WireError | null;
  /** The same where it is to be said, which it is not while somebody types. */
  wrong: WireError | null;
  typed: string;
  online: boolean;
}

/** The reason, or nothing when Enter awards. */
export function whyNoAward({ stage, error, wrong, typed, online }: Facts): string | null {
  if (!online) return t("needs_line");
  const nobody = whyNobody(stage);
  if (nobody !== null) return nobody;
  if (typed.trim() === "") return t("why_no_amount");
  return error && (wrong?.message ?? t("why_no_amount"));
}

function whyNobody(stage: CounterStage): string | null {
  switch (stage.stage) {
    case "member":
    case "waiting":
    case "accepted":
      return null;
    case "idle":
    case "looking_up":
    case "refused":
      return t("why_no_customer");
    case "not_member":
    case "asking":
      return t("why_not_member", { name: stage.person.short_name });
    case "spending":
      return t("why_spending");
    case "no_answer":
      return t("why_no_answer");
    case "declined":
    case "cancelled":
      return t("why_ended");
  }
}

/** The award under way or refused, in the stages that have one. */
export function awardOf(stage: CounterStage) {
  return "award" in stage ? stage.award : null;
}
