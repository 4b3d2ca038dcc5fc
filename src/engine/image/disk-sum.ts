// The sha256 by which a disk is known, as ImageDisk.sha256 defines it, while its data goes by in order.
import { createHash } from 'node:crypto';
import type { ImageDisk, Region } from '../../shared/model/image.ts';
import { sha256Of } from './input-digest.ts';

export interface DiskSum {
  /** The next data of the disk, which begins at `offsetBytes`. Holes are left out. */
  update(bytes: Uint8Array, offsetBytes: number): void;
  /** After the last. */
  digest(): string;
}

export function createDiskSum({ partition, regions }: Pick<ImageDisk, 'partition' | 'regions'>): DiskSum {
  if (partition !== null) return sumOfRegions(regions);
  const hash = createHash('sha256');
  return { update: (bytes) => hash.update(bytes), digest: () => hash.digest('hex') };
}

/** Of a disk with a partition. */
export function sumOfList(
  regions: readonly Pick<Region, 'offsetBytes' | 'lengthBytes' | 'sha256'>[],
): string {
  const lines = regions
    .filter(({ sha256 }) => sha256 !== null)
    .map(({ offsetBytes, lengthBytes, sha256 }) => `${offsetBytes} ${lengthBytes} ${sha256 ?? ''}\n`);
  return sha256Of(lines.join(''));
}

function sumOfRegions(regions: readonly Region[]): DiskSum {
  const data = regions
    .filter(({ name }) => name !== 'hole')
    .map((region) => ({ ...region, hash: createHash('sha256') }));
  // The first region that is not over yet.
  let current = 0;
  return {
    update(bytes, position) {
      for (let region = data[current]; region !== undefined; region = data[current]) {
        const end = region.offsetBytes + region.lengthBytes - position;
        const from = Math.max(region.offsetBytes - position, 0);
        const to = Math.min(end, bytes.length);
        if (from < to) region.hash.update(bytes.subarray(from, to));
        if (end > bytes.length) break;
        current += 1;
      }
    },
    digest: () => sumOfList(data.map(({ hash, ...region }) => ({ ...region, sha256: hash.digest('hex') }))),
  };
}
