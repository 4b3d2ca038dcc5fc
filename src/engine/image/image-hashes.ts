// sha256 of a disk and of each of its regions while its bytes go by in order: every byte is hashed for both, unless its region's hash is known.
// A disk with a file system is known by its regions' hashes alone.
import type { Region } from '../../shared/model/image.ts';
import { sumOfList } from './disk-sum.ts';
import { openHasher } from './hash-thread.ts';
import { type PlannedRegion, writtenBytes } from './segments.ts';

export interface ImageHashes {
  /** Bytes of a SharedArrayBuffer, which may be reused when the promise is kept. More calls may follow before that, each behind the one before; what is left out is a hole. */
  update(bytes: Uint8Array, offsetBytes: number): Promise<void>;
  /** After the last byte. */
  finish(): Promise<{ sha256: string; regions: Region[] }>;
  /** In any case, also after an error. */
  close(): Promise<void>;
}

/** `regions` lie one after the other from offset 0 and are the whole data. Holes have no hash. `byRegions`: as ImageDisk.sha256 says of disks with a partition. */
export function createImageHashes(regions: readonly PlannedRegion[], byRegions = false): ImageHashes {
  const isHashed = ({ name, sha256 }: PlannedRegion): boolean => name !== 'hole' && sha256 === undefined;
  const toHash = byRegions ? regions.filter(isHashed) : regions;
  const hasher = openHasher(writtenBytes({ regions: toHash }));
  // The first region that is not over yet.
  let current = 0;
  return {
    async update(bytes, position) {
      // Number 0 is the whole disk, the regions follow.
      const updates = byRegions ? [] : [hasher.update(0, bytes)];
      for (let region = regions[current]; region !== undefined; region = regions[current]) {
        const end = region.offsetBytes + region.lengthBytes - position;
        const from = Math.max(region.offsetBytes - position, 0);
        const to = Math.min(end, bytes.length);
        if (isHashed(region) && from < to) updates.push(hasher.update(current + 1, bytes.subarray(from, to)));
        if (end > bytes.length) break;
        current += 1;
      }
      await Promise.all(updates);
    },
    finish: async () => {
      const hashed = await Promise.all(
        regions.map(async (region, index) => ({
          ...region,
          sha256: region.name === 'hole' ? null : (region.sha256 ?? (await hasher.digest(index + 1))),
        })),
      );
      return { sha256: byRegions ? sumOfList(hashed) : await hasher.digest(0), regions: hashed };
    },
    close: () => hasher.close(),
  };
}
