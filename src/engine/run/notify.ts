// Passes the notices of all runs to a host that can show them on the desktop, unless the user has switched that off.
import type { RunNotice } from '../../shared/model/notice.ts';
import type { Settings } from '../../shared/model/settings.ts';
import { watchNotices } from './run-notices.ts';
import type { Runs } from './runs.ts';

/** Returns how to end it. */
export function notifyOfRuns(
  runs: Pick<Runs, 'list' | 'show' | 'watch' | 'watchList'>,
  settings: { get(): Promise<Settings> },
  notify: (notice: RunNotice) => void,
): () => Promise<void> {
  const closing = new AbortController();
  const follow = async (): Promise<void> => {
    for await (const notice of watchNotices(runs, { signal: closing.signal })) {
      // Settings that cannot be read say nothing against it.
      const isWanted = await settings.get().then(
        ({ notices }) => notices.desktop,
        () => true,
      );
      if (isWanted) notify(notice);
    }
  };
  const done = follow().catch(() => undefined);
  return async () => {
    closing.abort();
    await done;
  };
}
