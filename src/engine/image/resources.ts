// Finds what ships beside the code: the boot check's hex0 texts.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';

/** A file of resources/, found from where this code runs: src/ in tests, out/… when bundled, and beside the app when packaged. */
const PROBE = join('resources', 'boot-check');

let given: string | null = null;

/** A host that knows better (a packaged app: `process.resourcesPath`) names the folder that holds `boot-check`. */
export function useResourcesFolder(path: string): void {
  given = path;
}

export function resourcesFolder(): string {
  if (given !== null) return given;
  const start = dirname(fileURLToPath(import.meta.url));
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, PROBE))) return join(folder, 'resources');
    if (folder === dirname(folder)) throw new SeedbedError('NOT_FOUND', { path: join(start, '…', PROBE) });
  }
}

export async function readResource(name: string): Promise<string> {
  const path = join(resourcesFolder(), name);
  return atPath(path, () => readFile(path, 'utf8'));
}
