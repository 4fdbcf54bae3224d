// What the camera's states are called, and what to do about each.
import type { CameraStatus } from "@reda/shared/wire";
import type { Word } from ".";

export const cameraWords: Record<CameraStatus, { title: Word; more?: Word }> = {
  starting: { title: "camera_starting" },
  live: { title: "camera_live" },
  none: { title: "camera_none", more: "camera_none_more" },
  busy: { title: "camera_busy", more: "camera_busy_more" },
  no_permission: { title: "camera_no_permission", more: "camera_no_permission_more" },
  unplugged: { title: "camera_unplugged", more: "camera_unplugged_more" },
  failed: { title: "camera_failed", more: "camera_failed_more" },
};
