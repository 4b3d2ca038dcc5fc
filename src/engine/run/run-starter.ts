// Starting runs: from an image, or from what another run has saved. Preflight, probe, fresh disks, QEMU; comes back when QEMU is seen alive.
import { SeedbedError } from '../../shared/errors.ts';
import { dataBytesOf } from '../../shared/image-sizes.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import type { AcceleratorMemory } from './accelerator-memory.ts';
import { type AcceleratorDecision, chooseAccelerator, type ProbeContext } from './accelerators.ts';
import { findQemu, type Qemu } from './find-qemu.ts';
import { launchRun, type LaunchOptions } from './launch-run.ts';
import { checkMemory, checkSpace, type HostMemory } from './preflight.ts';
import { type PreparedRun, prepareRun, type StartContext, type StartRequest } from './prepare-run.ts';
import { previewRun } from './preview-run.ts';
import { findCheckpoint, prepareResumed, restoreMachine } from './resume-run.ts';
import { isLive } from './run-folder.ts';
import { readImageSteps, resolveGoal, writeRunSteps } from './run-steps.ts';
import type { RunStore } from './run-store.ts';
import type { StopWaits } from './stop-ladder.ts';

export interface RunStarter {
  start(request: StartRequest, context: StartContext): Promise<RunRecord>;
  /** The machine that `start` would start, on a terminal: nothing that it writes is kept. Runs nothing but a probe for `auto`. */
  preview(request: StartRequest, context: StartContext): Promise<{ argv: string[]; script: string }>;
  /** Goes on from a checkpoint of a run that has ended. Throws RUN_STILL_RUNNING, CHECKPOINT_NOT_FOUND, CHECKPOINT_UNAVAILABLE. */
  resumeFrom(
    request: { run: string; checkpoint: string; paused: boolean },
    context: StartContext,
  ): Promise<RunRecord>;
}

export interface StarterOptions {
  runs: string;
  store: RunStore;
  accelerators: AcceleratorMemory;
  bootCheck: (context: StartContext) => ReturnType<ProbeContext['bootCheck']>;
  env: NodeJS.ProcessEnv;
  waits: StopWaits;
  memory: HostMemory;
  kvmDevice: string | undefined;
  probeTimeouts: ProbeContext['timeouts'];
  onChange: () => void;
}

export function createRunStarter(options: StarterOptions): RunStarter {
  const { runs, store, env, waits, memory } = options;

  /** While it is being made, nobody else looks after it. */
  async function launch(
    { signal }: StartContext,
    prepare: (onCreated: (id: string) => void) => Promise<PreparedRun>,
    prepareMachine?: LaunchOptions['prepareMachine'],
  ): Promise<RunRecord> {
    let held = '';
    try {
      const prepared = await prepare((id) => store.hold((held = id)));
      const more = prepareMachine === undefined ? {} : { prepareMachine };
      return await launchRun(prepared, { env, waits, signal, track: store.track, ...more });
    } finally {
      store.unhold(held);
      options.onChange();
    }
  }

  function decide(request: StartRequest, qemu: Qemu, context: StartContext): Promise<AcceleratorDecision> {
    return chooseAccelerator(request.accelerator, {
      qemu,
      bootCheck: () => options.bootCheck(context),
      env,
      ...context,
      memory: options.accelerators,
      kvmDevice: options.kvmDevice,
      timeouts: options.probeTimeouts,
    });
  }

  return {
    async preview(request, context) {
      const qemu = await findQemu({ env, signal: context.signal });
      return previewRun(request, { qemu, decision: await decide(request, qemu, context) });
    },
    async start(request, context) {
      const { signal } = context;
      signal.throwIfAborted();
      const { image } = request;
      const steps = await readImageSteps(image.path, image.record);
      const goal = resolveGoal(request.goal, steps);
      const qemu = await findQemu({ env, signal });
      await checkMemory(request, await store.records(), memory);
      await checkSpace(runs, dataBytesOf(request.image.record));
      const decision = await decide(request, qemu, context);
      return launch(context, async (onCreated) => {
        const machine = { qemu, decision };
        const made = await prepareRun(runs, { ...request, goal }, machine, { ...context, onCreated });
        await writeRunSteps(made.folder, steps);
        return made;
      });
    },
    async resumeFrom({ run, checkpoint: name, paused }, context) {
      const { signal } = context;
      const record = await store.recordOf(run);
      if (isLive(record)) throw new SeedbedError('RUN_STILL_RUNNING', { run });
      const folder = store.folderOf(run);
      const checkpoint = await findCheckpoint(folder, name);
      const qemu = await findQemu({ env, signal });
      await checkMemory(record, await store.records(), memory);
      const request = { folder, record, checkpoint, paused };
      return launch(
        context,
        (onCreated) => prepareResumed(runs, request, qemu, { ...context, onCreated }),
        (made, resumed) => restoreMachine(made, resumed, checkpoint, signal),
      );
    },
  };
}
