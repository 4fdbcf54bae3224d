// Which messages the inbox lists, and what its badge counts.
import type { NotificationBody, RequestBody } from "@reda/shared/wire";

/** A pending request stands on top by itself, so the message that brought it is not listed. */
export function listed(
  notifications: readonly NotificationBody[],
  pending: readonly Pick<RequestBody, "id">[],
): NotificationBody[] {
  const shown = new Set(pending.map((request) => request.id));
  return notifications.filter((message) => !message.related_id || !shown.has(message.related_id));
}

/** Only what needs the person: open requests and unread messages. */
export function unreadCount(
  listedMessages: readonly Pick<NotificationBody, "is_read">[],
  pending: readonly unknown[],
): number {
  return pending.length + listedMessages.filter((message) => !message.is_read).length;
}
