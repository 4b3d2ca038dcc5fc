// Starts a run of a tiny checkout in a sandbox. Free of the test runner.
import type { BootstrapRequest } from '../../src/engine/image/build-request.ts';
import type { Runs } from '../../src/engine/run/runs.ts';
import { planTree } from '../../src/engine/sandbox/plan-tree.ts';
import type { Goal } from '../../src/shared/model/console.ts';
import type { RunRecord } from '../../src/shared/model/run.ts';
import type { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { bootstrapRequest } from './build-request.ts';
import { quietContext } from './run-settings.ts';

export interface TinyRun {
  mode: SandboxMode;
  goal?: Goal;
  network?: boolean;
  request?: Partial<BootstrapRequest>;
}

export async function startTiny(
  runs: Runs,
  fixture: { path: string; distfiles: string },
  { mode, goal = 'end', network = false, request = {} }: TinyRun,
): Promise<RunRecord> {
  const asked: BootstrapRequest = {
    ...bootstrapRequest(fixture, {
      configuration: { mirrors: network ? ['http://127.0.0.1:1'] : [], externalSources: !network },
    }),
    ...request,
  };
  const plan = await planTree(mode, asked, {});
  return runs.startSandbox(
    { plan, goal, cores: 1, network, assisted: null, guestMirror: null },
    quietContext,
  );
}
