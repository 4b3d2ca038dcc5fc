// Reading images back: map, bytes, contents, account of every byte, comparison, extraction, script. Boot images and ext2/3/4 disks, ours and others'.
import { z } from 'zod';
import { PlaceToken } from '../model/host.ts';
import {
  ContentListing,
  ImageDiffReport,
  ImageExtractReport,
  ImageMap,
  ImageVerifyReport,
  MapRegion,
} from '../model/image-reading.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';

/** An image of the data folder (with several disks: which one, `boot` when nothing is said), or a file or device that the user chose. */
export const DiskChoice = z.union([
  z.strictObject({ id: z.string().max(80), disk: z.string().max(20).optional() }),
  z.strictObject({ place: PlaceToken }),
]);
export type DiskChoice = z.infer<typeof DiskChoice>;

/** A path in an image as ContentEntry.path tells it; `/` is the whole. */
const ContentPath = z.string().max(4096);

export const ImageMapInput = z.strictObject({
  image: DiskChoice,
  /** Tells where entries come from. */
  checkout: CheckoutChoice.nullable().optional(),
  /** Number of the first region that is wanted (among those that match). */
  from: z.int().nonnegative().optional(),
  /** Most regions in the answer; 500 when nothing is said. */
  limit: z.int().min(0).max(5000).optional(),
  /** Only regions whose label or kind contains this. */
  search: z.string().max(200).optional(),
  /** Only the regions that touch [offsetBytes, offsetBytes + lengthBytes). */
  within: z
    .strictObject({ offsetBytes: z.int().nonnegative(), lengthBytes: z.int().nonnegative() })
    .optional(),
  /** Cells of the picture; 1024 when nothing is said. */
  cells: z.int().min(1).max(8192).optional(),
});
export type ImageMapInput = z.infer<typeof ImageMapInput>;

/** Bytes in one answer of `bytes`. */
export const MOST_SHOWN_BYTES = 65_536;

const started = z.strictObject({ jobId: z.string() });
const ofJob = z.strictObject({ job: z.string() });

export const imageReadingContract = {
  /** The map of a disk. The first call reads it (a second for 300 MB); the same image again is answered from memory. Errors: IMAGE_UNREADABLE, NOT_FOUND. */
  map: procedure.input(ImageMapInput).output(ImageMap),
  /** Bytes as hexadecimal digits, fewer at the end of the image, with the regions that they touch: a view with annotations. */
  bytes: procedure
    .input(
      z.strictObject({
        image: DiskChoice,
        offsetBytes: z.int().nonnegative(),
        lengthBytes: z.int().min(1).max(MOST_SHOWN_BYTES),
      }),
    )
    .output(
      z.strictObject({
        offsetBytes: z.int().nonnegative(),
        hex: z.string(),
        regions: z.array(MapRegion),
      }),
    ),
  /** Names in a folder of the image, or one file. Errors: IMAGE_UNREADABLE, CONTENT_NOT_FOUND, CONTENT_UNREADABLE. */
  list: procedure
    .input(
      z.strictObject({
        image: DiskChoice,
        path: ContentPath,
        from: z.int().nonnegative().optional(),
        limit: z.int().min(1).max(10_000).optional(),
      }),
    )
    .output(ContentListing),
  /** Job `image.extract`: copy files and folders of the image into a folder, by their own names. Errors also: FILE_EXISTS, DISK_FULL. */
  extract: procedure
    .input(
      z.strictObject({
        image: DiskChoice,
        paths: z.array(ContentPath).min(1).max(1000),
        to: PlaceToken,
      }),
    )
    .output(started),
  extractReport: procedure.input(ofJob).output(ImageExtractReport.nullable()),
  /**
   * Job `image.verify`: derive everything again from the sources and compare every byte. A difference is no error: the job is done and the report says so.
   * Distfiles are known by the hashes in the checkout; with their folder (or the store, `store: true`) the first wrong byte in one is told exactly.
   */
  verify: procedure
    .input(
      z.strictObject({
        image: DiskChoice,
        /** Null for the boot check, which Seedbed brings along. */
        checkout: CheckoutChoice.nullable(),
        distfiles: z
          .union([z.strictObject({ place: PlaceToken }), z.strictObject({ store: z.literal(true) })])
          .nullable(),
        /** Folder of packages and tar of an early preseed, for an image that was built with them; else INPUT_NOT_RECORDED. */
        repo: PlaceToken.nullable().optional(),
        preseed: PlaceToken.nullable().optional(),
      }),
    )
    .output(started),
  /** How a verification of this host ended; null while it goes on, or when it is not known (any more). */
  verifyReport: procedure.input(ofJob).output(ImageVerifyReport.nullable()),
  /** Two boot images by entry, two disks by file; anything else by region. */
  diff: procedure.input(z.strictObject({ a: DiskChoice, b: DiskChoice })).output(ImageDiffReport),
  /** A POSIX shell script that derives a boot image's hash again from a checkout and distfiles, without Seedbed. */
  script: procedure
    .input(z.strictObject({ image: DiskChoice }))
    .output(z.strictObject({ name: z.string(), text: z.string() })),
};
