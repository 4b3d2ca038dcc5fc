// The texts of the checkout that a sandbox was started with, kept beside the run: the sandbox may change its own tree, and a checkout may go.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DiskEntry } from '../image/disk-entry.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { LISTS } from '../results/booted-lists.ts';
import type { RunFolder } from '../run/run-folder.ts';

const FOLDER = 'lists';

/** The lists among these, by the path that they have in a tree (results/booted-lists.ts says which are wanted). */
export async function keepLists(folder: RunFolder, entries: readonly DiskEntry[]): Promise<void> {
  for (const entry of entries) {
    if (entry.kind !== 'file' || entry.content?.kind !== 'bytes' || !isList(entry.path)) continue;
    const { bytes } = entry.content;
    const path = join(folder.path, FOLDER, entry.path);
    await atPath(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes);
    });
  }
}

/** Null when there is none of that path, which must be one of a tree: `steps/manifest`. */
export async function readKeptList(folder: RunFolder, path: string): Promise<string | null> {
  if (!isList(path)) return null;
  const file = join(folder.path, FOLDER, path);
  return readFile(file, 'utf8').catch((error: unknown) => {
    if (osCodeOf(error) === 'ENOENT' || osCodeOf(error) === 'ENOTDIR') return null;
    return atPath(file, () => Promise.reject(error as Error));
  });
}

function isList(path: string): boolean {
  return LISTS.test(`./${path}`);
}
