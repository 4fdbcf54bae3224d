// Which sound goes with what the counter shows.
import { onEvent } from "@reda/shared/platform";
import type { CounterStage } from "@reda/shared/wire";
import type { Counter } from "../state/counter.svelte";
import { open, play, type Sound } from "./tones";

/** Where the counter is, as far as it can be heard. */
export function place(stage: CounterStage): string {
  if (stage.stage !== "spending") return stage.stage;
  const { state } = stage;
  if (state.state !== "waiting") return state.state;
  return state.refused === null ? "waiting" : "refused";
}

/** The sound of a place that the counter has just come to; most are silent. */
export function soundOf(place: string): Sound | null {
  switch (place) {
    case "accepted":
    case "approved":
      return "yes";
    case "declined":
    case "no_answer":
    case "timed_out":
      return "no";
    case "refused":
      return "error";
    default:
      return null;
  }
}

/** By then the first screen is there, and nobody has shown a code yet. */
const OPEN_AFTER_MS = 2_000;

export class Sounds {
  readonly stop: () => void;

  constructor(counter: Counter, on: () => boolean) {
    const opening = setTimeout(() => on() && open(), OPEN_AFTER_MS);
    const stopReading = onEvent((event) => {
      if (event.event === "code_read" && on()) play("read");
    });
    const stopWatching = $effect.root(() => {
      let last: string | undefined;
      let award: string | undefined;
      $effect(() => {
        const now = place(counter.stage);
        const at = counter.view?.last_award?.at;
        const sound = now !== last ? soundOf(now) : null;
        const awarded = at !== undefined && award !== undefined && at !== award;
        [last, award] = [now, at ?? ""];
        if (sound !== null && on()) play(sound);
        else if (awarded && on()) play("tick");
      });
    });
    this.stop = () => {
      clearTimeout(opening);
      stopReading();
      stopWatching();
    };
  }
}
