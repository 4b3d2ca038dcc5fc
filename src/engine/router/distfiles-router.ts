// The contract's part for distfiles.
import { implement } from '@orpc/server';
import {
  type CheckoutChoice,
  distfilesContract,
  type FetchOptions,
} from '../../shared/contract/distfiles.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { ConfirmReport, DistfileReport, VerifyReport } from '../../shared/model/distfile.ts';
import type { Job } from '../../shared/model/job.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import { requireAll } from '../distfiles/distfiles.ts';
import type { FetchChoices } from '../distfiles/fetch-wanted.ts';
import type { FileReceiver } from '../distfiles/receive-files.ts';
import { selectDistfiles } from '../distfiles/select-distfiles.ts';
import type { Jobs } from '../jobs.ts';
import type { Places } from '../places.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface DistfilesRouterNeeds {
  places: Places;
  jobs: Jobs;
  distfiles: Distfiles;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

export const NO_RESULT: NonNullable<Job['result']> = { imageId: null, runId: null, path: null };

export function createDistfilesRouter({ places, jobs, distfiles, checkoutPath }: DistfilesRouterNeeds) {
  const os = implement(distfilesContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const reports = createReports<DistfileReport>();
  const verifyReports = createReports<VerifyReport>();
  const confirmReports = createReports<ConfirmReport>();
  /** Those whose job goes on. */
  const receivers = new Map<string, FileReceiver>();

  function receiverOf(job: string): FileReceiver {
    const receiver = receivers.get(job);
    if (receiver === undefined) throw new SeedbedError('JOB_NOT_FOUND', { job });
    return receiver;
  }

  return os.router({
    list: os.list.handler(async ({ input }) =>
      distfiles.list(await selectDistfiles(await checkoutPath(input.checkout), input)),
    ),
    watch: os.watch.handler(async ({ input, signal }) =>
      distfiles.watch(await selectDistfiles(await checkoutPath(input.checkout), input), signal),
    ),
    fetch: os.fetch.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), input);
      const choices = foldChoices(input.options ?? {}, places);
      const job = jobs.start('distfiles.fetch', 'Fetching distfiles', async (context) => {
        reports.set(job.id, await distfiles.fetch(wanted, choices, context));
        requireAll(await distfiles.list(wanted));
        return NO_RESULT;
      });
      return { jobId: job.id };
    }),
    sources: os.sources.handler(async ({ input }) =>
      distfiles.sources(await selectDistfiles(await checkoutPath(input.checkout), input)),
    ),
    confirm: os.confirm.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), input);
      const choices = foldChoices(input.options ?? {}, places);
      const job = jobs.start('distfiles.confirm', 'Asking other sources', async (context) => {
        confirmReports.set(job.id, await distfiles.confirm(wanted, choices, context));
        return NO_RESULT;
      });
      return { jobId: job.id };
    }),
    confirmReport: os.confirmReport.handler(({ input }) => confirmReports.get(input.job)),
    verify: os.verify.handler(async ({ input: { selection } }) => {
      const only =
        selection === null
          ? undefined
          : new Set(
              (await selectDistfiles(await checkoutPath(selection.checkout), selection)).map(
                ({ sha256 }) => sha256,
              ),
            );
      const job = jobs.start('distfiles.verify', 'Verifying the stored distfiles', async (context) => {
        verifyReports.set(job.id, await distfiles.verify(context, only));
        return NO_RESULT;
      });
      return { jobId: job.id };
    }),
    import: os.import.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), input);
      const from = input.from.map((token) => places.resolve(token));
      const [first] = from;
      const path = first !== undefined && from.length === 1 ? first : null;
      const label = `Importing from ${path ?? `${from.length} places`}`;
      const job = jobs.start('distfiles.import', label, async (context) => {
        reports.set(job.id, await distfiles.import(from, wanted, context));
        return { ...NO_RESULT, path };
      });
      return { jobId: job.id };
    }),
    receive: os.receive.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), input);
      const receiver = distfiles.receive(wanted, input.totalBytes);
      const job = jobs.start('distfiles.import', 'Taking in what was dropped', async (context) => {
        try {
          reports.set(job.id, await receiver.run(context));
        } finally {
          receivers.delete(job.id);
        }
        return NO_RESULT;
      });
      receivers.set(job.id, receiver);
      return { jobId: job.id };
    }),
    receivePiece: os.receivePiece.handler(async ({ input: { job, base64, ...piece } }) => ({
      state: await receiverOf(job).take({ ...piece, bytes: Buffer.from(base64, 'base64') }),
    })),
    receiveEnd: os.receiveEnd.handler(({ input }) => {
      receiverOf(input.job).end();
      return {};
    }),
    export: os.export.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), input);
      const folder = places.resolve(input.folder);
      const job = jobs.start('distfiles.export', `Writing distfiles to ${folder}`, async (context) => {
        await distfiles.exportTo(folder, wanted, { ...context, link: false });
        return { ...NO_RESULT, path: folder };
      });
      return { jobId: job.id };
    }),
    report: os.report.handler(({ input }) => reports.get(input.job)),
    verifyReport: os.verifyReport.handler(({ input }) => verifyReports.get(input.job)),
    prune: os.prune.handler(async ({ input: { dryRun, keepWantedBy, git } }) => {
      if (keepWantedBy === null) return distfiles.prune({ dryRun, git, keep: null });
      const keep = new Set<string>();
      for (const choice of keepWantedBy)
        for (const { sha256 } of await selectDistfiles(await checkoutPath(choice), { everyStep: true }))
          keep.add(sha256);
      return distfiles.prune({ dryRun, git, keep });
    }),
  });
}

export function foldChoices(options: FetchOptions, places: Places): FetchChoices {
  const { use = {}, archives, parallel } = options;
  return {
    mirrors: options.mirrors ?? [],
    folders: (options.folders ?? []).map((token) => places.resolve(token)),
    change: {
      ...(use.mirrors === undefined ? {} : { mirrors: use.mirrors }),
      ...(use.upstream === undefined ? {} : { upstream: use.upstream }),
      ...(use.git === undefined ? {} : { git: use.git }),
      ...(archives === undefined ? {} : { archives }),
      ...(parallel === undefined ? {} : { parallel }),
    },
  };
}
