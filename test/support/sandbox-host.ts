// Sandboxes of a tiny checkout on a data folder of the test's, with what looks after them as a process of its own.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import type { Runs } from '../../src/engine/run/runs.ts';
import type { SandboxMode } from '../../src/shared/model/sandbox.ts';
import { PROJECT_ROOT } from './built.ts';
import { bundleProgram } from './bundle.ts';
import { compileTiny, hasProgram, tinyMissing } from './tiny-root/tiny-root.ts';

/** Why a mode cannot be tried here; null when it can. */
export function sandboxMissing(mode: SandboxMode): string | null {
  if (process.platform !== 'linux' || process.arch !== 'x64') return 'this is not Linux on x86-64';
  if (tinyMissing !== null) return tinyMissing;
  if (mode === 'bwrap') return hasProgram('bwrap') ? null : 'bwrap is not installed';
  if (process.getuid?.() !== 0) return 'a chroot needs root';
  return hasProgram('unshare') ? null : 'unshare is not installed';
}

export interface SandboxPrograms {
  /** As HostActions.command. */
  command: string[];
  tiny: Uint8Array;
}

/** Compiled and bundled once for a file, where the packages can be found that are not bundled. */
export function useSandboxPrograms(): () => SandboxPrograms {
  let programs: SandboxPrograms | null = null;
  let folder: string | null = null;
  beforeAll(async () => {
    if (sandboxMissing('bwrap') !== null && sandboxMissing('chroot') !== null) return;
    const cache = join(PROJECT_ROOT, 'node_modules', '.seedbed-tests');
    mkdirSync(cache, { recursive: true });
    folder = mkdtempSync(join(cache, 'sandbox-'));
    const program = await bundleProgram('sandbox-supervisor-program.ts', folder);
    programs = { command: [process.execPath, program], tiny: compileTiny(folder) };
  }, 120_000);
  afterAll(() => {
    if (folder !== null) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (programs === null) throw new Error('the programs were not made');
    return programs;
  };
}

/** Comes back when the log holds the words. */
export async function logSays(runs: Runs, id: string, words: string): Promise<void> {
  for await (const { record } of runs.watch(id)) {
    if ((await runs.searchLog(id, words, 0, 'forward')) !== null) return;
    if (record.state === 'ended' || record.state === 'lost') throw new Error(`it ended without: ${words}`);
  }
  if ((await runs.searchLog(id, words, 0, 'forward')) === null)
    throw new Error(`the log never said: ${words}`);
}
