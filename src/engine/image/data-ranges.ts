// The parts of a disk that are not holes: what is hashed and copied.
import { open } from 'node:fs/promises';
import type { ImageDisk } from '../../shared/model/image.ts';
import { atPath } from '../os-errors.ts';
import { createDiskSum } from './disk-sum.ts';
import type { BuildOptions } from './image-plan.ts';
import { readRange } from './read-range.ts';

export interface DataRange {
  fromBytes: number;
  toBytes: number;
}

/** In order, as few as possible. */
export function dataRangesOf({ regions }: Pick<ImageDisk, 'regions'>): DataRange[] {
  const ranges: DataRange[] = [];
  for (const { name, offsetBytes, lengthBytes } of regions) {
    if (name === 'hole' || lengthBytes === 0) continue;
    const last = ranges.at(-1);
    if (last?.toBytes === offsetBytes) last.toBytes += lengthBytes;
    else ranges.push({ fromBytes: offsetBytes, toBytes: offsetBytes + lengthBytes });
  }
  return ranges;
}

export function sizeOfRanges(ranges: readonly DataRange[]): number {
  return ranges.reduce((total, { fromBytes, toBytes }) => total + toBytes - fromBytes, 0);
}

/** The size and the data's sha256 are those of the record. Holes are not looked at. */
export async function isDiskWhole(
  path: string,
  disk: ImageDisk,
  { signal, report }: BuildOptions,
): Promise<boolean> {
  const handle = await atPath(path, () => open(path, 'r'));
  try {
    const { size } = await atPath(path, () => handle.stat());
    if (size !== disk.sizeBytes) return false;
    const sum = createDiskSum(disk);
    const ranges = dataRangesOf(disk);
    const total = sizeOfRanges(ranges);
    let done = 0;
    for (const range of ranges) {
      let at = range.fromBytes;
      for await (const bytes of readRange(handle, path, range, signal)) {
        sum.update(bytes, at);
        at += bytes.length;
        done += bytes.length;
        report?.({ step: 'hash', label: 'Hashing the image', done, total, unit: 'bytes' });
      }
    }
    return sum.digest() === disk.sha256;
  } finally {
    await handle.close();
  }
}
