// What the two-root check came to: stage0's tools built from this computer's C compiler, held against those that the seed makes.
import { z } from 'zod';

export const DdcTool = z.strictObject({
  /** As upstream's answers name it: `x86/bin/M1`. */
  name: z.string(),
  /** Upstream's list. */
  expected: z.string(),
  /** Built here; null: it was not made. */
  built: z.string().nullable(),
  /** From the disk of the run that was given; null: none was given, or it is not there. */
  inRun: z.string().nullable(),
  equal: z.boolean(),
});
export type DdcTool = z.infer<typeof DdcTool>;

export const DdcReport = z.strictObject({
  checkout: z.string(),
  commit: z.string().nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  compiler: z.strictObject({ path: z.string(), version: z.string(), sha256: z.string() }),
  host: z.strictObject({ platform: z.string(), kernel: z.string(), processor: z.string() }),
  /** M2-Planet's own text, compiled by the compiler of the first and of the second generation. */
  generations: z.strictObject({
    first: z.string(),
    second: z.string(),
    third: z.string(),
    /** The second compiles itself to itself. */
    settled: z.boolean(),
  }),
  tools: z.array(DdcTool),
  equal: z.int(),
  expected: z.int(),
  /** Equal to the run's own: null when no run was given. */
  run: z.strictObject({ id: z.string(), equal: z.int(), compared: z.int() }).nullable(),
  assumptions: z.array(z.string()),
});
export type DdcReport = z.infer<typeof DdcReport>;
