// What in a checkout and in its distfiles is no text that a person could read, and what a program made there.
import { z } from 'zod';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A file that is no text. */
export const Blob = z.strictObject({
  /** In the checkout, or `ARCHIVE!path` with one `!` for every archive within another; control characters are shown as `?`. */
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  sha256: Sha256,
  /** What its first bytes say, or `data`. */
  kind: z.string(),
  /** For a seed: the hex text beside it that says the very same bytes. Null: not explained. */
  explanation: z.string().nullable(),
});
export type Blob = z.infer<typeof Blob>;

/** Files that a program made, by the rule that knows them. */
export const GeneratedFiles = z.strictObject({
  rule: z.string(),
  count: z.int().positive(),
  /** A few of them. */
  examples: z.array(z.string()),
});
export type GeneratedFiles = z.infer<typeof GeneratedFiles>;

export const ScannedDistfile = z.strictObject({
  name: z.string(),
  /** `partly`: something in it was not opened; `not stored`: there are no bytes to look at. */
  state: z.enum(['scanned', 'partly', 'not opened', 'not stored']),
  /** What was not opened and why. */
  notes: z.array(z.string()),
  files: z.int().nonnegative(),
  /** Files in it that are no text: all are counted, the first are listed. */
  blobCount: z.int().nonnegative(),
  blobs: z.array(Blob),
  generated: z.array(GeneratedFiles),
});
export type ScannedDistfile = z.infer<typeof ScannedDistfile>;

export const BlobReport = z.strictObject({
  checkout: z.strictObject({
    files: z.int().nonnegative(),
    bytes: z.int().nonnegative(),
    blobs: z.array(Blob),
    explained: z.int().nonnegative(),
  }),
  /** Null when distfiles were not asked for. */
  distfiles: z.array(ScannedDistfile).nullable(),
});
export type BlobReport = z.infer<typeof BlobReport>;
