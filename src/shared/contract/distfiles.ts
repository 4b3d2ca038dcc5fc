// Distfiles: what a checkout wants and what is there, fetch, verify, import, export, prune.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import {
  ConfirmReport,
  DistfileReport,
  DistfileRow,
  DistfileTable,
  PlannedSources,
  PruneReport,
  VerifyReport,
} from '../model/distfile.ts';
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

/** The largest file that a page may send: no distfile is near this; disk images beside them are. */
export const RECEIVED_FILE_LIMIT_BYTES = 1024 ** 3;
/** Bytes in a piece; a multiple of 3, so that base64 needs no padding within a file. */
export const RECEIVED_PIECE_LIMIT_BYTES = 393_216;
const MOST_PLACES = 1000;

/** What became of a file: `more` while it is not whole. */
export const ReceivedState = z.enum(['more', 'stored', 'was-here', 'not-wanted']);
export type ReceivedState = z.infer<typeof ReceivedState>;

const started = z.strictObject({ jobId: z.string() });
const ofJob = z.strictObject({ job: z.string() });

export const distfilesContract = {
  list: procedure.input(DistfileSelection).output(z.array(DistfileRow)),
  /** The whole table first, then the rows that changed; at most 10 a second. */
  watch: procedure.input(DistfileSelection).output(eventIterator(DistfileTable)),
  /** The job fails with DISTFILES_INCOMPLETE when a file could not be got; the report says why, source by source. */
  fetch: procedure.input(DistfileSelection.extend({ options: FetchOptions.optional() })).output(started),
  /** In which order the sources of each file would be asked; nobody is asked. */
  sources: procedure.input(DistfileSelection).output(z.array(PlannedSources)),
  /** Ask the other sources of what is stored for the same bytes, and keep who agrees. */
  confirm: procedure.input(DistfileSelection.extend({ options: FetchOptions.optional() })).output(started),
  confirmReport: procedure.input(ofJob).output(ConfirmReport.nullable()),
  verify: procedure.input(z.strictObject({ selection: DistfileSelection.nullable() })).output(started),
  /** Folders and files that the user chose or dropped. */
  import: procedure
    .input(DistfileSelection.extend({ from: z.array(PlaceToken).min(1).max(MOST_PLACES) }))
    .output(started),
  /** Begin to take in files that only the page can read: the job is an import that ends with `receiveEnd`, or when no piece comes for a while. */
  receive: procedure.input(DistfileSelection.extend({ totalBytes: z.int().nonnegative() })).output(started),
  /** The next piece of a file; a file begins at offset 0. Send another when this is answered. */
  receivePiece: procedure
    .input(
      z.strictObject({
        job: z.string(),
        name: z.string().min(1).max(1000),
        sizeBytes: z.int().nonnegative().max(RECEIVED_FILE_LIMIT_BYTES),
        offsetBytes: z.int().nonnegative(),
        base64: z.string().max((RECEIVED_PIECE_LIMIT_BYTES / 3) * 4),
      }),
    )
    .output(z.strictObject({ state: ReceivedState })),
  receiveEnd: procedure.input(ofJob).output(z.strictObject({})),
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
