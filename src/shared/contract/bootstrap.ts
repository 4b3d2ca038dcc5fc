// A whole bootstrap as one job: checkout, distfiles, images, run.
import { z } from 'zod';
import { BootstrapReport, BootstrapStage, FittedMachine } from '../model/bootstrap.ts';
import { MachineWishes } from '../model/machine.ts';
import { SandboxMode } from '../model/sandbox.ts';
import { AcceleratorChoice } from '../model/run.ts';
import { CheckoutFetchInput } from './checkout.ts';
import { CheckoutChoice, FetchOptions } from './distfiles.ts';
import { procedure } from './errors.ts';

/** Everything can be left out: then the default commit is bootstrapped to its end, offline where all distfiles are there. */
export const BootstrapInput = z.strictObject({
  /** A folder or a kept checkout; left out, the one of `fetch` is fetched or found. */
  checkout: CheckoutChoice.optional(),
  fetch: CheckoutFetchInput.optional(),
  distfiles: FetchOptions.optional(),
  goal: z.enum(['stage0', 'end']).optional(),
  /** QEMU when nothing is said. */
  in: z.enum(['qemu', ...SandboxMode.options]).optional(),
  /** End the run as passed once this step is done, as run.start takes it. */
  goalStep: z.string().min(1).max(200).optional(),
  /** `offline`: all distfiles on a disk. `online`: the machine fetches later ones from this computer. */
  preset: z.enum(['offline', 'online']).optional(),
  /** The last stage; `run` when nothing is said. */
  to: BootstrapStage.optional(),
  accelerator: AcceleratorChoice.optional(),
  /** Fitted to this computer when nothing is said. */
  memoryMiB: z.int().min(256).max(1_048_576).optional(),
  cores: z.int().min(1).max(256).optional(),
  machine: MachineWishes.optional(),
  /** Go on with the packages that this run has built; the new run is marked as assisted. */
  continues: z.string().max(80).optional(),
  /** Start another run though one of the same image lives. */
  anew: z.boolean().optional(),
});
export type BootstrapInput = z.infer<typeof BootstrapInput>;

export const bootstrapContract = {
  /** Job `bootstrap`. A second start goes on where the first one ended; a living run of the same image is what it comes to then. */
  start: procedure.input(BootstrapInput).output(z.strictObject({ jobId: z.string() })),
  /** Stages so far, also of a job that has failed; null when this host does not know the job. */
  report: procedure.input(z.strictObject({ job: z.string() })).output(BootstrapReport.nullable()),
  /** Memory and processors as they would be fitted now. */
  fit: procedure.input(z.strictObject({})).output(FittedMachine),
};
