// Files that are only ever there whole: temporary name, fsync, rename, fsync of the folder.
import { randomBytes } from 'node:crypto';
import { type FileHandle, open, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { atPath, osCodeOf } from './os-errors.ts';

export async function writeFileAtomically(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await atPath(path, async () => {
    try {
      const handle = await open(temporary, 'wx');
      try {
        await handle.writeFile(data);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
    await syncFolder(dirname(path));
  });
}

const SYNC_AFTER_MILLISECONDS = 1000;
const syncing = new Map<string, NodeJS.Timeout>();

/**
 * Whole for every reader at once, and on the drive soon after: for records that follow what happens, where waiting for the drive would hold up what
 * happens, and what a power cut takes is found out again.
 */
export async function replaceFile(path: string, data: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  await atPath(path, async () => {
    try {
      await writeFile(temporary, data, { flag: 'wx' });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
  if (syncing.has(path)) return;
  // A process that ends before leaves it to the system, which writes within half a minute.
  const timer = setTimeout(() => {
    syncing.delete(path);
    syncFile(path).catch(() => undefined);
  }, SYNC_AFTER_MILLISECONDS);
  syncing.set(path, timer.unref());
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(path));
}

/** Make a finished file's new name last through a power cut. File systems that cannot sync a folder are let be. */
export async function syncFolder(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } catch (error) {
    if (!['EINVAL', 'EISDIR', 'EPERM', 'EBADF'].includes(osCodeOf(error) ?? '')) throw error;
  } finally {
    await handle?.close();
  }
}
