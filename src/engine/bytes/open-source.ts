// Opens a file or a block device for reading.
// Source for the size of a device: Linux, Documentation/ABI/stable/sysfs-block (`size`, in sectors of 512 bytes whatever the device's own are).
import { constants } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';
import type { OpenSource } from './byte-source.ts';

const SYSFS_SECTOR_BYTES = 512;

/** Throws NOT_FOUND, PERMISSION_DENIED, IMAGE_UNREADABLE for what is neither file nor block device. Never waits for a pipe. */
export async function openSource(given: string): Promise<OpenSource> {
  const path = resolve(given);
  const handle = await atPath(path, () => open(path, constants.O_RDONLY | constants.O_NONBLOCK));
  try {
    const stat = await atPath(path, () => handle.stat());
    if (!stat.isFile() && !stat.isBlockDevice())
      throw new SeedbedError('IMAGE_UNREADABLE', { path, reason: 'it is neither a file nor a block device' });
    const sizeBytes = stat.isFile() ? stat.size : await deviceSizeBytes(path, stat.rdev);
    return {
      path,
      sizeBytes,
      place: { path, offsetBytes: 0 },
      identity: [path, stat.dev, stat.ino, sizeBytes, stat.mtimeMs, stat.ctimeMs].join(' '),
      allocatedBytes: stat.isFile() ? stat.blocks * 512 : 0,
      read: (target, offsetBytes) => readFully(handle, path, target, offsetBytes),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Use a source for the time of `work`. */
export async function withSource<T>(path: string, work: (source: OpenSource) => Promise<T>): Promise<T> {
  const source = await openSource(path);
  try {
    return await work(source);
  } finally {
    await source.close();
  }
}

async function readFully(
  handle: FileHandle,
  path: string,
  target: Uint8Array,
  offsetBytes: number,
): Promise<number> {
  return atPath(path, async () => {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await handle.read(target, done, target.length - done, offsetBytes + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  });
}

/** Node can neither seek nor ask a device; the system's own list can. */
async function deviceSizeBytes(path: string, rdev: number): Promise<number> {
  // The number as glibc's gnu_dev_major and gnu_dev_minor take it apart.
  const major = Math.floor(rdev / 256) & 0xfff;
  const minor = (rdev & 0xff) + Math.floor(rdev / 0x100000) * 256;
  const file = `/sys/dev/block/${major}:${minor}/size`;
  const text = await readFile(file, 'utf8').catch(() => '');
  if (!/^\d+\n$/.test(text))
    throw new SeedbedError('IMAGE_UNREADABLE', { path, reason: 'the size of this device cannot be told' });
  return Number(text) * SYSFS_SECTOR_BYTES;
}
