// Mirrors: which there are and how they are; make one, serve one.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { PlaceToken } from '../model/host.ts';
import { MirrorCreateReport, MirrorHealth, MirrorServing, MirrorView } from '../model/mirror.ts';
import { CheckoutChoice, FetchOptions } from './distfiles.ts';
import { procedure } from './errors.ts';

export const mirrorContract = {
  list: procedure.input(z.strictObject({})).output(z.array(MirrorView)),
  /** Ask the mirrors for the checkout's files, a sample or all of them; takes seconds to minutes. */
  check: procedure
    .input(
      z.strictObject({
        checkout: CheckoutChoice,
        all: z.boolean(),
        /** Others than those that are known. */
        urls: z.array(z.url({ protocol: /^https?$/ })).max(20),
      }),
    )
    .output(z.array(MirrorHealth)),
  /** All sources of all steps in a folder, by name: what upstream's mirror.sh makes. */
  create: procedure
    .input(z.strictObject({ checkout: CheckoutChoice, folder: PlaceToken, options: FetchOptions.optional() }))
    .output(z.strictObject({ jobId: z.string() })),
  createReport: procedure.input(z.strictObject({ job: z.string() })).output(MirrorCreateReport.nullable()),
  /** Serve a folder, or the stored files under the names that checkouts give them; read-only, plain http. */
  serve: procedure
    .input(
      z.strictObject({
        from: z.union([z.strictObject({ folder: PlaceToken }), z.strictObject({ checkout: CheckoutChoice })]),
        /** An address of this computer; 127.0.0.1 is reached from here only. */
        host: z.union([z.ipv4(), z.ipv6()]),
        port: z.int().min(0).max(65_535),
      }),
    )
    .output(MirrorServing),
  stopServing: procedure.input(z.strictObject({ url: z.string() })).output(z.strictObject({})),
  /** What this host serves now, again whenever it changes. */
  watchServing: procedure.input(z.strictObject({})).output(eventIterator(z.array(MirrorServing))),
};
