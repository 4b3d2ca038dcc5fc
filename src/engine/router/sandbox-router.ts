// The contract's part for sandboxes.
import { implement } from '@orpc/server';
import { sandboxContract } from '../../shared/contract/sandbox.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { Jobs } from '../jobs.ts';
import type { Runs } from '../run/runs.ts';
import { planTree } from '../sandbox/plan-tree.ts';
import { guarded } from './guard.ts';
import { foldSpec, type SpecNeeds } from './image-spec.ts';

export interface SandboxRouterNeeds extends SpecNeeds {
  jobs: Jobs;
  runs: Runs;
}

// The return type is what oRPC infers from the contract; writing it out would state the contract twice.

export function createSandboxRouter(needs: SandboxRouterNeeds) {
  const os = implement(sandboxContract).use(({ next }) => guarded(() => Promise.resolve(next())));
  const { jobs, runs } = needs;
  return os.router({
    list: os.list.handler(() => runs.sandboxes()),
    start: os.start.handler(({ input }) => {
      const job = jobs.start('run.start', 'Starting a run in a sandbox', async (context) => {
        const { in: mode, tree, goalStep } = input;
        const request = await foldSpec(tree, needs);
        if (request.kind === 'boot-check')
          throw new SeedbedError('INPUT_INVALID', {
            reason: 'the boot check is for machines, not for sandboxes',
          });
        await runs.requireSandbox(mode);
        const plan = await planTree(mode, request, context);
        const { externalSources, cores } = request.configuration;
        const record = await runs.startSandbox(
          {
            plan,
            goal: goalStep === undefined ? request.goal : `step:${goalStep}`,
            cores,
            network: request.goal === 'end' && !externalSources,
            assisted: null,
            guestMirror: null,
          },
          context,
        );
        return { imageId: null, runId: record.id, path: null };
      });
      return { jobId: job.id };
    }),
  });
}
