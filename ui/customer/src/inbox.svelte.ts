// Which messages were read, before the feed says so, and how many things wait for the person.
import type { NotificationBody, RequestBody } from "@reda/shared/wire";
import { SvelteSet } from "svelte/reactivity";
import { call } from "./account.svelte";
import { feed } from "./feed.svelte";
import { requests } from "./requests.svelte";
import { listed, unreadCount } from "./unread";

const readHere = new SvelteSet<string>();
let failed = $state(false);

const messages = $derived(
  listed(feed.notifications, requests.pending).map((message) =>
    message.is_read || !readHere.has(message.id) ? message : { ...message, is_read: true },
  ),
);
const unread = $derived(unreadCount(messages, requests.pending));

export const inbox = {
  get messages() { return messages; },
  get unread() { return unread; },
  get failed() { return failed; },
  markRead,
  markAllRead,
  requestWasSeen,
  clear,
};

async function markRead(message: NotificationBody): Promise<void> {
  if (message.is_read || readHere.has(message.id)) return;
  readHere.add(message.id);
  try {
    await call("PATCH", `/api/notifications/${message.id}/read`);
  } catch {
    // It stays new, and is marked when it is looked at the next time.
    readHere.delete(message.id);
  }
}

async function markAllRead(): Promise<void> {
  const marked = feed.notifications.filter((message) => !message.is_read && !readHere.has(message.id));
  for (const message of marked) readHere.add(message.id);
  failed = false;
  try {
    await call("PATCH", "/api/notifications/read/all");
  } catch {
    for (const message of marked) readHere.delete(message.id);
    failed = true;
  }
}

/** The request's card says all that its message says. */
function requestWasSeen(request: RequestBody): void {
  for (const message of feed.notifications) {
    if (message.related_id === request.id) void markRead(message);
  }
}

function clear(): void {
  readHere.clear();
  failed = false;
}
