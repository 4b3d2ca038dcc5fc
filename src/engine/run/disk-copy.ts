// A fresh disk for every run: QEMU locks what it opens, and a guest that got far has overwritten its own boot sector (live-bootstrap 984b8322,
// make_bootable.sh). Only the image's data is copied; the zeros behind it become a hole.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import type { ProgressReport } from '../jobs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

const CHUNK_BYTES = 1_048_576;

export interface CopyOptions {
  signal: AbortSignal;
  report: (progress: ProgressReport) => void;
}

/** Copy `source` to `target`, which must not exist, comparing the data's sha256 with the record on the way. Throws FILE_CHANGED, IMAGE_UNREADABLE, DISK_FULL. */
export async function copyDisk(
  source: string,
  target: string,
  record: ImageRecord,
  options: CopyOptions,
): Promise<void> {
  const input = await atPath(source, () => open(source, 'r'));
  try {
    const { size } = await atPath(source, () => input.stat());
    if (size !== record.sizeBytes)
      throw new SeedbedError('IMAGE_UNREADABLE', {
        path: source,
        reason: `it is ${size} bytes long, its record says ${record.sizeBytes}`,
      });
    const shared = await shareBlocks(source, target);
    // A clone is read back from the target, so that what is compared is what the machine will get.
    const output = await atPath(target, () => open(target, shared ? 'r+' : 'wx'));
    try {
      await copyData(shared ? output : input, shared ? null : output, { source, target }, record, options);
      await atPath(target, () => output.truncate(record.sizeBytes));
    } finally {
      await output.close();
    }
  } finally {
    await input.close();
  }
}

/** A clone that shares its blocks with the source, where the file system can (btrfs, XFS, APFS). */
async function shareBlocks(source: string, target: string): Promise<boolean> {
  try {
    await copyFile(source, target, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    const code = osCodeOf(error);
    if (code === 'ENOSPC' || code === 'EEXIST') return atPath(target, () => Promise.reject(error as Error));
    return false;
  }
}

async function copyData(
  input: FileHandle,
  output: FileHandle | null,
  paths: { source: string; target: string },
  record: ImageRecord,
  { signal, report }: CopyOptions,
): Promise<void> {
  const buffer = new Uint8Array(CHUNK_BYTES);
  const hash = createHash('sha256');
  for (let done = 0; done < record.dataBytes;) {
    signal.throwIfAborted();
    const wanted = Math.min(CHUNK_BYTES, record.dataBytes - done);
    const { bytesRead } = await atPath(paths.source, () => input.read(buffer, 0, wanted, done));
    if (bytesRead === 0) throw new SeedbedError('FILE_CHANGED', { path: paths.source });
    const bytes = buffer.subarray(0, bytesRead);
    hash.update(bytes);
    if (output !== null) await atPath(paths.target, () => writeAll(output, bytes, done));
    done += bytesRead;
    report({ step: 'copy', label: 'Making a fresh disk', done, total: record.dataBytes, unit: 'bytes' });
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== record.sha256)
    throw new SeedbedError('IMAGE_UNREADABLE', {
      path: paths.source,
      reason: `its data has the sha256 ${sha256}, its record says ${record.sha256}, so it changed after it was built`,
    });
}

async function writeAll(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await output.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
