// Writing images to drives: what is planned, what the host asks, what was written and read back. `flashes/<id>/flash.json` is a FlashRecord.
import { z } from 'zod';
import { DriveConfirmation, DriveIdentity, ListedDrive } from './drive.ts';
import { DiskRole, Sha256 } from './image.ts';
import { ProcessIdentity } from './run.ts';

/** One disk of an image and the drive that it goes to. */
export const FlashTarget = z.strictObject({
  role: DiskRole,
  imagePath: z.string(),
  imageBytes: z.int().positive(),
  /** What is read of the image; the rest is zeros. */
  dataBytes: z.int().nonnegative(),
  /** The disk's sha256 in image.json, which the file's bytes were compared with. */
  sha256: Sha256,
  /** sha256 over the sha256 of each 4 MiB chunk, 32 bytes each, zeros for a chunk of zeros: what the helper is bound to. */
  chunksSha256: Sha256,
  drive: ListedDrive,
});
export type FlashTarget = z.infer<typeof FlashTarget>;

/** How the helper gets its rights. */
export const FlashElevation = z.strictObject({
  kind: z.enum(['direct', 'pkexec', 'sudo', 'none']),
  /** One sentence: what the person will see, or why it cannot be done. */
  why: z.string(),
  /** The beginning of the command that an authorisation dialog shows. */
  command: z.array(z.string()),
});
export type FlashElevation = z.infer<typeof FlashElevation>;

export const FlashPlan = z.strictObject({
  id: z.string(),
  imageId: z.string().nullable(),
  label: z.string(),
  /** In the order of writing: the drive that the machine starts from comes last, so that nothing starts from half a set. */
  targets: z.array(FlashTarget).min(1).max(2),
  elevation: FlashElevation,
  /** What to do at the machine, in order. */
  advice: z.array(z.string()),
  /** Chunks of an earlier try that may be on the drive still, by target; 0 when there was none. */
  resumable: z.array(z.int().nonnegative()),
});
export type FlashPlan = z.infer<typeof FlashPlan>;

/** What a host shows before it lets a drive be written. Made by the engine, never by a page. */
export const FlashQuestion = z.strictObject({
  plan: z.string(),
  /** `Erase SanDisk Ultra (31 GB, usb, /dev/sdb) and write …`, then what is on it. */
  lines: z.array(z.string()),
  drives: z.array(
    z.strictObject({
      name: z.string(),
      serial: z.string().nullable(),
      sizeBytes: z.int(),
      confirmation: DriveConfirmation,
    }),
  ),
});
export type FlashQuestion = z.infer<typeof FlashQuestion>;

export const FlashConfirmation = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('confirmed'), token: z.string() }),
  /** The host printed a code where pages cannot see it; ask again with it. */
  z.strictObject({ state: z.literal('code-needed'), where: z.string() }),
  z.strictObject({ state: z.literal('declined') }),
]);
export type FlashConfirmation = z.infer<typeof FlashConfirmation>;

/** Runs of chunks, in order and without gaps. */
export const FlashChunks = z.array(
  z.union([
    z.strictObject({ zeros: z.int().positive() }),
    z.strictObject({ sha256: z.array(Sha256).min(1) }),
  ]),
);
export type FlashChunks = z.infer<typeof FlashChunks>;

export const FLASH_RECORD_VERSION = 1;

export const FlashRecord = z.strictObject({
  version: z.literal(FLASH_RECORD_VERSION),
  id: z.string().regex(/^[0-9a-z-]{1,40}$/),
  /** `written`: and read back, every byte equal. */
  state: z.enum(['writing', 'written', 'failed', 'cancelled']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  /** Whose end while `writing` is a cut; null where the system does not tell processes apart. */
  writer: ProcessIdentity.nullable(),
  image: z.strictObject({
    id: z.string().nullable(),
    role: DiskRole,
    sizeBytes: z.int().positive(),
    sha256: Sha256,
    inputDigest: Sha256,
  }),
  drive: z.strictObject({ id: z.string(), name: z.string(), identity: DriveIdentity }),
  chunkBytes: z.int().positive(),
  chunksSha256: Sha256,
  chunks: FlashChunks,
  /** All chunks below this number were written; the first MiB comes last. */
  writtenUpTo: z.int().nonnegative(),
  verifiedBytes: z.int().nonnegative(),
  zeroing: z.enum(['kernel', 'written', 'none']),
  writtenBytes: z.int().nonnegative(),
  zeroedBytes: z.int().nonnegative(),
  resumedChunks: z.int().nonnegative(),
  /** Milliseconds by phase of the helper. */
  timings: z.record(z.string(), z.number()),
  peakMemoryBytes: z.int().nonnegative(),
  unmounted: z.array(z.string()),
  /** null when it was not asked for or went well. */
  ejectProblem: z.string().nullable(),
  failure: z.strictObject({ code: z.string(), message: z.string() }).nullable(),
});
export type FlashRecord = z.infer<typeof FlashRecord>;

/** A record in a list: without the hashes of its chunks. */
export const FlashSummary = FlashRecord.omit({ chunks: true });
export type FlashSummary = z.infer<typeof FlashSummary>;

/** What a drive was found to be. */
export const FlashVerification = z.strictObject({
  drive: z.string(),
  against: z.string(),
  equal: z.boolean(),
  verifiedBytes: z.int().nonnegative(),
  /** Of the first byte that differs, or of its chunk when the image itself is not there. */
  offsetBytes: z.int().nonnegative().nullable(),
  badChunks: z.array(z.int()),
  badChunkCount: z.int().nonnegative(),
  milliseconds: z.number().nonnegative(),
});
export type FlashVerification = z.infer<typeof FlashVerification>;
