// The contract's part for the machine of a run.
import { implement } from '@orpc/server';
import { machineContract } from '../../shared/contract/machine.ts';
import type { GuestMirrors } from '../bootstrap/guest-mirror.ts';
import type { ImageStore } from '../image/image-store.ts';
import type { Jobs } from '../jobs.ts';
import type { Runs } from '../run/runs.ts';
import { guarded } from './guard.ts';

export interface MachineRouterNeeds {
  runs: Runs;
  jobs: Jobs;
  images: ImageStore;
  guestMirrors: Pick<GuestMirrors, 'revive'>;
}

export function createMachineRouter({ runs, jobs, images, guestMirrors }: MachineRouterNeeds) {
  const os = implement(machineContract).use(({ next }) => guarded(() => Promise.resolve(next())));

  /** Where the image of a run is, when it is still in the data folder. */
  async function imagePathOf(run: string): Promise<string | null> {
    const { id } = (await runs.show(run)).record.image;
    if (id === null) return null;
    return images.get(id).then(
      ({ path }) => path,
      () => null,
    );
  }

  return os.router({
    pause: os.pause.handler(async ({ input }) => runs.pause(await runs.resolveId(input.run))),
    resume: os.resume.handler(async ({ input }) => runs.resume(await runs.resolveId(input.run))),
    powerDown: os.powerDown.handler(async ({ input }) => runs.powerDown(await runs.resolveId(input.run))),
    reset: os.reset.handler(async ({ input }) => runs.reset(await runs.resolveId(input.run))),
    screen: os.screen.handler(async ({ input, signal }) => {
      const png = await runs.screen(await runs.resolveId(input.run), signal);
      return { pngBase64: Buffer.from(png).toString('base64') };
    }),
    statistics: os.statistics.handler(async ({ input, signal }) => ({
      disks: await runs.statistics(await runs.resolveId(input.run), signal),
    })),
    type: os.type.handler(async ({ input, signal }) => {
      await runs.type(await runs.resolveId(input.run), input.text, signal);
      return {};
    }),
    // Not tied to the one who asks: a machine that is half saved is of no use to anybody.
    checkpoint: os.checkpoint.handler(async ({ input }) =>
      runs.checkpoint(await runs.resolveId(input.run), input.label),
    ),
    checkpoints: os.checkpoints.handler(async ({ input }) =>
      runs.checkpoints(await runs.resolveId(input.run)),
    ),
    removeCheckpoint: os.removeCheckpoint.handler(async ({ input }) =>
      runs.removeCheckpoint(await runs.resolveId(input.run), input.checkpoint),
    ),
    resumeFrom: os.resumeFrom.handler(async ({ input }) => {
      const run = await runs.resolveId(input.run);
      const job = jobs.start('run.resume', `Going on from a checkpoint of run ${run}`, async (context) => {
        const { id } = await runs.resumeFrom({ ...input, run }, context);
        // What the machine fetched from ended with the run that it goes on from.
        await guestMirrors.revive();
        return { imageId: null, runId: id, path: null };
      });
      return { jobId: job.id };
    }),
    command: os.command.handler(async ({ input }) => {
      const run = await runs.resolveId(input.run);
      return runs.command(run, await imagePathOf(run));
    }),
  });
}
