// What hosts of tests are given: short waits, memory to spare, and a request that any fake QEMU can serve. Free of the test runner.
import { ImageGoal } from '../../src/shared/model/console.ts';
import type { HostMemory } from '../../src/engine/run/preflight.ts';
import type { TrackerWaits } from '../../src/engine/run/run-tracker.ts';
import type { StartRequest } from '../../src/engine/run/runs.ts';
import { createFakeImage } from './fake-image.ts';

export const SHORT_WAITS: Partial<TrackerWaits> = {
  afterQuitMilliseconds: 500,
  afterTermMilliseconds: 300,
  afterKillMilliseconds: 1000,
  pollMilliseconds: 50,
  claimMilliseconds: 100,
  graceMilliseconds: 300,
  quietMilliseconds: 300,
};

/** A host with memory to spare, so that tests do not depend on what else runs. */
export const PLENTY: HostMemory = {
  freeMiB: () => Promise.resolve(65_536),
  residentMiB: () => Promise.resolve(0),
};

export function startRequest(root: string, change: Partial<StartRequest> = {}): StartRequest {
  const goal = change.goal ?? 'boot-check';
  return {
    image: createFakeImage(root, ImageGoal.safeParse(goal).data ?? 'end'),
    goal,
    accelerator: 'tcg',
    memoryMiB: 4096,
    cores: 1,
    ...change,
  };
}

export const quietContext = { signal: new AbortController().signal, report: (): void => undefined };
