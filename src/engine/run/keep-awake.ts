// While a machine runs, its host is asked to keep the computer awake: a bootstrap of many hours must not stop because nobody touched a key.
import type { Runs } from './runs.ts';

/** Calls `keepAwake` when the first run begins to live, and when the last one has ended. Returns how to end it; it ends with a computer that may sleep. */
export function keepAwakeWhileRunning(
  runs: Pick<Runs, 'watchList'>,
  keepAwake: (awake: boolean) => void,
): () => Promise<void> {
  const closing = new AbortController();
  let awake = false;
  const follow = async (): Promise<void> => {
    for await (const list of runs.watchList(closing.signal)) {
      const wanted = list.some(({ state }) => state !== 'ended' && state !== 'lost');
      if (wanted !== awake) keepAwake((awake = wanted));
    }
  };
  const done = follow().catch(() => undefined);
  return async () => {
    closing.abort();
    await done;
    if (awake) keepAwake(false);
  };
}
