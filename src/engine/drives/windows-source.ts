// Drives of a Windows computer: one PowerShell script of fixed text, its JSON turned into facts. Not tried on Windows yet; the parser is tested.
import { join } from 'node:path';
import { readWindowsFacts, WINDOWS_SCRIPT } from '../formats/drives/windows-facts.ts';
import { runProgram } from '../spawn.ts';
import type { DriveSource } from './drive-source.ts';
import { pollForChanges } from './polled-changes.ts';

export function openWindowsSource(env: NodeJS.ProcessEnv): DriveSource {
  const powershell = join(
    env['SystemRoot'] ?? 'C:\\Windows',
    'System32\\WindowsPowerShell\\v1.0\\powershell.exe',
  );
  // -EncodedCommand takes UTF-16 in Base64: nothing is left for a shell to read otherwise.
  const script = Buffer.from(WINDOWS_SCRIPT, 'utf16le').toString('base64');
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', script];
  return {
    async read(signal) {
      const options = { env, signal, timeoutMilliseconds: 30_000, outputLimitCharacters: 16_777_216 };
      const result = await runProgram(powershell, args, options).catch((error: unknown) => {
        if (signal?.aborted === true) throw error;
        return null;
      });
      try {
        if (result?.status === 0) return readWindowsFacts(result.stdout);
      } catch {
        // Told below.
      }
      const problem = 'PowerShell’s Get-Disk, Get-Partition and Get-Volume could not be read.';
      return { nodes: [], uses: [], mounts: [], problems: [problem] };
    },
    changes: pollForChanges,
  };
}
