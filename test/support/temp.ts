// Temporary folders that are gone when a test ends, and the proof that no process is left behind in them.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect } from 'vitest';

/** Call in a test file's top level or describe. Gives a function that makes folders; after each test they are removed, and a process that still works in one is a fault. */
export function useTempFolders(): () => string {
  const folders: string[] = [];
  afterEach(async () => {
    const orphans = (await Promise.all(folders.map(waitForNoProcesses))).flat();
    for (const { pid } of orphans) process.kill(pid, 'SIGKILL');
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
    expect(orphans).toEqual([]);
  });
  return () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'seedbed-test-')));
    folders.push(folder);
    return folder;
  };
}

export interface FoundProcess {
  pid: number;
  command: string;
}

/** Processes whose working directory or arguments lie in `folder`. Linux only; elsewhere nothing is found. */
export async function processesIn(folder: string): Promise<FoundProcess[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const cwd = await readlink(`/proc/${pid}/cwd`).catch(() => '');
      const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
      const lies = cwd === folder || cwd.startsWith(`${folder}/`) || command.includes(folder);
      return lies && pid !== process.pid && command !== '' ? { pid, command } : null;
    }),
  );
  return found.filter((one) => one !== null);
}

/** Processes that are still there after the time that an end may take. */
async function waitForNoProcesses(folder: string): Promise<FoundProcess[]> {
  for (let tries = 0; tries < 40; tries += 1) {
    const found = await processesIn(folder);
    if (found.length === 0) return [];
    await sleep(50);
  }
  return processesIn(folder);
}
