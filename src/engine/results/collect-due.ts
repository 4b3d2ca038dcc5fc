// Results of runs that ended while nobody asked for them: a host that stays open reads them then, in the background, one run at a time.
// Whoever finds that a run has ended leaves a mark in its folder; the mark goes when somebody has read the results, or cannot.
import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Jobs } from '../jobs.ts';
import { claimRun } from '../run/run-claim.ts';
import { exists, isLive, runFolderAt } from '../run/run-folder.ts';
import type { Runs } from '../run/runs.ts';
import type { Results } from './results.ts';

export interface CollectDueNeeds {
  /** The folder of all runs. */
  folder: string;
  runs: Pick<Runs, 'watchList'>;
  results: Pick<Results, 'collect'>;
  jobs: Pick<Jobs, 'start' | 'watch'>;
}

const RETRY_MILLISECONDS = 500;

/** Returns how to end it. What is not done then is done by the next host. */
export function collectDueResults({ folder, runs, results, jobs }: CollectDueNeeds): () => Promise<void> {
  const closing = new AbortController();
  const looked = new Set<string>();

  /** Until the mark is gone: whoever has watched the run may still hold it, or another host had the same idea. */
  async function collect(id: string): Promise<void> {
    const { path, resultsDue } = runFolderAt(folder, id);
    while (!closing.signal.aborted && (await exists(resultsDue))) {
      const claim = await claimRun(path);
      if (claim === null) await sleep(RETRY_MILLISECONDS, undefined, { signal: closing.signal });
      else
        try {
          if (await exists(resultsDue)) await jobFor(id, resultsDue);
        } finally {
          await claim.release();
        }
    }
  }

  async function jobFor(id: string, mark: string): Promise<void> {
    if (closing.signal.aborted) return;
    const job = jobs.start('run.results', `Reading the results of ${id}`, async (context) => {
      await results.collect(id, context);
      return { imageId: null, runId: id, path: null };
    });
    let state = job.state;
    for await (const now of jobs.watch(job.id)) ({ state } = now);
    // Once: what cannot be read now is not tried at every start; the page says why, and reads again when asked.
    if (state !== 'cancelled') await rm(mark, { force: true });
  }

  async function follow(): Promise<void> {
    for await (const list of runs.watchList(closing.signal))
      for (const run of list) {
        if (isLive(run) || looked.has(run.id) || closing.signal.aborted) continue;
        looked.add(run.id);
        await collect(run.id).catch(() => undefined);
      }
  }

  const done = follow().catch(() => undefined);
  return async () => {
    closing.abort();
    await done;
  };
}
