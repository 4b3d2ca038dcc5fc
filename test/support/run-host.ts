// Runs on a data folder of a test's own, with short waits; closed when the test ends.
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { openDataFolder } from '../../src/engine/data-folder.ts';
import { openRuns, type Runs, type RunsDependencies } from '../../src/engine/run/runs.ts';
import type { RunSnapshot } from '../../src/shared/model/run.ts';
import { createFakeImage } from './fake-image.ts';
import { PLENTY, SHORT_WAITS } from './run-settings.ts';

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
