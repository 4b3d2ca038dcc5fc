// A value that changes, and views of it: `watchLatest` gives the value now, then the newest one at most every `intervalMs`,
// and always the last. Slow views skip values, they never queue them.

export interface Topic<T> {
  get(): T;
  set(value: T): void;
  /** No more values will come; views end after the last one. */
  end(): void;
  watch(options: { signal?: AbortSignal | undefined; intervalMs?: number }): AsyncGenerator<T, void, void>;
}

/** At most 10 snapshots a second (docs/ARCHITECTURE.md, "Jobs and streams"). */
export const SNAPSHOT_INTERVAL_MS = 100;

export function createTopic<T>(initial: T): Topic<T> {
  let value = initial;
  let version = 0;
  let ended = false;
  let wake: (() => void)[] = [];
  /** Views that pause between two values; the end is no reason to. */
  const pausing = new Set<() => void>();
  const notify = (): void => {
    const waiting = wake;
    wake = [];
    for (const resolve of waiting) resolve();
  };
  const pause = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
    new Promise((resolve) => {
      const goOn = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', goOn);
        pausing.delete(goOn);
        resolve();
      };
      const timer = setTimeout(goOn, milliseconds);
      signal?.addEventListener('abort', goOn);
      pausing.add(goOn);
    });
  return {
    get: () => value,
    set(next) {
      value = next;
      version += 1;
      notify();
    },
    end() {
      ended = true;
      notify();
      for (const goOn of [...pausing]) goOn();
    },
    async *watch({ signal, intervalMs = SNAPSHOT_INTERVAL_MS }) {
      const aborted = (): boolean => signal?.aborted === true;
      let seen = -1;
      signal?.addEventListener('abort', notify);
      try {
        while (!aborted()) {
          if (seen !== version) {
            seen = version;
            yield value;
            if (!ended && !aborted()) await pause(intervalMs, signal);
          } else if (ended) {
            return;
          } else {
            await new Promise<void>((resolve) => {
              wake.push(resolve);
            });
          }
        }
      } finally {
        signal?.removeEventListener('abort', notify);
      }
    },
  };
}
