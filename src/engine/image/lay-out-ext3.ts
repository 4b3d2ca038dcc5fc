// Puts a partition table and an ext3 file system into the order of the disk, as segments and regions.
import type { Region } from '../../shared/model/image.ts';
import { SECTOR_SIZE } from '../formats/builder-hex0.ts';
import type { Ext3Segment } from '../formats/ext3/ext3-entry.ts';
import { BLOCK_BYTES } from '../formats/ext3/ext3-layout.ts';
import type { Ext3Plan } from '../formats/ext3/plan-ext3.ts';
import type { DiskSegment, FileSegment, PlannedRegion, Segment } from './segments.ts';

/** A region with what is in it. */
type Stretch = PlannedRegion & { segment: DiskSegment };

/** The segments are made anew each time that they are asked for: a disk of a terabyte has 64 MiB of bitmaps. */
export function layOutExt3(
  table: Uint8Array,
  plan: Ext3Plan<Segment>,
  partitionOffsetBytes: number,
): { regions: PlannedRegion[]; segments: Iterable<DiskSegment>; dataBytes: number } {
  const stretches = (): Generator<Stretch, void, void> =>
    fillGaps(stretchesOf(table, plan, partitionOffsetBytes));
  const regions = mergeRegions(stretches());
  const last = regions.at(-1);
  return {
    regions,
    segments: {
      *[Symbol.iterator]() {
        for (const { segment } of stretches()) yield segment;
      },
    },
    dataBytes: last === undefined ? 0 : last.offsetBytes + last.lengthBytes,
  };
}

function* stretchesOf(
  table: Uint8Array,
  plan: Ext3Plan<Segment>,
  partitionOffsetBytes: number,
): Generator<Stretch, void, void> {
  yield {
    name: 'partition-table',
    offsetBytes: 0,
    lengthBytes: SECTOR_SIZE,
    segment: { kind: 'bytes', bytes: table },
  };
  for (const part of plan.segments()) {
    const offsetBytes = partitionOffsetBytes + part.offsetBytes;
    if (part.kind === 'content') yield contentStretch(part, offsetBytes);
    else {
      const { bytes } = part;
      yield { name: 'ext3', offsetBytes, lengthBytes: bytes.length, segment: { kind: 'bytes', bytes } };
    }
  }
}

function contentStretch(
  part: Extract<Ext3Segment<Segment>, { kind: 'content' }>,
  offsetBytes: number,
): Stretch {
  const { content, contentOffsetBytes, lengthBytes } = part;
  if (content.kind === 'bytes') {
    const bytes = content.bytes.subarray(contentOffsetBytes, contentOffsetBytes + lengthBytes);
    return { name: 'files', offsetBytes, lengthBytes, segment: { kind: 'bytes', bytes } };
  }
  const isWhole = lengthBytes === content.sizeBytes;
  const segment = isWhole ? content : { kind: 'part' as const, file: content, lengthBytes };
  return { ...fileRegion(content, isWhole), offsetBytes, lengthBytes, segment };
}

function fileRegion(
  { distfile, sha256 }: FileSegment,
  isWhole: boolean,
): Pick<PlannedRegion, 'name' | 'distfile' | 'sha256'> {
  if (distfile === null) return { name: 'files' };
  return { name: 'distfile', distfile, ...(isWhole ? { sha256 } : {}) };
}

/** What lies between two stretches: the rest of a block as zeros in memory, more as a hole. */
function* fillGaps(stretches: Iterable<Stretch>): Generator<Stretch, void, void> {
  let end = 0;
  let before: Region['name'] = 'ext3';
  for (const stretch of stretches) {
    const lengthBytes = stretch.offsetBytes - end;
    if (lengthBytes >= BLOCK_BYTES) {
      yield { name: 'hole', offsetBytes: end, lengthBytes, segment: { kind: 'hole', lengthBytes } };
    } else if (lengthBytes > 0) {
      // A distfile's region is the distfile alone.
      const name = before === 'files' && stretch.name === 'files' ? 'files' : 'ext3';
      const bytes = new Uint8Array(lengthBytes);
      yield { name, offsetBytes: end, lengthBytes, segment: { kind: 'bytes', bytes } };
    }
    yield stretch;
    end = stretch.offsetBytes + stretch.lengthBytes;
    before = stretch.name;
  }
}

/** One region for neighbours of the same name, but for distfiles. */
function mergeRegions(stretches: Iterable<Stretch>): PlannedRegion[] {
  const regions: PlannedRegion[] = [];
  for (const { name, offsetBytes, lengthBytes, distfile, sha256 } of stretches) {
    const last = regions.at(-1);
    if (last?.name === name && name !== 'distfile') last.lengthBytes += lengthBytes;
    else
      regions.push({
        name,
        offsetBytes,
        lengthBytes,
        ...(distfile === undefined ? {} : { distfile }),
        ...(sha256 === undefined ? {} : { sha256 }),
      });
  }
  return regions;
}
