// The contract's part for whole bootstraps.
import { availableParallelism, totalmem } from 'node:os';
import { implement } from '@orpc/server';
import { bootstrapContract, type BootstrapInput } from '../../shared/contract/bootstrap.ts';
import type { CheckoutChoice } from '../../shared/contract/distfiles.ts';
import type { BootstrapReport, FittedMachine } from '../../shared/model/bootstrap.ts';
import { bootstrap, type BootstrapRequest } from '../bootstrap/bootstrap.ts';
import type { BootstrapNeeds } from '../bootstrap/bootstrap-needs.ts';
import { fitMachine } from '../bootstrap/fit-machine.ts';
import type { Jobs } from '../jobs.ts';
import type { Places } from '../places.ts';
import { hostMemory } from '../run/preflight.ts';
import type { Runs } from '../run/runs.ts';
import type { SettingsFile } from '../settings.ts';
import { foldFetch } from './checkout-router.ts';
import { foldChoices } from './distfiles-router.ts';
import { guarded } from './guard.ts';
import { createReports } from './job-reports.ts';

export interface BootstrapRouterNeeds extends BootstrapNeeds {
  places: Places;
  jobs: Jobs;
  settings: SettingsFile;
  runs: Runs;
  /** Folder of the checkout that was chosen. */
  checkoutPath: (choice: CheckoutChoice) => Promise<string>;
}

const MIB = 1_048_576;
const DEFAULT_FETCH = { commit: null, from: null, maps: [], onlyX86: false };

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createBootstrapRouter(needs: BootstrapRouterNeeds) {
  const os = implement(bootstrapContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const { jobs, places, runs, settings } = needs;
  const reports = createReports<BootstrapReport>();

  async function fold(input: BootstrapInput): Promise<BootstrapRequest> {
    const { checkout, fetch = DEFAULT_FETCH, goal = 'end', continues } = input;
    const { checkout: remembered } = await settings.get();
    return {
      in: input.in ?? 'qemu',
      checkoutPath: checkout === undefined ? null : await needs.checkoutPath(checkout),
      fetch: foldFetch(fetch, remembered.map, places),
      distfiles: foldChoices(input.distfiles ?? {}, places),
      goal,
      goalStep: input.goalStep ?? null,
      preset: goal === 'stage0' ? 'first-stage' : (input.preset ?? null),
      to: input.to ?? 'run',
      accelerator: input.accelerator ?? 'auto',
      machine: await fit(input),
      options: input.machine,
      continues: continues === undefined ? null : await runs.resolveId(continues),
      anew: input.anew === true,
    };
  }

  return os.router({
    start: os.start.handler(async ({ input }) => {
      const request = await fold(input);
      const label = request.goal === 'stage0' ? 'Bootstrapping the first stage' : 'Bootstrapping';
      const job = jobs.start('bootstrap', label, async (context) => {
        const report = await bootstrap(request, needs, context, (now) => reports.set(job.id, now));
        return { imageId: report.imageId, runId: report.runId, path: null };
      });
      return { jobId: job.id };
    }),
    report: os.report.handler(({ input }) => reports.get(input.job)),
    fit: os.fit.handler(() => fit({})),
  });
}

async function fit({
  memoryMiB,
  cores,
}: Pick<BootstrapInput, 'memoryMiB' | 'cores'>): Promise<FittedMachine> {
  const host = {
    processors: availableParallelism(),
    totalMiB: Math.floor(totalmem() / MIB),
    freeMiB: await hostMemory.freeMiB(),
  };
  return fitMachine(host, { memoryMiB: memoryMiB ?? null, cores: cores ?? null });
}
