// When something was, in few words: "Today 14:35", "17 Nov 14:35".
import { language } from "@reda/shared/i18n.svelte";
import { clock } from "@reda/shared/format";
import { t } from "./text";

const DAY_MS = 86_400_000;

export function when(at: string, nowMs: number): string {
  const then = new Date(at);
  const days = Math.round((midnight(new Date(nowMs)) - midnight(then)) / DAY_MS);
  if (days === 0) return t("today", { time: clock(then) });
  if (days === 1) return t("yesterday", { time: clock(then) });
  const year = then.getFullYear() === new Date(nowMs).getFullYear() ? {} : { year: "numeric" as const };
  const date = then.toLocaleDateString(`${language()}-KE`, { day: "numeric", month: "short", ...year });
  return `${date}, ${clock(then)}`;
}

function midnight(at: Date): number {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** A day of the calendar, written YYYY-MM-DD: "21 Dec". */
export function dayOf(date: string): string {
  const [year, month, day] = date.split("-").map(Number);
  return new Date(year!, month! - 1, day).toLocaleDateString(`${language()}-KE`, { day: "numeric", month: "short" });
}

/** Since when: "Mar 2025"; nothing where that is not known. */
export function monthOf(at: string | undefined): string {
  if (!at) return "";
  return new Date(at).toLocaleDateString(`${language()}-KE`, { month: "short", year: "numeric" });
}

/** Whole days that a request stays open, counting a begun one; 0 when it ends within a day. */
export function openDays(expiresAt: string, nowMs: number): number {
  const left = Date.parse(expiresAt) - nowMs;
  return left < DAY_MS ? 0 : Math.round(left / DAY_MS);
}
