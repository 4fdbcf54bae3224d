// The camera's newest picture and the moment of the last code. Pictures that come faster than the
// window draws are skipped: only the newest is kept.
import { onEvent } from "@reda/shared/platform";
import type { PreviewView } from "@reda/shared/wire";

/** So long the frame shows that a code was read. */
const READ_MS = 700;

export class Preview {
  picture = $state.raw<PreviewView | null>(null);
  justRead = $state(false);

  readonly stop: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const stop = onEvent((event) => {
      if (event.event === "preview") this.picture = event;
      if (event.event === "code_read") this.#flash();
    });
    this.stop = () => {
      clearTimeout(this.#timer);
      stop();
    };
  }

  #flash(): void {
    this.justRead = true;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.justRead = false), READ_MS);
  }
}
