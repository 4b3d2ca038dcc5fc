// Images and what is in them. `image.json` is an ImageRecord: it says nothing about time, host or paths, so that
// two people who build the same inputs get the same file.
import { z } from 'zod';
import { BootstrapConfiguration } from './bootstrap-config.ts';
import { BootCheckEntry, ImageGoal } from './console.ts';

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A contiguous part of an image; the regions of an image cover its data, [0, dataBytes), in order and without gaps. Check one with `dd` and `sha256sum`. */
export const Region = z.strictObject({
  /**
   * The source stream is several regions: a `distfile` is one's bytes, so that its sha256 is the one that upstream's sources file names; `stream` is
   * what stands between two. On a disk with a file system, `ext3` is its own structures, `files` other files' bytes with the zeros that fill their
   * last blocks; a distfile that the file system's structures cut is several regions.
   */
  name: z.enum([
    'boot-sector',
    'stage2',
    'padding',
    'stream',
    'distfile',
    'commands',
    'zeros',
    'hole',
    'partition-table',
    'ext3',
    'files',
  ]),
  /** Name of the distfile, of a `distfile` only. */
  distfile: z.string().optional(),
  offsetBytes: z.int().nonnegative(),
  lengthBytes: z.int().nonnegative(),
  /** null for a hole, which is all zeros and not hashed. */
  sha256: Sha256.nullable(),
});
export type Region = z.infer<typeof Region>;

/** A limit of builder-hex0 with what this image uses of it. */
export const Budget = z.strictObject({
  name: z.enum(['files', 'file-area', 'longest-path', 'longest-name']),
  used: z.int().nonnegative(),
  limit: z.int().positive(),
  unit: z.enum(['files', 'bytes']),
});
export type Budget = z.infer<typeof Budget>;

export const Submodule = z.strictObject({
  path: z.string(),
  /** Commit that the tree records; null when the checkout is no git work tree. */
  commit: z.string().nullable(),
  /** `absent`: an empty folder. Only those that x86 does not need may be. */
  state: z.enum(['present', 'absent']),
});
export type Submodule = z.infer<typeof Submodule>;

export const CheckoutFacts = z.strictObject({
  /** Commit of the checkout's HEAD; null when the folder is no git work tree (an export, say). */
  commit: z.string().nullable(),
  submodules: z.array(Submodule),
});
export type CheckoutFacts = z.infer<typeof CheckoutFacts>;

/**
 * `boot`: builder-hex0's disk; `external`: what Linux finds on the second disk; `root`: the disk for a supplied kernel; `tree`: no disk, but the folder
 * that a sandbox takes for its root. Of that, `sha256` is the input digest and the sizes are those of its files together.
 */
export const DiskRole = z.enum(['boot', 'external', 'root', 'tree']);
export type DiskRole = z.infer<typeof DiskRole>;

export const ImageDistfile = z.strictObject({
  name: z.string(),
  sha256: Sha256,
  sizeBytes: z.int().nonnegative(),
  /** The disks that carry it. */
  on: z.array(DiskRole).min(1),
});
export type ImageDistfile = z.infer<typeof ImageDistfile>;

/** The one partition of a disk that has a partition table. */
export const ImagePartition = z.strictObject({
  offsetBytes: z.int().positive(),
  lengthBytes: z.int().positive(),
  fileSystem: z.literal('ext3'),
  uuid: z.uuid(),
});
export type ImagePartition = z.infer<typeof ImagePartition>;

export const DISK_FILES = {
  boot: 'boot.img',
  external: 'external.img',
  root: 'root.img',
  tree: 'root',
} as const;

export const ImageDisk = z.strictObject({
  role: DiskRole,
  /** Its name in the data folder. Where the user named a file, that is the first disk, and the others have their own name behind it. */
  file: z.enum(DISK_FILES),
  /**
   * sha256 over what decides the disk's bytes: for a boot disk boot sector, stage2, size, commands, and size, sha256 and path of each entry in
   * sorted order. A disk with the same content in another order, as upstream's generator makes it, has the same input digest.
   */
  inputDigest: Sha256,
  /**
   * Of a boot disk, sha256 of the data, [0, dataBytes): `head -c <dataBytes> FILE | sha256sum`. Behind the data come only zeros, which would take
   * longer to hash than the data. Of a disk with a partition, sha256 of the list of its regions: a line `<offsetBytes> <lengthBytes> <sha256>` for
   * each that is no hole. Its holes are many times its data, and each distfile's hash is known already.
   */
  sha256: Sha256,
  sizeBytes: z.int().positive(),
  /** Everything from this offset to `sizeBytes` is zero (a hole where the file system allows). */
  dataBytes: z.int().positive(),
  regions: z.array(Region),
  /** null for a boot disk: builder-hex0 reads it without partitions. */
  partition: ImagePartition.nullable(),
  budgets: z.array(Budget),
  entries: z.strictObject({
    directories: z.int().nonnegative(),
    files: z.int().nonnegative(),
    payloadBytes: z.int().nonnegative(),
    /** Bytes of the source stream up to the first NUL: headers, payload and commands; 0 on a disk without one. */
    streamBytes: z.int().nonnegative(),
  }),
});
export type ImageDisk = z.infer<typeof ImageDisk>;

/** A recorded change of what the checkout would boot. */
export const ImageOverlay = z.strictObject({
  name: z.string(),
  /** One that Seedbed brings along, or a folder of the user's. */
  origin: z.enum(['built-in', 'folder']),
  changes: z.array(
    z.strictObject({
      /** In the image, without the leading `./`: `steps/after/90-shell.sh`. */
      path: z.string(),
      action: z.enum(['added', 'replaced']),
      sha256: Sha256,
      sizeBytes: z.int().nonnegative(),
    }),
  ),
  /** sha256 over the changes: a line `<sha256>  <path>` each, in sorted order, as sha256sum prints them. */
  digest: Sha256,
});
export type ImageOverlay = z.infer<typeof ImageOverlay>;

/** `kernel-bootstrap` starts from builder-hex0, `kernel` from a Linux kernel that the user supplies, `sandbox` from the kernel of the host. */
export const ImageKind = z.enum(['boot-check', 'kernel-bootstrap', 'kernel', 'sandbox']);
export type ImageKind = z.infer<typeof ImageKind>;

export const IMAGE_RECORD_VERSION = 2;

export const ImageRecord = z.strictObject({
  version: z.literal(IMAGE_RECORD_VERSION),
  kind: ImageKind,
  goal: ImageGoal,
  /** sha256 over the input digests of all disks: `disk <role> <input digest>`, a line each, behind the line `seedbed image 2`. */
  inputDigest: Sha256,
  /** The disk that the machine starts from, then the others. */
  disks: z.tuple([ImageDisk], ImageDisk),
  checkout: CheckoutFacts.nullable(),
  /** null for the boot check, and for an image that others made. */
  configuration: BootstrapConfiguration.nullable(),
  /** Text of bootstrap.cfg as it stands in the image; null where `configuration` is. */
  bootstrapCfg: z.string().nullable(),
  overlays: z.array(ImageOverlay),
  distfiles: z.array(ImageDistfile),
  /** What the boot check must print; empty for other images. */
  expectedBootCheck: z.array(BootCheckEntry),
  warnings: z.array(z.string()),
});
export type ImageRecord = z.infer<typeof ImageRecord>;

/** An image in the data folder. */
export const Image = z.strictObject({
  id: z.string().max(80),
  /** Path of the first disk. */
  path: z.string(),
  record: ImageRecord,
});
export type Image = z.infer<typeof Image>;

/** What can be read from an image file alone, whoever made it. */
export const ImageInspection = z.strictObject({
  path: z.string(),
  sizeBytes: z.int().nonnegative(),
  /** As in ImageDisk, but read from the bytes. */
  dataBytes: z.int().nonnegative(),
  sha256: Sha256,
  /** As in ImageDisk; null when the stream holds more entries than builder-hex0 can take. */
  inputDigest: Sha256.nullable(),
  stage2Bytes: z.int().nonnegative(),
  /** Sector at which the source stream starts, read from the stage2 text. */
  streamLba: z.int().nonnegative(),
  regions: z.array(Region),
  budgets: z.array(Budget),
  directories: z.int().nonnegative(),
  files: z.int().nonnegative(),
  payloadBytes: z.int().nonnegative(),
  commands: z.array(z.string()),
  /** The record beside the image agrees with the bytes; null when there is no record. */
  matchesRecord: z.boolean().nullable(),
  record: ImageRecord.nullable(),
  warnings: z.array(z.string()),
});
export type ImageInspection = z.infer<typeof ImageInspection>;
