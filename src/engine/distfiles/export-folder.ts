// Lays stored files out by name in a folder: for a mirror, a USB stick, or upstream's own tools. What is there already and right is left
// alone, so that a second time only changes are written. Blocks are shared where the file system can, then links, then copies.
import { constants } from 'node:fs';
import { chmod, copyFile, link, lstat, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder } from '../atomic-file.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { ProgressReport } from '../jobs.ts';
import type { HashPool } from './hash-pool.ts';
import { type DistfileStore, removeIfThere, type StoredFile } from './store.ts';

export interface ExportReport {
  files: number;
  added: number;
  addedBytes: number;
  unchanged: number;
  /** Names in the folder that are not of this list. */
  strangers: string[];
}

export interface ExportOptions {
  store: DistfileStore;
  pool: HashPool;
  signal: AbortSignal;
  /** Hard links share the store's bytes: right for a mirror on the same disk, not for a folder that is edited. */
  link: boolean;
  report: (progress: ProgressReport) => void;
}

/** Every file must be in the store. */
export async function exportFolder(
  folder: string,
  files: readonly { name: string; sha256: string }[],
  { store, pool, signal, link: mayLink, report }: ExportOptions,
): Promise<ExportReport> {
  await atPath(folder, () => mkdir(folder, { recursive: true }));
  let added = 0;
  let addedBytes = 0;
  for (const [index, { name, sha256 }] of files.entries()) {
    signal.throwIfAborted();
    report({
      step: 'export',
      label: `Writing to ${folder}`,
      done: index,
      total: files.length,
      unit: 'files',
    });
    const stored = await store.find(sha256);
    if (stored === null) throw new Error(`${name} is not in the store`);
    const path = join(folder, name);
    if (await isSame(path, stored, pool)) continue;
    await place(stored.path, path, mayLink);
    added += 1;
    addedBytes += stored.sizeBytes;
  }
  await syncFolder(folder);
  const names = new Set(files.map(({ name }) => name));
  const there = await atPath(folder, () => readdir(folder));
  return {
    files: files.length,
    added,
    addedBytes,
    unchanged: files.length - added,
    strangers: there.filter((name) => !names.has(name)).sort(),
  };
}

/** The same inode, or the same bytes. */
async function isSame(path: string, stored: StoredFile, pool: HashPool): Promise<boolean> {
  const there = await lstat(path).catch(() => null);
  if (there?.isFile() !== true || there.size !== stored.sizeBytes) return false;
  const ours = await atPath(stored.path, () => stat(stored.path));
  if (there.ino === ours.ino && there.dev === ours.dev) return true;
  return (await pool.hash(path)).sha256 === stored.sha256;
}

async function place(from: string, to: string, mayLink: boolean): Promise<void> {
  const temporary = `${to}.seedbed-new`;
  await removeIfThere(temporary);
  try {
    await atPath(to, async () => {
      const isShared = await tried(() => copyFile(from, temporary, constants.COPYFILE_FICLONE_FORCE));
      const isLinked = !isShared && mayLink && (await tried(() => link(from, temporary)));
      if (!isShared && !isLinked) await copyFile(from, temporary);
      // A copy is the user's own file; a link has the store's mode, which keeps both from being written to.
      if (!isLinked) await chmod(temporary, 0o644);
      await rename(temporary, to);
    });
  } finally {
    await removeIfThere(temporary);
  }
}

/** Not every file system can; a full disk is no reason to try another way. */
async function tried(work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    if (['ENOSPC', 'EDQUOT', 'EACCES', 'EROFS', 'ENOENT'].includes(osCodeOf(error) ?? '')) throw error;
    return false;
  }
}
