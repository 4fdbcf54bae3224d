// What a line of a customer's story says, in a sentence and a drawing.
import { clock, day } from "@reda/shared/format";
import { language } from "@reda/shared/i18n.svelte";
import type { IconName } from "@reda/shared/icons";
import type { CustomerConsent, CustomerView, InteractionLine } from "@reda/shared/wire";
import { points, t, type Word } from "../words";

export interface Said {
  icon: IconName;
  tone: "sun" | "ok" | "info" | "plain";
  title: string;
  more: string | null;
}

const requests: Record<string, Word> = {
  accepted: "story_accepted",
  declined: "story_declined",
  expired: "story_expired",
  cancelled: "story_cancelled",
};

export function said(line: InteractionLine): Said {
  switch (line.kind) {
    case "points":
      return pointsSaid(line);
    case "scan":
      return { icon: "code", tone: "plain", title: t("story_scan"), more: line.reason ?? null };
    case "request":
      return { icon: "clock", tone: "info", title: t("story_asked"), more: null };
    case "closed":
      return closedSaid(line);
    default:
      return { icon: "bell", tone: "plain", title: t("story_message"), more: null };
  }
}

/** Whether a line says no more than that the customer was told of another. */
export function isMessage({ kind }: InteractionLine): boolean {
  return kind === "message";
}

/** Whether an entry can be taken back: it was not yet, and it takes none back itself. */
export function takesBack({ kind, what, result }: InteractionLine): boolean {
  return kind === "points" && what !== "reverse" && result !== "reversed";
}

function pointsSaid({ points: delta, balance, reason, what, result }: InteractionLine): Said {
  const n = points(Math.abs(delta ?? 0));
  const sentence = pointsWord(delta ?? 0, what);
  const after = balance == null ? null : t("balance_after", { points: points(balance) });
  const undone = result === "reversed" ? t("story_reversed") : null;
  const more = [undone, reason, after].filter(Boolean).join(" · ") || null;
  return { icon: (delta ?? 0) >= 0 ? "star" : "gift", tone: "sun", title: t(sentence, { points: n }), more };
}

function pointsWord(delta: number, what: string): Word {
  if (what === "reverse") return delta >= 0 ? "story_given_back" : "story_taken";
  if (what === "adjust") return delta >= 0 ? "story_added" : "story_removed";
  if (what === "expire") return "story_lapsed";
  if (what === "redeem") return "story_used";
  return delta >= 0 ? "story_earned" : "story_taken";
}

function closedSaid({ result, what }: InteractionLine): Said {
  const good = result === "accepted";
  const isAboutPoints = good && what === "points_deduction";
  const sentence = isAboutPoints ? "story_approved" : (requests[result ?? ""] ?? "story_closed");
  return { icon: good ? "tick" : "not", tone: good ? "ok" : "plain", title: t(sentence), more: null };
}

/** The time today, the day before that. */
export function when(at: string, nowMs: number): string {
  const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
  return isToday ? clock(at) : day(at, language());
}

const channels: Record<CustomerConsent["channel"], Word> = {
  app: "consent_app",
  link: "consent_link",
  sms_code: "consent_sms",
  in_person: "consent_person",
  code: "consent_code",
};

/** Wordings are named after what they ask; a yes about points shares nothing. */
export function isYesToJoining(consent: CustomerConsent): boolean {
  return consent.answer === "accept" && consent.wording.startsWith("enrollment-");
}

/** "Accepted in the app, 9 March, text v2". */
export function consentLine(consent: CustomerConsent): string {
  const answer = t(consent.answer === "accept" ? "consent_yes" : "consent_no");
  const facts = { answer, how: t(channels[consent.channel]), day: day(consent.at, language()), text: consent.wording };
  return t("consent_line", facts);
}

/** What the customer let the shop see, in a sentence. */
export function sharesLine({ phone, email }: Pick<CustomerView, "phone" | "email">): string {
  if (phone !== null) return t(email !== null ? "shares_both" : "shares_phone");
  return t(email !== null ? "shares_email" : "shares_name");
}
