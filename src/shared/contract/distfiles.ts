// Distfiles: what a checkout wants and what is there, fetch, verify, import, export, prune.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { DistfileReport, DistfileRow, DistfileTable, PruneReport, VerifyReport } from '../model/distfile.ts';
import { PlaceToken } from '../model/host.ts';
import { ArchiveId } from '../model/settings.ts';
import { procedure } from './errors.ts';

/** A folder that the user chose, or a checkout that Seedbed keeps. */
export const CheckoutChoice = z.union([
  z.strictObject({ place: PlaceToken }),
  z.strictObject({ id: z.string().max(80) }),
]);
export type CheckoutChoice = z.infer<typeof CheckoutChoice>;

/** Which of the checkout's distfiles are meant. */
export const DistfileSelection = z.strictObject({
  checkout: CheckoutChoice,
  /** Only what the machine needs before it has a network. */
  preNetwork: z.boolean().optional(),
  /** Only these. */
  names: z.array(z.string().max(255)).max(1000).optional(),
  /** Also of steps that the manifest does not build, as upstream's mirror.sh does. */
  everyStep: z.boolean().optional(),
});
export type DistfileSelection = z.infer<typeof DistfileSelection>;

/** What a fetch does otherwise than the settings say. */
export const FetchOptions = z.strictObject({
  /** Asked before all other sources. */
  mirrors: z
    .array(z.url({ protocol: /^https?$/ }))
    .max(20)
    .optional(),
  folders: z.array(PlaceToken).max(20).optional(),
  /** Kinds of sources that are left out (or, with true, asked all the same). */
  use: z.strictObject({ mirrors: z.boolean(), upstream: z.boolean(), git: z.boolean() }).partial().optional(),
  archives: z.array(ArchiveId).optional(),
  parallel: z.int().min(1).max(64).optional(),
});
export type FetchOptions = z.infer<typeof FetchOptions>;

const started = z.strictObject({ jobId: z.string() });
const ofJob = z.strictObject({ job: z.string() });

export const distfilesContract = {
  list: procedure.input(DistfileSelection).output(z.array(DistfileRow)),
  /** The whole table first, then the rows that changed; at most 10 a second. */
  watch: procedure.input(DistfileSelection).output(eventIterator(DistfileTable)),
  /** The job fails with DISTFILES_INCOMPLETE when a file could not be got; the report says why, source by source. */
  fetch: procedure.input(DistfileSelection.extend({ options: FetchOptions.optional() })).output(started),
  verify: procedure.input(z.strictObject({ selection: DistfileSelection.nullable() })).output(started),
  import: procedure.input(DistfileSelection.extend({ folder: PlaceToken })).output(started),
  /** Lay files out by name in a folder. */
  export: procedure.input(DistfileSelection.extend({ folder: PlaceToken })).output(started),
  /** How a fetch or an import of this host ended; null while it goes on, or when it is not known (any more). */
  report: procedure.input(ofJob).output(DistfileReport.nullable()),
  verifyReport: procedure.input(ofJob).output(VerifyReport.nullable()),
  prune: procedure
    .input(
      z.strictObject({
        dryRun: z.boolean(),
        /** Remove stored files that none of these checkouts wants; null keeps all stored files. */
        keepWantedBy: z.array(CheckoutChoice).min(1).max(50).nullable(),
        /** Also the clones that snapshots are made from. */
        git: z.boolean(),
      }),
    )
    .output(PruneReport),
};
