// Which shelf of the inbox a notification stands on, and where it leads.
import type { IconName } from "@reda/shared/icons";
import type { NotificationBody, ScreenName } from "@reda/shared/wire";

export type Shelf = "all" | "enrolments" | "approvals" | "other";

export const shelves: { id: Shelf; icon: IconName }[] = [
  { id: "all", icon: "bell" },
  { id: "enrolments", icon: "person-add" },
  { id: "approvals", icon: "gift" },
  { id: "other", icon: "info" },
];

export function shelfOf({ type }: Pick<NotificationBody, "type">): Exclude<Shelf, "all"> {
  if (type.startsWith("enrollment_")) return "enrolments";
  if (type.startsWith("points_request_")) return "approvals";
  return "other";
}

/** The drawing beside it, and its colour's word: what happened is also in the sentence. */
export function lookOf(item: NotificationBody): { icon: IconName; tone: "ok" | "sun" | "plain" } {
  if (item.type.endsWith("_accepted") || item.type.endsWith("_approved")) {
    return { icon: shelfOf(item) === "approvals" ? "gift" : "person-add", tone: shelfOf(item) === "approvals" ? "sun" : "ok" };
  }
  if (item.type.endsWith("_declined")) return { icon: "not", tone: "plain" };
  return { icon: item.related_type === "request" ? "person-add" : "bell", tone: "plain" };
}

/** The screen where what it tells of can be seen. */
export function screenOf(item: NotificationBody): ScreenName | null {
  switch (shelfOf(item)) {
    case "enrolments":
      return item.type === "enrollment_accepted" ? "customers" : "enrol";
    case "approvals":
      return "customers";
    case "other":
      return null;
  }
}

/** Notifications under the day they came on, in their order. */
export function byDay<T extends { created_at: string }>(items: T[]): { day: string; items: T[] }[] {
  const days: { day: string; items: T[] }[] = [];
  for (const item of items) {
    const day = new Date(item.created_at).toDateString();
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
