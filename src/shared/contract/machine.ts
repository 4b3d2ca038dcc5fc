// The machine of a living run: pause, look, type, save; and a new run from what was saved.
import { z } from 'zod';
import { Checkpoint, DiskStatistics } from '../model/machine.ts';
import { RunSnapshot } from '../model/run.ts';
import { procedure } from './errors.ts';

const runId = z.strictObject({ run: z.string().max(80) });

/** More than a person types or pastes at once. */
const TYPED_LIMIT_CHARACTERS = 4000;

export const machineContract = {
  /** The machine stands still between two instructions, until `resume`. */
  pause: procedure.input(runId).output(RunSnapshot),
  resume: procedure.input(runId).output(RunSnapshot),
  /** The power button: a request that the guest may not notice. */
  powerDown: procedure.input(runId).output(RunSnapshot),
  /** The reset button: the machine begins again on the disks as they are. */
  reset: procedure.input(runId).output(RunSnapshot),
  /** The VGA screen now. */
  screen: procedure.input(runId).output(z.strictObject({ pngBase64: z.base64() })),
  statistics: procedure.input(runId).output(z.strictObject({ disks: z.array(DiskStatistics) })),
  /** Typed on the serial console as it is; Enter is `\r`. */
  type: procedure
    .input(runId.extend({ text: z.string().min(1).max(TYPED_LIMIT_CHARACTERS) }))
    .output(z.strictObject({})),
  checkpoint: procedure.input(runId.extend({ label: z.string().min(1).max(200) })).output(Checkpoint),
  checkpoints: procedure.input(runId).output(z.array(Checkpoint)),
  /** Takes one away, from a living run or an ended one; `checkpoint`: its id, or latest. Errors: CHECKPOINT_NOT_FOUND, MACHINE_REFUSED. */
  removeCheckpoint: procedure
    .input(runId.extend({ checkpoint: z.string().max(80) }))
    .output(z.strictObject({ checkpoint: z.string(), freedBytes: z.int().nonnegative() })),
  /** A new run that goes on from a checkpoint of an ended one; a job that ends when it does. */
  resumeFrom: procedure
    .input(runId.extend({ checkpoint: z.string().max(80), paused: z.boolean() }))
    .output(z.strictObject({ jobId: z.string() })),
  /** How QEMU was started, and a script that starts the same machine on a terminal, where nothing that it writes is kept. */
  command: procedure
    .input(runId)
    .output(z.strictObject({ argv: z.array(z.string()), folder: z.string(), script: z.string() })),
};
