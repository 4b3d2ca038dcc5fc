// Runs on a data folder of a test's own, with short waits; closed when the test ends.
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import type { HostMemory } from '../../src/engine/run/preflight.ts';
import type { TrackerWaits } from '../../src/engine/run/run-tracker.ts';
import { openRuns, type Runs, type RunsDependencies, type StartRequest } from '../../src/engine/run/runs.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { createFakeImage } from './fake-qemu.ts';

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

export interface HostOptions extends Partial<RunsDependencies> {
  root: string;
  qemu?: string;
}

/** Call in a test file's top level: gives a function that opens hosts. */
export function useRunHosts(): (options: HostOptions) => Promise<Runs> {
  const hosts: Runs[] = [];
  afterEach(async () => {
    for (const host of hosts.splice(0)) {
      for (const run of await host.list())
        if (run.state === 'running' || run.state === 'starting')
          await host.stop(run.id).catch(() => undefined);
      await host.close();
    }
  });
  return async ({ root, qemu, ...dependencies }) => {
    const folder = await openDataFolder(join(root, 'data'));
    const host = await openRuns(folder, {
      images: { buildIntoStore: () => Promise.resolve(createFakeImage(root)) },
      env: { ...process.env, ...(qemu === undefined ? {} : { SEEDBED_QEMU: qemu }) },
      waits: SHORT_WAITS,
      memory: PLENTY,
      ...dependencies,
    });
    hosts.push(host);
    return host;
  };
}

export function startRequest(root: string, change: Partial<StartRequest> = {}): StartRequest {
  const goal = change.goal ?? 'boot-check';
  return {
    image: createFakeImage(root, goal),
    goal,
    accelerator: 'tcg',
    memoryMiB: 4096,
    cores: 1,
    ...change,
  };
}

export const quietContext = { signal: new AbortController().signal, report: (): void => undefined };

/** Watch a run to its end; all snapshots. */
export async function watchToEnd(runs: Runs, id: string): Promise<RunSnapshot[]> {
  const snapshots: RunSnapshot[] = [];
  for await (const snapshot of runs.watch(id)) snapshots.push(snapshot);
  return snapshots;
}

/** The whole log, piece by piece as a view reads it. */
export async function readWholeLog(runs: Runs, id: string, limitBytes = 4096): Promise<string> {
  let text = '';
  for (let from = 0; ;) {
    const chunk = await runs.readLog(id, from, limitBytes);
    text += chunk.text;
    if (chunk.toBytes === from) return text;
    from = chunk.toBytes;
  }
}
