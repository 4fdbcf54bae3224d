import { expect, test } from "vitest";
import { deviceLabel } from "./device";

test("a device is called by its browser and system", () => {
  expect(deviceLabel("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36")).toBe("Chrome, Android");
  expect(deviceLabel("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Mobile Safari/604.1")).toBe("Safari, iPhone");
  expect(deviceLabel("curl/8")).toBe("Browser");
});
