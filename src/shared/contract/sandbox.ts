// Sandboxes: what this host can make, and a run in one from a checkout. Watching, stopping and results are those of every run.
import { z } from 'zod';
import { SandboxAvailability, SandboxMode } from '../model/sandbox.ts';
import { procedure } from './errors.ts';
import { ImageSpec } from './image.ts';

export const SandboxSpec = z.strictObject({
  in: SandboxMode,
  /** As for an image; its machine is the sandbox, whatever the configuration names. */
  tree: ImageSpec,
  /** Ends the run as passed once this step is done, as in `run.start`. */
  goalStep: z.string().min(1).max(200).optional(),
});
export type SandboxSpec = z.infer<typeof SandboxSpec>;

export const sandboxContract = {
  list: procedure.input(z.strictObject({})).output(z.array(SandboxAvailability)),
  /** Job `run.start`. */
  start: procedure.input(SandboxSpec).output(z.strictObject({ jobId: z.string() })),
};
