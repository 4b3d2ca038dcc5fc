// Looking for what is no text, in a checkout and in the stored distfiles.
import { z } from 'zod';
import { BlobReport } from '../model/blobs.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';

export const blobsContract = {
  /** Job `audit.blobs`. `distfiles`: also look into those that are stored, or only into these. Nothing is unpacked to disk. */
  scan: procedure
    .input(
      z.strictObject({
        checkout: CheckoutChoice,
        distfiles: z.union([z.boolean(), z.array(z.string().max(255)).max(1000)]),
      }),
    )
    .output(z.strictObject({ jobId: z.string() })),
  /** Null while it goes on, or when it is not known (any more). */
  report: procedure.input(z.strictObject({ job: z.string() })).output(BlobReport.nullable()),
};
