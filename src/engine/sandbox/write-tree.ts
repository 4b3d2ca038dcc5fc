// Writes the root tree of a sandbox. Never a hard link: a file of the store with two names is the same file, and root in a chroot, or the owner in
// bubblewrap's user namespace, may write to it whatever its mode. A clone shares blocks only until one side is written (ioctl_ficlone(2)); where the
// file system has none, it is a copy. What was copied is hashed, so that a distfile is verified once more on its way in.
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { JobContext } from '../jobs.ts';
import type { DiskEntry } from '../image/disk-entry.ts';
import { hashFile } from '../image/read-contents.ts';
import type { FileSegment } from '../image/segments.ts';
import { atPath } from '../os-errors.ts';

/** Before a run the tree has upstream's own times on an image, too: SOURCE_DATE_EPOCH of steps/improve/update_env.sh. */
const TIME_SECONDS = 0;
const REPORT_ENTRIES = 100;

/** Into `root`, which must not be there. Throws DISTFILE_MISMATCH, FILE_CHANGED, DISK_FULL, CANCELLED. */
export async function writeTree(
  root: string,
  entries: readonly DiskEntry[],
  { signal, report }: JobContext,
): Promise<void> {
  const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  await makeFolder(root);
  let done = 0;
  for (const [index, entry] of entries.entries()) {
    signal.throwIfAborted();
    const path = join(root, entry.path);
    if (entry.kind === 'folder') await makeFolder(path);
    else await writeEntry(path, entry);
    done += sizeOf(entry);
    if (index % REPORT_ENTRIES === 0 || sizeOf(entry) > 1_000_000)
      report({ step: 'tree', label: 'Preparing the root of the sandbox', done, total, unit: 'bytes' });
  }
  report({ step: 'tree', label: 'Preparing the root of the sandbox', done: total, total, unit: 'bytes' });
}

function sizeOf(entry: DiskEntry): number {
  return entry.kind === 'file' ? entry.sizeBytes : 0;
}

/** rootfs.py sets the umask to 022; ours may be another. */
async function makeFolder(path: string): Promise<void> {
  await atPath(path, async () => {
    await mkdir(path);
    await chmod(path, 0o755);
  });
}

async function writeEntry(path: string, entry: Extract<DiskEntry, { kind: 'file' }>): Promise<void> {
  const { content, executable } = entry;
  if (content?.kind === 'file') await copyVerified(content, path);
  else await atPath(path, () => writeFile(path, content?.bytes ?? new Uint8Array(0), { flag: 'wx' }));
  await atPath(path, async () => {
    await chmod(path, executable ? 0o755 : 0o644);
    await utimes(path, TIME_SECONDS, TIME_SECONDS);
  });
}

async function copyVerified(source: FileSegment, path: string): Promise<void> {
  await atPath(source.path, () =>
    copyFile(source.path, path, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL),
  );
  const { size } = await atPath(path, () => stat(path));
  const actual = await atPath(path, () => hashFile(path, size));
  if (actual === source.sha256) return;
  const { distfile, sha256 } = source;
  throw distfile === null
    ? new SeedbedError('FILE_CHANGED', { path: source.path })
    : new SeedbedError('DISTFILE_MISMATCH', { name: distfile, expected: sha256, actual, path: source.path });
}
