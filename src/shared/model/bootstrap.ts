// A whole bootstrap as one job: its stages, what each came to, and what was fitted to this host.
import { z } from 'zod';

/** In this order; a bootstrap can be told to end after any of them. */
export const BOOTSTRAP_STAGES = ['checkout', 'distfiles', 'images', 'run'] as const;
export const BootstrapStage = z.enum(BOOTSTRAP_STAGES);
export type BootstrapStage = z.infer<typeof BootstrapStage>;

/**
 * Where the machine gets distfiles after it has a network. `disk`: all travel on a disk. `mirror`: this host serves its store to it. `none`: it needs none.
 */
export const BootstrapSources = z.enum(['disk', 'mirror', 'none']);
export type BootstrapSources = z.infer<typeof BootstrapSources>;

export const BootstrapStageReport = z.strictObject({
  stage: BootstrapStage,
  /** `found`: it was there already, nothing had to be done. `left`: it was told to end before. */
  state: z.enum(['waiting', 'running', 'done', 'found', 'left', 'failed']),
  /** A sentence; empty while it waits. */
  detail: z.string().max(1000),
});
export type BootstrapStageReport = z.infer<typeof BootstrapStageReport>;

/** Memory and processors of the machine, and why. */
export const FittedMachine = z.strictObject({
  memoryMiB: z.int().positive(),
  cores: z.int().positive(),
  reasons: z.array(z.string()),
});
export type FittedMachine = z.infer<typeof FittedMachine>;

export const BootstrapReport = z.strictObject({
  stages: z.array(BootstrapStageReport),
  /** Null until it is decided. */
  sources: BootstrapSources.nullable(),
  /** Id of the preset that the image follows. */
  preset: z.string().nullable(),
  /** As the machine sees it. */
  mirror: z.string().nullable(),
  machine: FittedMachine,
  /** The run whose packages are given to this one. */
  continues: z.string().nullable(),
  imageId: z.string().nullable(),
  runId: z.string().nullable(),
});
export type BootstrapReport = z.infer<typeof BootstrapReport>;
