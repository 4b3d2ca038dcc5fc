// A job: any long task in the engine (build, run start, later: fetch, flash). Snapshots are streamed at most 10 times a second.
import { z } from 'zod';

export const JobProgress = z.strictObject({
  /** Stable id of the step, and its plain words. */
  step: z.string(),
  label: z.string(),
  done: z.number().nonnegative(),
  total: z.number().nonnegative().nullable(),
  unit: z.enum(['bytes', 'files', 'steps']),
  /** Units a second; null until it can be said. */
  rate: z.number().nonnegative().nullable(),
  etaMilliseconds: z.number().nonnegative().nullable(),
});
export type JobProgress = z.infer<typeof JobProgress>;

export const JobError = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
  /** The error's own data, for a host that says it in its own words. */
  data: z.unknown().optional(),
});
export type JobError = z.infer<typeof JobError>;

export const Job = z.strictObject({
  id: z.string(),
  kind: z.enum([
    'image.build',
    'image.verify',
    'image.extract',
    'run.start',
    'run.results',
    'run.extract',
    'run.export',
    'bootstrap',
    'audit.seed',
    'audit.blobs',
    'trust.ddc',
    'run.resume',
    'distfiles.fetch',
    'distfiles.verify',
    'distfiles.confirm',
    'distfiles.import',
    'distfiles.export',
    'mirror.create',
    'checkout.fetch',
    'checkout.export',
    'checkout.import',
    'flash.write',
    'flash.verify',
  ]),
  label: z.string(),
  state: z.enum(['running', 'done', 'failed', 'cancelled']),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  progress: JobProgress.nullable(),
  /** Ids of what the job made. */
  result: z
    .strictObject({
      imageId: z.string().nullable(),
      runId: z.string().nullable(),
      path: z.string().nullable(),
    })
    .nullable(),
  error: JobError.nullable(),
});
export type Job = z.infer<typeof Job>;
