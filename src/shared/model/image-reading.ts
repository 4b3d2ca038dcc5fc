// What is read back from a disk image, a partition or a drive: a map of its regions, its contents, an account of every byte, a comparison.
// All offsets are bytes from the beginning of the file or device that was named, also for what lies in a partition.
import { z } from 'zod';
import { CheckoutFacts, Sha256 } from './image.ts';

/** Offsets and sizes are exact: disks are below 2^53 bytes. */
const Bytes = z.int().nonnegative();

/**
 * What a stretch of bytes is for. Of boot images: boot-sector, stage2 (hex0 text), padding (zeros up to the stream), entry (a `src` line and the bytes
 * of its file; directories have none), commands (what the shell runs after the entries), zeros. Of disks with partitions: partition-table (the first
 * sector), gap (outside of all partitions), partition (one that is not ext2, ext3 or ext4). Of ext2, ext3 and ext4: ext-boot-block (the
 * first 1024 bytes), super-block, group-descriptors (with the blocks kept for more of them), block-bitmap, inode-bitmap, inode-table, journal, directory
 * (names), mapping (indirect blocks and extent trees), file (contents), attributes, free (blocks that nothing uses).
 */
export const MapKind = z.enum([
  'boot-sector',
  'stage2',
  'padding',
  'entry',
  'commands',
  'zeros',
  'partition-table',
  'gap',
  'partition',
  'ext-boot-block',
  'super-block',
  'group-descriptors',
  'block-bitmap',
  'inode-bitmap',
  'inode-table',
  'journal',
  'directory',
  'mapping',
  'file',
  'attributes',
  'free',
]);
export type MapKind = z.infer<typeof MapKind>;

/** Where bytes come from, as far as a checkout (or a record) tells. */
export const Origin = z.discriminatedUnion('kind', [
  /** A file under version control: `git -C <folder> show <commit>:<path>`. */
  z.strictObject({
    kind: z.literal('checkout'),
    /** `live-bootstrap`, or the last name of a submodule's folder, such as `stage0-posix`. */
    repository: z.string(),
    /** Folder of that repository in the checkout; empty for live-bootstrap itself. */
    folder: z.string(),
    /** Null when the folder is no git work tree. */
    commit: z.string().nullable(),
    /** Path in that repository. */
    path: z.string(),
  }),
  /** A distfile: known by its hash. */
  z.strictObject({ kind: z.literal('distfile'), name: z.string(), sha256: Sha256 }),
  /** steps/bootstrap.cfg: written for this image from its configuration. */
  z.strictObject({ kind: z.literal('configuration') }),
  /** Of something that follows from no source and was named for the account: packages, an early preseed. */
  z.strictObject({ kind: z.literal('given'), what: z.string() }),
  /** Follows from the rest by rule: directories, commands, padding, a file that an overlay adds. */
  z.strictObject({ kind: z.literal('generated'), by: z.string() }),
]);
export type Origin = z.infer<typeof Origin>;

/** A contiguous stretch of one kind. The regions of a map cover [0, sizeBytes) in order, without gaps. */
export const MapRegion = z.strictObject({
  /** Number in the map, from 0. */
  index: z.int().nonnegative(),
  kind: MapKind,
  offsetBytes: Bytes,
  lengthBytes: Bytes,
  /** What it is, in a few plain words; for entries and files the path. Made safe to show. */
  label: z.string(),
  /** Entry of the stream (`./steps/manifest`) or path in the file system (`/distfiles/x.tar.gz`); else null. Made safe to show. */
  path: z.string().nullable(),
  /** For entries: length of the `src` line; the file's bytes follow it. Else 0. */
  headerBytes: z.int().nonnegative(),
  /**
   * sha256 of the file's bytes for an entry (null for directories), of all bytes of the region for boot-sector, stage2 and commands; null for all others and
   * where it was not asked for. Not for files in a file system, which may lie in pieces.
   */
  sha256: Sha256.nullable(),
  /** Null when no checkout was named and the bytes alone do not tell. */
  origin: Origin.nullable(),
});
export type MapRegion = z.infer<typeof MapRegion>;

/** How much of an image is of one kind. */
export const MapShare = z.strictObject({
  kind: MapKind,
  regions: z.int().nonnegative(),
  bytes: Bytes,
});
export type MapShare = z.infer<typeof MapShare>;

/** A file system that was found, or why one could not be read. */
export const MapFileSystem = z.strictObject({
  offsetBytes: Bytes,
  lengthBytes: Bytes,
  /** `ext2`, `ext3` (it has a journal), `ext4` (it uses features that ext3 does not know). */
  type: z.enum(['ext2', 'ext3', 'ext4']),
  blockBytes: z.int().positive(),
  blocks: z.int().nonnegative(),
  freeBlocks: z.int().nonnegative(),
  inodes: z.int().nonnegative(),
  freeInodes: z.int().nonnegative(),
  /** As `blkid` writes it. */
  uuid: z.string(),
  /** Made safe to show. */
  volumeName: z.string(),
  /** Names as `dumpe2fs` writes them, such as `has_journal`. */
  features: z.array(z.string()),
  /** It was not unmounted: the journal holds changes that the rest does not show yet. */
  needsRecovery: z.boolean(),
});
export type MapFileSystem = z.infer<typeof MapFileSystem>;

/** One page of a map, with what is needed to draw the whole. */
export const ImageMap = z.strictObject({
  path: z.string(),
  sizeBytes: Bytes,
  /** `boot`: a builder-hex0 image. `disk`: it has a partition table. `file-system`: an ext2, ext3 or ext4 without one. */
  layout: z.enum(['boot', 'disk', 'file-system']),
  /** sha256 of [0, hashedBytes), for boot images; as in ImageRecord. */
  sha256: Sha256.nullable(),
  hashedBytes: Bytes,
  shares: z.array(MapShare),
  /**
   * The whole image in equal cells (the last may be shorter), each with the kind of most of its bytes; small kinds win over `zeros`, `free` and `gap`, so that
   * nothing is too small to be seen. For a picture of the whole without its regions.
   */
  cells: z.strictObject({ cellBytes: z.int().positive(), kinds: z.array(MapKind) }),
  fileSystems: z.array(MapFileSystem),
  /** Regions in the whole map, of those that were asked for (see `ImageMapInput.search`). */
  totalRegions: z.int().nonnegative(),
  regions: z.array(MapRegion),
  warnings: z.array(z.string()),
});
export type ImageMap = z.infer<typeof ImageMap>;

/** A name in an image: an entry of a boot image's stream, or a file of a file system. */
export const ContentEntry = z.strictObject({
  /** Absolute, with `/`, for `list` and `extract`; names that are no UTF-8 have their bytes as `\xNN`, a backslash is `\\`. Not safe for a terminal. */
  path: z.string(),
  /** The last part of the path, made safe to show. */
  label: z.string(),
  kind: z.enum(['file', 'directory', 'link', 'other']),
  sizeBytes: Bytes,
  /** Permission bits, as `chmod` takes them; null where the image has none. */
  mode: z.int().nonnegative().nullable(),
  /** Where a link leads, made safe to show; null for others. */
  target: z.string().nullable(),
  /** Seconds since 1970; null where the image has none. */
  modifiedSeconds: z.int().nullable(),
  /** Of a boot image's files; null for others. */
  sha256: Sha256.nullable(),
});
export type ContentEntry = z.infer<typeof ContentEntry>;

/** Who read a file system. */
export const ContentReader = z.strictObject({
  /**
   * `ext2fs`: libext2fs, which is not Seedbed's; what it says was compared with what Seedbed's own reader says. `seedbed`: Seedbed's own reader alone.
   */
  name: z.enum(['ext2fs', 'seedbed']),
  /** Why ext2fs could not; null when it did. */
  reason: z.string().nullable(),
  /** Single things that ext2fs could not tell and Seedbed's own reader did: the first 100. */
  exceptions: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  exceptionCount: z.int().nonnegative(),
});
export type ContentReader = z.infer<typeof ContentReader>;

export const ContentListing = z.strictObject({
  path: z.string(),
  /** The folder's names, sorted by their bytes; for a file the file alone. */
  entries: z.array(ContentEntry),
  /** Names in the folder. */
  total: z.int().nonnegative(),
  /** Null for a source stream, which is no file system. */
  reader: ContentReader.nullable(),
  warnings: z.array(z.string()),
});
export type ContentListing = z.infer<typeof ContentListing>;

/** Something in an image that is not as it should be. */
export const ImageProblem = z.strictObject({
  /** The first wrong byte; with `exact: false` it lies somewhere from here to the end of the region. */
  offsetBytes: Bytes,
  exact: z.boolean(),
  /** What the byte belongs to. */
  region: MapRegion.pick({ kind: true, offsetBytes: true, lengthBytes: true, label: true, path: true }),
  /** A sentence: what is wrong. */
  what: z.string(),
  /** Up to 16 bytes from `offsetBytes` on, as hexadecimal digits; what is there, and what should be. Null when it cannot be told. */
  found: z.string().nullable(),
  expected: z.string().nullable(),
  /** Where the right bytes would come from. */
  origin: Origin.nullable(),
});
export type ImageProblem = z.infer<typeof ImageProblem>;

export const ImageVerifyReport = z.strictObject({
  path: z.string(),
  sizeBytes: Bytes,
  /** `accounted`: every byte follows from the sources. `different`: see `problems`. */
  verdict: z.enum(['accounted', 'different']),
  checkout: CheckoutFacts.nullable(),
  /** `sorted`: as Seedbed lays entries out. `other`: another order, as upstream's generator makes it; each entry was accounted for. Null for disks without stream. */
  order: z.enum(['sorted', 'other']).nullable(),
  /** The text of bootstrap.cfg that was taken as right: a choice, not a source. `record`: as the record beside the image says; `image`: read from the image. */
  configuration: z.strictObject({ from: z.enum(['record', 'image']), text: z.string() }).nullable(),
  /** How many bytes follow from what: their sum is `sizeBytes` when all is accounted for. */
  account: z.array(
    z.strictObject({
      /** `checkout`, `distfiles`, `configuration`, `given` (named for this account), `generated`, `file-system` (structures of ext3), `zeros`. */
      from: z.enum(['checkout', 'distfiles', 'configuration', 'given', 'generated', 'file-system', 'zeros']),
      items: z.int().nonnegative(),
      bytes: Bytes,
    }),
  ),
  /** In order of their offset, the first 100. */
  problems: z.array(ImageProblem),
  problemsLeftOut: z.int().nonnegative(),
  warnings: z.array(z.string()),
  elapsedMilliseconds: z.number().nonnegative(),
});
export type ImageVerifyReport = z.infer<typeof ImageVerifyReport>;

/** A difference between two images: an entry or file by its path, anything else by what it is. */
export const ImageDifference = z.strictObject({
  /** `moved`: the same bytes before or behind other parts than in A; what was only pushed along is the same. */
  change: z.enum(['added', 'removed', 'changed', 'moved']),
  kind: MapKind,
  /** Path of the entry or file; else the region's label. Made safe to show. */
  label: z.string(),
  /** In A and in B; null where it is not. */
  a: z.strictObject({ offsetBytes: Bytes, lengthBytes: Bytes, sha256: Sha256.nullable() }).nullable(),
  b: z.strictObject({ offsetBytes: Bytes, lengthBytes: Bytes, sha256: Sha256.nullable() }).nullable(),
});
export type ImageDifference = z.infer<typeof ImageDifference>;

export const ImageDiffReport = z.strictObject({
  a: z.strictObject({ path: z.string(), sizeBytes: Bytes }),
  b: z.strictObject({ path: z.string(), sizeBytes: Bytes }),
  /** Byte for byte the same, zeros at the end aside when the sizes differ. */
  identical: z.boolean(),
  /** The same content: nothing added, removed or changed, only moved. */
  sameContent: z.boolean(),
  counts: z.strictObject({
    added: z.int().nonnegative(),
    removed: z.int().nonnegative(),
    changed: z.int().nonnegative(),
    moved: z.int().nonnegative(),
    same: z.int().nonnegative(),
  }),
  /** Changed, added, removed, then moved; the first 1000. */
  differences: z.array(ImageDifference),
  leftOut: z.int().nonnegative(),
  warnings: z.array(z.string()),
});
export type ImageDiffReport = z.infer<typeof ImageDiffReport>;

export const ImageExtractReport = z.strictObject({
  folder: z.string(),
  files: z.int().nonnegative(),
  directories: z.int().nonnegative(),
  links: z.int().nonnegative(),
  bytes: Bytes,
  /** What was not written, with why: devices, links that lead out of the folder, names that cannot be. The first 100. */
  skipped: z.array(z.strictObject({ path: z.string(), reason: z.string() })),
  skippedCount: z.int().nonnegative(),
  /** As ContentListing.reader; files that ext2fs read were compared byte for byte with Seedbed's own reading. */
  reader: ContentReader.nullable(),
  warnings: z.array(z.string()),
});
export type ImageExtractReport = z.infer<typeof ImageExtractReport>;
