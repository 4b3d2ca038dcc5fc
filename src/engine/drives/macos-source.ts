// Drives of a Mac: what diskutil prints, turned into facts by pure functions. Not tried on a Mac yet; the parsers are tested.
import { readMacFacts } from '../formats/drives/macos-facts.ts';
import { parsePlist } from '../formats/drives/plist.ts';
import { runProgram } from '../spawn.ts';
import type { DriveSource } from './drive-source.ts';
import { pollForChanges } from './polled-changes.ts';

const DISKUTIL = '/usr/sbin/diskutil';

export function openMacSource(env: NodeJS.ProcessEnv): DriveSource {
  async function ask(args: readonly string[], signal?: AbortSignal): Promise<string | null> {
    const options = { env, signal, timeoutMilliseconds: 20_000, outputLimitCharacters: 16_777_216 };
    const result = await runProgram(DISKUTIL, args, options).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return null;
    });
    return result?.status === 0 ? result.stdout : null;
  }

  return {
    async read(signal) {
      const list = await ask(['list', '-plist'], signal);
      const nothing = { nodes: [], uses: [], mounts: [] };
      if (list === null) return { ...nothing, problems: ['diskutil did not answer.'] };
      try {
        const { AllDisks: ids } = parsePlist(list) as { AllDisks?: unknown };
        const names = Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
        const infos: Record<string, string | null> = {};
        for (const id of names) infos[id] = await ask(['info', '-plist', id], signal);
        return readMacFacts({ list, infos, problems: [] });
      } catch (error) {
        if (signal?.aborted === true) throw error;
        return { ...nothing, problems: ['The output of diskutil could not be read.'] };
      }
    },
    changes: pollForChanges,
  };
}
