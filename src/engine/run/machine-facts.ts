// What a host knows of a run's machine beside its log: what it costs, measured every few seconds, and what was saved of it.
import type { Checkpoint, Resources } from '../../shared/model/machine.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { listCheckpoints } from './checkpoints.ts';
import { openSampler, type Sampler } from './resources.ts';
import type { RunFolder } from './run-folder.ts';

export interface MachineFactsReader {
  now(): { resources: Resources | null; checkpoints: readonly Checkpoint[] };
  /** Measure if it is time to; never throws. */
  refresh(record: RunRecord): Promise<void>;
}

/** Often enough for a person, seldom enough to cost nothing. */
const SAMPLE_MILLISECONDS = 5000;

export function openMachineFacts({
  folder,
  freeBytes,
}: {
  folder: RunFolder;
  freeBytes: (path: string) => Promise<number>;
}): MachineFactsReader {
  let sampler: Sampler | null = null;
  let sampledAt = Number.NEGATIVE_INFINITY;
  let resources: Resources | null = null;
  let checkpoints: readonly Checkpoint[] = [];
  return {
    now: () => ({ resources, checkpoints }),
    async refresh(record) {
      const { kind, process, machine } = record;
      if (kind === 'serial' || process === null || performance.now() - sampledAt < SAMPLE_MILLISECONDS)
        return;
      sampledAt = performance.now();
      sampler ??= openSampler({
        pid: process.pid,
        disks: folder.disks,
        freeBytes: () => freeBytes(folder.path),
      });
      resources = await sampler.sample().catch(() => null);
      if (machine.checkpoints) checkpoints = await listCheckpoints(folder).catch(() => checkpoints);
    },
  };
}
