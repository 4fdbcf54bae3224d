import { expect, test } from "vitest";
import type { NotificationBody } from "@reda/shared/wire";
import { listed, unreadCount } from "./unread";

const message = (id: string, related_id: string | null, is_read = false) => ({ id, related_id, is_read }) as NotificationBody;

test("an open request and its message count once", () => {
  const messages = [message("n1", "r1"), message("n2", null), message("n3", null, true)];
  const pending = [{ id: "r1" }];
  expect(listed(messages, pending).map((m) => m.id)).toEqual(["n2", "n3"]);
  expect(unreadCount(listed(messages, pending), pending)).toBe(2);
});

test("after the answer its message is listed again", () => {
  expect(listed([message("n1", "r1")], [])).toHaveLength(1);
});
