import { expect, test } from "vitest";
import { byDay, screenOf, shelfOf } from "./kinds";
import type { NotificationBody } from "@reda/shared/wire";

const of = (type: string) => ({ type, related_type: null }) as NotificationBody;

test("an answer about joining and one about points stand on shelves of their own", () => {
  expect(["enrollment_declined", "points_request_approved", "daily_summary"].map((type) => shelfOf(of(type)))).toEqual([
    "enrolments",
    "approvals",
    "other",
  ]);
});

test("who joined is found among the customers, who said no where they were asked", () => {
  expect(screenOf(of("enrollment_accepted"))).toBe("customers");
  expect(screenOf(of("enrollment_declined"))).toBe("enrol");
  expect(screenOf(of("daily_summary"))).toBeNull();
});

test("what came on one day stands together", () => {
  const at = (created_at: string) => ({ created_at });
  const days = byDay([at("2026-11-21T12:00:00"), at("2026-11-21T08:00:00"), at("2026-11-20T08:00:00")]);
  expect(days.map((day) => day.items.length)).toEqual([2, 1]);
});
