// What can be said of an image before a byte of it is written.
import { z } from 'zod';
import { ImageFinding } from './bootstrap-config.ts';
import { Budget, DiskRole, ImageKind, ImageOverlay, Sha256 } from './image.ts';

export const ImagePreflight = z.strictObject({
  /** Errors first. Without one the image can be built. */
  findings: z.array(ImageFinding),
  kind: ImageKind,
  /** Empty when something hinders the plan itself; the findings say what. */
  disks: z.array(
    z.strictObject({
      role: DiskRole,
      sizeBytes: z.int().positive(),
      /** What it takes on this computer; the rest is a hole. */
      writtenBytes: z.int().nonnegative(),
      budgets: z.array(Budget),
    }),
  ),
  /** Distfiles that the image would carry. */
  distfiles: z.strictObject({ count: z.int().nonnegative(), bytes: z.int().nonnegative() }),
  /** All that are not there, in the order in which the bootstrap needs them. */
  missing: z.array(z.strictObject({ name: z.string(), sha256: Sha256, steps: z.array(z.string()) })),
  overlays: z.array(ImageOverlay),
  bootstrapCfg: z.string().nullable(),
  /** In the file system that the image would be written to; null when it cannot be told. */
  freeBytes: z.int().nonnegative().nullable(),
});
export type ImagePreflight = z.infer<typeof ImagePreflight>;
