// The window's only way to its host. No other file imports Tauri.
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Changes } from "./live.svelte";
import type { Calls, Changed, WindowEvent, WireError } from "./wire";

/** Calls the core; what it refuses is thrown as a `WireError`. */
export async function call<K extends keyof Calls>(
  name: K,
  ...[params]: keyof Calls[K]["params"] extends symbol ? [] : [Calls[K]["params"]]
): Promise<Calls[K]["answer"]> {
  try {
    return await invoke<Calls[K]["answer"]>("rpc", { name, params: params ?? {} });
  } catch (thrown) {
    throw asWireError(thrown);
  }
}

/** What was thrown as the core's error, whatever it was. */
export function asWireError(thrown: unknown): WireError {
  if (typeof thrown === "object" && thrown !== null && "code" in thrown && "message" in thrown) {
    return thrown as WireError;
  }
  return { code: "internal", message: String(thrown) };
}

/** Hears what the core tells the window, until the function that it returns is called. */
export function onEvent(handler: (event: WindowEvent) => void): () => void {
  const unlisten = listen<WindowEvent>("reda", (message) => handler(message.payload));
  return () => void unlisten.then((stop) => stop());
}

/** For `live`: calls back when any of these things changed. */
export function changes(...things: Changed[]): Changes {
  return (again) =>
    onEvent((event) => {
      if (event.event === "changed" && event.what.some((what) => things.includes(what))) again();
    });
}
