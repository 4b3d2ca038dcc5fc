// The contract's part for looking for what is no text.
import { join } from 'node:path';
import { implement } from '@orpc/server';
import { blobsContract } from '../../shared/contract/blobs.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import type { BlobReport } from '../../shared/model/blobs.ts';
import { keepScan } from '../blobs/kept-scan.ts';
import { scanCheckout } from '../blobs/scan-checkout.ts';
import { scanDistfiles } from '../blobs/scan-distfiles.ts';
import { askGit } from '../checkout/git.ts';
import type { DataFolder } from '../data-folder.ts';
import type { Distfiles } from '../distfiles/distfiles.ts';
import { selectDistfiles } from '../distfiles/select-distfiles.ts';
import type { Jobs } from '../jobs.ts';
import { NO_RESULT } from './distfiles-router.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface BlobsRouterNeeds {
  folder: DataFolder;
  jobs: Jobs;
  distfiles: Distfiles;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createBlobsRouter({ folder, jobs, distfiles, checkoutPath }: BlobsRouterNeeds) {
  const os = implement(blobsContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const reports = createReports<BlobReport>();
  return os.router({
    scan: os.scan.handler(async ({ input: { checkout, distfiles: which } }) => {
      const path = await checkoutPath(checkout);
      const names = Array.isArray(which) ? { names: which } : {};
      const wanted = which === false ? null : await selectDistfiles(path, names);
      const job = jobs.start('audit.blobs', 'Looking for what is no text', async (context) => {
        const report = {
          checkout: await scanCheckout(path, context),
          distfiles: wanted === null ? null : await scanDistfiles(wanted, distfiles, context),
        };
        reports.set(job.id, report);
        const head = await askGit(path, ['rev-parse', 'HEAD'], context.signal);
        await keepScan(join(folder.root, 'audits'), head.kind === 'answer' ? head.text.trim() : null, report);
        return NO_RESULT;
      });
      return { jobId: job.id };
    }),
    report: os.report.handler(({ input }) => reports.get(input.job)),
  });
}
