import type { ConnectionStatus, ConnectionView } from "@reda/shared/wire";
import { expect, test } from "vitest";
import { BANNER_MS, Line } from "./line.svelte";

const connection = (status: ConnectionStatus, since = "2026-11-21T14:05:00Z"): ConnectionView => ({
  status,
  since,
  synced_at: null,
  distrusted: null,
  unanswered: 0,
});

test("a till that connects for the first time shows no banner", () => {
  const line = new Line();
  line.follow(connection("connecting"), 0);
  expect(line.bannerAt(0)).toBe(false);
});

test("tries to connect again keep the banner and its time", () => {
  const line = new Line();
  line.follow(connection("offline"), 0);
  line.follow(connection("connecting", "2026-11-21T14:06:00Z"), 1000);
  line.follow(connection("offline", "2026-11-21T14:07:00Z"), 2000);
  expect(line.downSince).toBe("2026-11-21T14:05:00Z");
  expect(line.bannerAt(2000)).toBe(true);
});

test("the banner folds away after a while and goes at once when the line is back", () => {
  const line = new Line();
  line.follow(connection("offline"), 0);
  expect(line.bannerAt(BANNER_MS)).toBe(false);
  line.follow(connection("online"), 1000);
  expect(line.downSince).toBeNull();
});
