// The sentence that a screen reader hears when the customer panel changes. The panel itself is no
// live region: its ring and its picture move all the time.
import { day } from "@reda/shared/format";
import { language } from "@reda/shared/i18n.svelte";
import type { CounterStage } from "@reda/shared/wire";
import { points, t } from "../words";

export function said(stage: CounterStage): string {
  switch (stage.stage) {
    case "idle":
      return "";
    case "looking_up":
      return t("looking_up");
    case "member":
      return `${stage.person.name}. ${t("balance")}: ${points(stage.card.balance)}`;
    case "spending":
      return saidOfPoints(stage);
    case "not_member":
      return `${stage.person.name}. ${t("not_yet_member")}`;
    case "asking":
      return t("asking");
    case "waiting":
      return stage.seen
        ? t("waiting_seen", { name: stage.person.short_name })
        : t("waiting_for", { name: stage.person.short_name });
    case "accepted":
      return t("accepted", { name: stage.person.short_name });
    case "declined":
      return `${t("declined", { name: stage.person.short_name })}. ${t("ask_again_from", { day: day(stage.ask_again_from, language()) })}`;
    case "no_answer":
      return t("no_answer");
    case "cancelled":
      return t("cancelled");
    case "refused":
      return stage.error.message;
  }
}

/** The same for points that a member was asked for. */
export function saidOfPoints({ person, card, state }: Extract<CounterStage, { stage: "spending" }>): string {
  const name = person.short_name;
  switch (state.state) {
    case "asking":
      return t("asking");
    case "waiting":
      return state.seen ? t("waiting_seen", { name }) : t("spend_waiting", { name });
    case "cancelling":
      return t("spend_cancelling");
    case "approved":
      return `${t("spend_approved", { name })}. ${t("balance")}: ${points(card.balance)}`;
    case "declined":
      return t("declined", { name });
    case "timed_out":
      return t("no_answer");
    case "cancelled":
      return t("cancelled");
  }
}
