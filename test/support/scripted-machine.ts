// The machine of a scripted run: what is done to it shows in its snapshot at once, and is kept for the test to look at.
import { implement } from '@orpc/server';
import { machineContract } from '../../src/shared/contract/machine.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import type { Topic } from '../../src/engine/broadcast.ts';

export interface ScriptedMachine {
  snapshots: Map<string, Topic<RunSnapshot>>;
  /** What was asked of machines, in order: `pause RUN`, `type RUN TEXT`. */
  machineAsked: string[];
}

/** One black point. */
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC';

export function scriptedMachine({ snapshots, machineAsked }: ScriptedMachine) {
  const os = implement(machineContract);

  function change(run: string, what: string, state: string, held: string | null): RunSnapshot {
    machineAsked.push(`${what} ${run}`);
    const topic = snapshots.get(run);
    if (topic === undefined) throw new Error(`the script has no run ${run}`);
    const hold =
      held === null ? null : ({ by: 'user', since: new Date().toISOString(), text: held } as const);
    const before = topic.get();
    topic.set({ ...before, machineState: state, record: { ...before.record, hold } });
    return topic.get();
  }

  return os.router({
    pause: os.pause.handler(({ input }) => change(input.run, 'pause', 'paused', 'The machine is paused.')),
    resume: os.resume.handler(({ input }) => change(input.run, 'resume', 'running', null)),
    powerDown: os.powerDown.handler(({ input }) => change(input.run, 'power-down', 'running', null)),
    reset: os.reset.handler(({ input }) => change(input.run, 'reset', 'running', null)),
    screen: os.screen.handler(() => ({ pngBase64: PICTURE })),
    statistics: os.statistics.handler(() => ({ disks: [] })),
    type: os.type.handler(({ input }) => {
      machineAsked.push(`type ${input.run} ${input.text}`);
      return {};
    }),
    checkpoint: os.checkpoint.handler(({ input }) => {
      machineAsked.push(`checkpoint ${input.run}`);
      return {
        version: 1 as const,
        id: 'asked',
        label: input.label,
        at: new Date().toISOString(),
        why: 'asked' as const,
        logBytes: 0,
        costBytes: 1_048_576,
        pausedMilliseconds: 200,
      };
    }),
    checkpoints: os.checkpoints.handler(({ input }) => snapshots.get(input.run)?.get().checkpoints ?? []),
    removeCheckpoint: os.removeCheckpoint.handler(({ input: { run, checkpoint } }) => {
      machineAsked.push(`remove-checkpoint ${run} ${checkpoint}`);
      const topic = snapshots.get(run);
      const before = topic?.get();
      if (before !== undefined)
        topic?.set({ ...before, checkpoints: before.checkpoints.filter(({ id }) => id !== checkpoint) });
      return { checkpoint, freedBytes: 1_048_576 };
    }),
    resumeFrom: os.resumeFrom.handler(({ input }) => {
      machineAsked.push(`resume-from ${input.run} ${input.checkpoint}`);
      return { jobId: 'job-resume' };
    }),
    command: os.command.handler(({ input }) => ({
      argv: ['qemu'],
      folder: `/runs/${input.run}`,
      script: '#!/bin/sh\nexec qemu\n',
    })),
  });
}
