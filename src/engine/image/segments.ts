// What an image is made of, before a byte of it is written: segments in order, and where its regions lie.
import type { Region } from '../../shared/model/image.ts';

/** Bytes of an image, from memory or from a file that is verified while it is copied. */
export type Segment =
  | { kind: 'bytes'; bytes: Uint8Array }
  | {
      kind: 'file';
      path: string;
      sizeBytes: number;
      sha256: string;
      /** Name of the distfile; null for a file of the checkout. */
      distfile: string | null;
    };

/** A region whose hash is not known yet. */
export type PlannedRegion = Omit<Region, 'sha256'>;

/** Regions of the given lengths, one after the other; empty ones are left out. */
export function layRegions(lengths: readonly (readonly [Region['name'], number])[]): PlannedRegion[] {
  let offsetBytes = 0;
  const regions: PlannedRegion[] = [];
  for (const [name, lengthBytes] of lengths) {
    if (lengthBytes > 0) regions.push({ name, offsetBytes, lengthBytes });
    offsetBytes += lengthBytes;
  }
  return regions;
}
