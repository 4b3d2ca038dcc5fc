// The contract's part for mirrors.
import { implement } from '@orpc/server';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import { mirrorContract } from '../../shared/contract/mirror.ts';
import type { MirrorCreateReport } from '../../shared/model/mirror.ts';
import { selectDistfiles } from '../distfiles/select-distfiles.ts';
import type { Jobs } from '../jobs.ts';
import type { Mirrors } from '../mirror/mirrors.ts';
import type { Places } from '../places.ts';
import { foldChoices, NO_RESULT } from './distfiles-router.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface MirrorRouterNeeds {
  places: Places;
  jobs: Jobs;
  mirrors: Mirrors;
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

export function createMirrorRouter({ places, jobs, mirrors, checkoutPath }: MirrorRouterNeeds) {
  const os = implement(mirrorContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const reports = createReports<MirrorCreateReport>();

  return os.router({
    list: os.list.handler(() => mirrors.list()),
    check: os.check.handler(async ({ input: { checkout, all, urls }, signal }) =>
      mirrors.check(await selectDistfiles(await checkoutPath(checkout), {}), { all, urls, signal }),
    ),
    create: os.create.handler(async ({ input }) => {
      const wanted = await selectDistfiles(await checkoutPath(input.checkout), { everyStep: true });
      const folder = places.resolve(input.folder);
      const choices = foldChoices(input.options ?? {}, places);
      const job = jobs.start('mirror.create', `Making a mirror in ${folder}`, async (context) => {
        reports.set(job.id, await mirrors.create(folder, wanted, choices, context));
        return { ...NO_RESULT, path: folder };
      });
      return { jobId: job.id };
    }),
    createReport: os.createReport.handler(({ input }) => reports.get(input.job)),
    serve: os.serve.handler(async ({ input: { from, ...at } }) =>
      mirrors.serve(
        'folder' in from
          ? { folder: places.resolve(from.folder) }
          : { wanted: await selectDistfiles(await checkoutPath(from.checkout), { everyStep: true }) },
        at,
      ),
    ),
    stopServing: os.stopServing.handler(async ({ input }) => {
      await mirrors.stopServing(input.url);
      return {};
    }),
    watchServing: os.watchServing.handler(({ signal }) => Promise.resolve(mirrors.watchServing(signal))),
  });
}
