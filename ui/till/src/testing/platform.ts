// Stands in for the host in a test, with a core that the test sets:
//
//   vi.mock("@reda/shared/platform", () => import("../testing/platform"));
import { Core } from "./core";

let core = new Core();

/** The host has a new core from now on. */
export function freshCore(): Core {
  return (core = new Core());
}

export const call = (...args: Parameters<Core["call"]>) => core.call(...args);
export const changes = (...what: Parameters<Core["changes"]>) => core.changes(...what);
export const onEvent = (...args: Parameters<Core["onEvent"]>) => core.onEvent(...args);
export const asWireError = (thrown: unknown) => thrown;
