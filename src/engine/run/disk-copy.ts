// A fresh disk for every run: QEMU locks what it opens, and a guest that got far has overwritten its own boot sector (live-bootstrap 984b8322,
// make_bootable.sh). Only data is copied; zeros behind it and holes in it become holes.
import { constants } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { ImageDisk } from '../../shared/model/image.ts';
import type { ProgressReport } from '../jobs.ts';
import { dataRangesOf, sizeOfRanges } from '../image/data-ranges.ts';
import { createDiskSum } from '../image/disk-sum.ts';
import { readRange } from '../image/read-range.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

export interface CopyOptions {
  signal: AbortSignal;
  report: (progress: ProgressReport) => void;
}

/** Copy `source` to `target`, which must not exist, comparing the data's sha256 with the record's disk on the way. Throws FILE_CHANGED, IMAGE_UNREADABLE, DISK_FULL. */
export async function copyDisk(
  source: string,
  target: string,
  disk: ImageDisk,
  options: CopyOptions,
): Promise<void> {
  const input = await atPath(source, () => open(source, 'r'));
  try {
    const { size } = await atPath(source, () => input.stat());
    if (size !== disk.sizeBytes)
      throw new SeedbedError('IMAGE_UNREADABLE', {
        path: source,
        reason: `it is ${size} bytes long, its record says ${disk.sizeBytes}`,
      });
    const shared = await shareBlocks(source, target);
    // A clone is read back from the target, so that what is compared is what the machine will get.
    const output = await atPath(target, () => open(target, shared ? 'r+' : 'wx'));
    try {
      await copyData(shared ? output : input, shared ? null : output, { source, target }, disk, options);
      await atPath(target, () => output.truncate(disk.sizeBytes));
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
  disk: ImageDisk,
  { signal, report }: CopyOptions,
): Promise<void> {
  const sum = createDiskSum(disk);
  const ranges = dataRangesOf(disk);
  const total = sizeOfRanges(ranges);
  let done = 0;
  for (const range of ranges) {
    let at = range.fromBytes;
    for await (const bytes of readRange(input, paths.source, range, signal)) {
      sum.update(bytes, at);
      if (output !== null) await atPath(paths.target, () => writeAll(output, bytes, at));
      at += bytes.length;
      done += bytes.length;
      report({ step: 'copy', label: 'Making a fresh disk', done, total, unit: 'bytes' });
    }
  }
  const sha256 = sum.digest();
  if (sha256 !== disk.sha256)
    throw new SeedbedError('IMAGE_UNREADABLE', {
      path: paths.source,
      reason: `its data has the sha256 ${sha256}, its record says ${disk.sha256}, so it changed after it was built`,
    });
}

async function writeAll(output: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await output.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
