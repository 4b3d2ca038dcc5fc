// What an image is made of, before a byte of it is written: segments in order, and where its regions lie.
import type { Region } from '../../shared/model/image.ts';

/** A file that is verified while it is copied. */
export interface FileSegment {
  kind: 'file';
  path: string;
  sizeBytes: number;
  sha256: string;
  /** Name of the distfile; null for a file of the checkout. */
  distfile: string | null;
}

/** Bytes of an image, from memory or from a file. */
export type Segment = { kind: 'bytes'; bytes: Uint8Array } | FileSegment;

/** A stretch of a disk. */
export type DiskSegment =
  | Segment
  /** A file that does not lie in one piece. Its parts come in order, from its start to its end, before another file. */
  | { kind: 'part'; file: FileSegment; lengthBytes: number }
  /** Zeros that are not written. */
  | { kind: 'hole'; lengthBytes: number };

/** Bytes of a disk that are not holes. */
export function writtenBytes({ regions }: { regions: readonly PlannedRegion[] }): number {
  return regions.reduce((total, { name, lengthBytes }) => total + (name === 'hole' ? 0 : lengthBytes), 0);
}

/** A region whose bytes were not hashed yet. Its sha256 is known ahead when everything in it is one file that is verified while it is read. */
export type PlannedRegion = Omit<Region, 'sha256'> & { sha256?: string };

/** A distfile's bytes in the source stream. */
export interface PlacedDistfile {
  name: string;
  offsetBytes: number;
  sizeBytes: number;
  sha256: string;
}

/** Regions of a source stream's entries, from `fromBytes` to `toBytes`; `distfiles` in the order of the disk. */
export function layStreamRegions(
  fromBytes: number,
  toBytes: number,
  distfiles: readonly PlacedDistfile[],
): PlannedRegion[] {
  let end = fromBytes;
  const regions: PlannedRegion[] = [];
  const between = (until: number): void => {
    if (until > end) regions.push({ name: 'stream', offsetBytes: end, lengthBytes: until - end });
  };
  for (const { name, offsetBytes, sizeBytes, sha256 } of distfiles) {
    if (sizeBytes === 0) continue;
    between(offsetBytes);
    regions.push({ name: 'distfile', distfile: name, offsetBytes, lengthBytes: sizeBytes, sha256 });
    end = offsetBytes + sizeBytes;
  }
  between(toBytes);
  return regions;
}

/** Regions of the given lengths from `fromBytes` on, one after the other; empty ones are left out. */
export function layRegions(
  lengths: readonly (readonly [Region['name'], number])[],
  fromBytes = 0,
): PlannedRegion[] {
  let offsetBytes = fromBytes;
  const regions: PlannedRegion[] = [];
  for (const [name, lengthBytes] of lengths) {
    if (lengthBytes > 0) regions.push({ name, offsetBytes, lengthBytes });
    offsetBytes += lengthBytes;
  }
  return regions;
}
