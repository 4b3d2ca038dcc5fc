// A planned disk as a source that can be read, files aside, whose bytes are zeros here: its map tells what each byte of the disk is for.
import type { OpenSource } from '../bytes/byte-source.ts';
import type { DiskSegment } from '../image/segments.ts';

export function segmentBytes(segment: DiskSegment): number {
  switch (segment.kind) {
    case 'bytes':
      return segment.bytes.length;
    case 'file':
      return segment.sizeBytes;
    case 'part':
    case 'hole':
      return segment.lengthBytes;
  }
}

export function plannedSource(path: string, segments: Iterable<DiskSegment>, sizeBytes: number): OpenSource {
  const stretches: { atBytes: number; bytes: Uint8Array }[] = [];
  let end = 0;
  for (const segment of segments) {
    if (segment.kind === 'bytes') stretches.push({ atBytes: end, bytes: segment.bytes });
    end += segmentBytes(segment);
  }
  /** Number of the first stretch that ends behind an offset. */
  function firstAt(offsetBytes: number): number {
    let low = 0;
    let high = stretches.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const stretch = stretches[middle];
      if (stretch !== undefined && stretch.atBytes + stretch.bytes.length <= offsetBytes) low = middle + 1;
      else high = middle;
    }
    return low;
  }
  return {
    path,
    sizeBytes,
    place: { path, offsetBytes: 0 },
    identity: path,
    allocatedBytes: 0,
    read(target, offsetBytes) {
      const count = Math.max(0, Math.min(target.length, sizeBytes - offsetBytes));
      target.fill(0, 0, count);
      for (let index = firstAt(offsetBytes); index < stretches.length; index += 1) {
        const { atBytes, bytes } = stretches[index] ?? { atBytes: Infinity, bytes: target };
        if (atBytes >= offsetBytes + count) break;
        const from = Math.max(0, offsetBytes - atBytes);
        const part = bytes.subarray(from, offsetBytes + count - atBytes);
        target.set(part, atBytes + from - offsetBytes);
      }
      return Promise.resolve(count);
    },
    close: () => Promise.resolve(),
  };
}
