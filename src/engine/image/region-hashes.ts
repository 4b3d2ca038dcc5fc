// sha256 of each region of an image while the image's bytes go by in order.
import { createHash } from 'node:crypto';
import type { Region } from '../../shared/model/image.ts';
import type { PlannedRegion } from './segments.ts';

export interface RegionHashes {
  update(bytes: Uint8Array): void;
  /** After the last byte. */
  finish(): Region[];
}

/** `regions` lie one after the other from offset 0. */
export function createRegionHashes(regions: readonly PlannedRegion[]): RegionHashes {
  const hashes = regions.map(() => createHash('sha256'));
  let position = 0;
  let index = 0;
  return {
    update(bytes) {
      for (let done = 0; done < bytes.length;) {
        const region = regions[index];
        if (region === undefined) throw new Error('more bytes than the regions hold');
        const left = region.offsetBytes + region.lengthBytes - position;
        const part = bytes.subarray(done, done + left);
        hashes[index]?.update(part);
        done += part.length;
        position += part.length;
        if (part.length === left) index += 1;
      }
    },
    finish: () => regions.map((region, at) => ({ ...region, sha256: hashes[at]?.digest('hex') ?? '' })),
  };
}
