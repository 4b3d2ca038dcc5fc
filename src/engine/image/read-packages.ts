// Packages that were built before (rootfs.py --repo): a folder that travels as repo-preseeded/.
// Source: live-bootstrap 984b8322, lib/generator.py (prepare: copytree of the folder), steps/helpers.sh (bin_preseed).
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';
import type { DiskEntry } from './disk-entry.ts';
import type { BuildOptions } from './image-plan.ts';
import { hashFile } from './read-contents.ts';

export const PACKAGES_PATH = 'repo-preseeded';

/** Every file of the folder with its hash. Throws NOT_FOUND, INPUT_INVALID for what is neither file nor folder, CANCELLED. */
export async function readPackages(folder: string, { signal, report }: BuildOptions): Promise<DiskEntry[]> {
  const root = resolve(folder);
  const entries: DiskEntry[] = [];
  const walk = async (from: string, path: string): Promise<void> => {
    entries.push({ kind: 'folder', path });
    for (const dirent of await atPath(from, () => readdir(from, { withFileTypes: true }))) {
      if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
      const place = join(from, dirent.name);
      const at = `${path}/${dirent.name}`;
      if (dirent.isDirectory()) await walk(place, at);
      else if (dirent.isFile()) entries.push(await readPackage(place, at));
      else throw new SeedbedError('INPUT_INVALID', { reason: `${place} is neither a file nor a folder` });
      const done = entries.length;
      report?.({ step: 'read', label: 'Reading the packages', done, total: null, unit: 'files' });
    }
  };
  await walk(root, PACKAGES_PATH);
  return entries;
}

async function readPackage(place: string, path: string): Promise<DiskEntry> {
  const { size } = await atPath(place, () => stat(place));
  const sha256 = await atPath(place, () => hashFile(place, size));
  const content = { kind: 'file', path: place, sizeBytes: size, sha256, distfile: null } as const;
  return {
    kind: 'file',
    path,
    executable: false,
    sizeBytes: size,
    sha256,
    content: size === 0 ? null : content,
  };
}
