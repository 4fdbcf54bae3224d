// The till's sentences, and the small phrases that are made of a number and a word.
import { clock, day, moneyParts, whole } from "@reda/shared/format";
import { language, sentences } from "@reda/shared/i18n.svelte";
import type { EarnRule, Money, Tier } from "@reda/shared/wire";
import { en } from "./en";
import { sw } from "./sw";

export const t = sentences({ en, sw });
export type Word = keyof typeof en;

/** "34 points", "1 point". */
export function points(n: number): string {
  return t(n === 1 ? "n_point" : "n_points", { n: whole(n) });
}

/** "+34 points": points that come in. */
export function plusPoints(n: number): string {
  return t(n === 1 ? "n_point" : "n_points", { n: `+${whole(n)}` });
}

/** "−200 points": points that go out. */
export function minusPoints(n: number): string {
  return t(n === 1 ? "n_point" : "n_points", { n: `−${whole(n)}` });
}

/** The word beside a number of points that stands alone. */
export function pointsUnit(n: number): string {
  return t(n === 1 ? "point_unit" : "points_unit");
}

/** "KES 100", "KES 99.50": money inside a sentence. */
export function moneyText(money: Money): string {
  const { currency, major, minor } = moneyParts(money);
  return `${currency} ${major}${/[1-9]/.test(minor) ? minor : ""}`;
}

/** "1.5": what a tier multiplies points by. */
export function times({ multiplier_percent }: Tier): string {
  return String(multiplier_percent / 100);
}

/** "1 point for each KES 100". */
export function earnRule({ earn }: { earn: EarnRule }): string {
  return t("earn_rule", { points: points(earn.points), money: moneyText(earn.per) });
}

/** "12 s ago", "4 min ago", then the time of day. */
export function ago(at: string, nowMs: number): string {
  const seconds = Math.max(0, Math.floor((nowMs - new Date(at).getTime()) / 1000));
  if (seconds < 60) return t("seconds_ago", { n: seconds });
  if (seconds < 3600) return t("minutes_ago", { n: Math.floor(seconds / 60) });
  return clock(at);
}

/** A moment as a cashier says it: the time today, the day otherwise. */
export function moment(at: string, nowMs: number): string {
  const isToday = new Date(at).toDateString() === new Date(nowMs).toDateString();
  return isToday ? t("today_at", { time: clock(at) }) : day(at, language());
}

/** "Today", "Yesterday", then the day. */
export function dayName(at: string, nowMs: number): string {
  const days = Math.round((new Date(nowMs).setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY_MS);
  return days < 2 ? t(days <= 0 ? "today" : "yesterday") : day(at, language());
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** How long ago a day was, in the unit that a list has room for: "Today", "3 days", "2 weeks". */
export function daysAgo(at: string | null, nowMs: number): string {
  if (at === null) return t("never");
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  const days = Math.max(0, Math.round((midnight(nowMs) - midnight(new Date(at).getTime())) / DAY_MS));
  if (days < 2) return t(days === 0 ? "today" : "yesterday");
  if (days < 7) return t("n_days", { n: days });
  if (days < 30) return days < 14 ? t("one_week") : t("n_weeks", { n: Math.floor(days / 7) });
  if (days < 365) return days < 60 ? t("one_month") : t("n_months", { n: Math.floor(days / 30) });
  return t("over_a_year");
}
