// Bills of materials: what a bootstrap takes in, and what becomes of it.
import { z } from 'zod';

export const SbomFormat = z.enum(['cyclonedx', 'csv']);
export type SbomFormat = z.infer<typeof SbomFormat>;

/**
 * Where a file ends up, as far as the checkout's own lines say: `linked into final system` when a build that takes it is there at the end,
 * `build-time only` when each is uninstalled or a later build lies over it, `data` when it is no archive but a text that builds read.
 */
export const SbomUsage = z.enum(['linked into final system', 'build-time only', 'data']);
export type SbomUsage = z.infer<typeof SbomUsage>;

export const SbomRow = z.strictObject({
  name: z.string(),
  type: z.enum(['archive', 'git snapshot', 'text']),
  usage: SbomUsage,
  /** Upstream's first address; the repository of a snapshot without one; empty where only mirrors have it. */
  url: z.string(),
  /** 64 hexadecimal digits of sha256. */
  checksum: z.string(),
});
export type SbomRow = z.infer<typeof SbomRow>;
