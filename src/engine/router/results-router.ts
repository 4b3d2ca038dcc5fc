// The contract's part for results of runs.
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { resultsContract } from '../../shared/contract/results.ts';
import type { RunArchive, RunExtractReport } from '../../shared/model/results.ts';
import type { Jobs } from '../jobs.ts';
import type { Places } from '../places.ts';
import type { Results } from '../results/results.ts';
import type { Runs } from '../run/runs.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface ResultsRouterNeeds {
  places: Places;
  jobs: Jobs;
  runs: Runs;
  results: Results;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createResultsRouter({ places, jobs, runs, results }: ResultsRouterNeeds) {
  const os = implement(resultsContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const extracts = createReports<RunExtractReport>();
  const archives = createReports<RunArchive>();
  const idOf = (name: string): Promise<string> => runs.resolveId(name);
  const quiet = { report: (): void => undefined };
  const never = new AbortController().signal;

  return os.router({
    read: os.read.handler(async ({ input }) => results.read(await idOf(input.run))),
    collect: os.collect.handler(async ({ input }) => {
      const id = await idOf(input.run);
      const job = jobs.start('run.results', `Reading the results of ${id}`, async (context) => {
        await results.collect(id, context);
        return { imageId: null, runId: id, path: null };
      });
      return { jobId: job.id };
    }),
    extract: os.extract.handler(async ({ input: { run, to, paths } }) => {
      const id = await idOf(run);
      const folder = places.resolve(to);
      const job = jobs.start('run.extract', `Copying out of ${id}`, async (context) => {
        extracts.set(job.id, await results.extract(id, { folder, paths }, context));
        return { imageId: null, runId: id, path: folder };
      });
      return { jobId: job.id };
    }),
    extractReport: os.extractReport.handler(({ input }) => extracts.get(input.job)),
    boot: os.boot.handler(async ({ input: { run, ...machine }, signal = never }) =>
      results.boot(await idOf(run), machine, { ...quiet, signal }),
    ),
    compare: os.compare.handler(async ({ input: { a, b }, signal = never }) =>
      results.compare(await idOf(a), await idOf(b), { ...quiet, signal }),
    ),
    export: os.export.handler(async ({ input: { run, out } }) => {
      const id = await idOf(run);
      const path = join(places.resolve(out.folder), out.name);
      const job = jobs.start('run.export', `Writing ${out.name}`, async (context) => {
        archives.set(job.id, await results.exportTo(id, { path, replace: out.replace }, context));
        return { imageId: null, runId: id, path };
      });
      return { jobId: job.id };
    }),
    exportReport: os.exportReport.handler(({ input }) => archives.get(input.job)),
  });
}
