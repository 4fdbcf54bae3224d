// Which sound goes with what the counter shows.
import { onEvent } from "@reda/shared/platform";
import type { CounterStage } from "@reda/shared/wire";
import type { Counter } from "../state/counter.svelte";
import { play, type Sound } from "./tones";

/** The sound of a stage that the counter has just come to; most are silent. */
export function soundOf(stage: CounterStage["stage"]): Sound | null {
  switch (stage) {
    case "accepted":
      return "yes";
    case "declined":
    case "no_answer":
      return "no";
    case "refused":
      return "error";
    default:
      return null;
  }
}

export class Sounds {
  readonly stop: () => void;

  constructor(counter: Counter, on: () => boolean) {
    const stopReading = onEvent((event) => {
      if (event.event === "code_read" && on()) play("read");
    });
    const stopWatching = $effect.root(() => {
      let last: CounterStage["stage"] | undefined;
      let award: string | undefined;
      $effect(() => {
        const stage = counter.stage.stage;
        const at = counter.view?.last_award?.at;
        const sound = stage !== last ? soundOf(stage) : null;
        const awarded = at !== undefined && award !== undefined && at !== award;
        [last, award] = [stage, at ?? ""];
        if (sound !== null && on()) play(sound);
        else if (awarded && on()) play("tick");
      });
    });
    this.stop = () => {
      stopReading();
      stopWatching();
    };
  }
}
