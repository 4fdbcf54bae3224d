// A view that stays fresh: read at once, and again whenever its source says that it changed.
// Not a cache: it holds the last answer only while a screen shows it.

export interface Live<T> {
  /** The last answer; missing until the first one. */
  readonly value: T | undefined;
  /** Why the last read failed; the value before it stays. */
  readonly error: unknown;
  /** Reads again now. */
  again(): Promise<void>;
  /** Stops listening. */
  stop(): void;
}

/** Calls back on every change, until the function that it returns is called. */
export type Changes = (again: () => void) => () => void;

/**
 * Reads run one after the other, and a change during a read causes one more: so the value never
 * goes back in time, however the answers are delayed.
 */
export function live<T>(read: () => Promise<T>, changes: Changes): Live<T> {
  let value = $state.raw<T>();
  let error = $state.raw<unknown>();
  let reading: Promise<void> | null = null;
  let changed = false;

  async function readUntilQuiet(): Promise<void> {
    do {
      changed = false;
      try {
        value = await read();
        error = undefined;
      } catch (failure) {
        error = failure;
      }
    } while (changed);
    reading = null;
  }

  function again(): Promise<void> {
    changed = true;
    return (reading ??= readUntilQuiet());
  }

  const stop = changes(() => void again());
  void again();
  return {
    get value() {
      return value;
    },
    get error() {
      return error;
    },
    again,
    stop,
  };
}
