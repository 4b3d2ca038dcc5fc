// Two images side by side: boot images by entry, disks by file, everything else by region. Not byte by byte: one byte more at the beginning moves all others.
import type { ImageDiffReport, ImageDifference, MapKind } from '../../shared/model/image-reading.ts';
import type { OpenSource } from '../bytes/byte-source.ts';
import { withSource } from '../bytes/open-source.ts';
import { readPieces } from '../bytes/read-pieces.ts';
import type { JobContext } from '../jobs.ts';
import { type ImagePart, partsOfImage } from './image-parts.ts';

const MOST_DIFFERENCES = 1000;
const ORDER: readonly ImageDifference['change'][] = ['changed', 'added', 'removed', 'moved'];

/** Throws NOT_FOUND, IMAGE_UNREADABLE, CONTENT_UNREADABLE, FILE_CHANGED, CANCELLED. */
export async function diffImages(
  pathA: string,
  pathB: string,
  context: Partial<JobContext>,
): Promise<ImageDiffReport> {
  return withSource(pathA, (a) =>
    withSource(pathB, async (b) => {
      const [partsA, partsB] = [await partsOfImage(a, context), await partsOfImage(b, context)];
      const { differences, same } = compare(partsA.parts, partsB.parts);
      const count = (change: ImageDifference['change']): number =>
        differences.filter((difference) => difference.change === change).length;
      const counts = {
        added: count('added'),
        removed: count('removed'),
        changed: count('changed'),
        moved: count('moved'),
        same,
      };
      return {
        a: { path: a.path, sizeBytes: a.sizeBytes },
        b: { path: b.path, sizeBytes: b.sizeBytes },
        identical: differences.length === 0 && (await sameBytes(a, b, context.signal)),
        sameContent: counts.added + counts.removed + counts.changed === 0,
        counts,
        differences: differences.slice(0, MOST_DIFFERENCES),
        leftOut: Math.max(0, differences.length - MOST_DIFFERENCES),
        warnings: [...new Set([...partsA.warnings, ...partsB.warnings])],
      };
    }),
  );
}

function compare(
  a: readonly ImagePart[],
  b: readonly ImagePart[],
): { differences: ImageDifference[]; same: number } {
  const inB = new Map(b.map((part, index) => [part.key, { part, index }]));
  const keysA = new Set(a.map(({ key }) => key));
  const differences: ImageDifference[] = [];
  const both: { a: ImagePart; b: ImagePart; index: number }[] = [];
  for (const part of a) {
    const found = inB.get(part.key);
    if (found === undefined) differences.push(difference('removed', part, null));
    else if (found.part.content !== part.content) differences.push(difference('changed', part, found.part));
    else both.push({ a: part, b: found.part, index: found.index });
  }
  for (const part of b) if (!keysA.has(part.key)) differences.push(difference('added', null, part));
  const stayed = longestRise(both.map(({ index }) => index));
  for (const [position, pair] of both.entries())
    if (!stayed.has(position)) differences.push(difference('moved', pair.a, pair.b));
  differences.sort((one, other) => ORDER.indexOf(one.change) - ORDER.indexOf(other.change));
  return { differences, same: stayed.size };
}

function difference(
  change: ImageDifference['change'],
  a: ImagePart | null,
  b: ImagePart | null,
): ImageDifference {
  const side = (part: ImagePart | null): ImageDifference['a'] =>
    part === null
      ? null
      : { offsetBytes: part.offsetBytes, lengthBytes: part.lengthBytes, sha256: part.sha256 };
  const kind: MapKind = (a ?? b)?.kind ?? 'file';
  return { change, kind, label: (a ?? b)?.label ?? '', a: side(a), b: side(b) };
}

/**
 * Positions of a longest rising subsequence: what is left out of it has changed its place among the others, while what was only pushed along has not.
 * Patience sorting, as in `diff --patience`.
 */
function longestRise(values: readonly number[]): Set<number> {
  const piles: number[] = [];
  const before = new Map<number, number>();
  for (const [position, value] of values.entries()) {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[piles[middle] ?? 0] ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    const left = piles[low - 1];
    if (left !== undefined) before.set(position, left);
    piles[low] = position;
  }
  const rise = new Set<number>();
  for (let at = piles.at(-1); at !== undefined; at = before.get(at)) rise.add(at);
  return rise;
}

/** Every byte; where one is longer, zeros. */
async function sameBytes(a: OpenSource, b: OpenSource, signal?: AbortSignal): Promise<boolean> {
  const [short, long] = a.sizeBytes <= b.sizeBytes ? [a, b] : [b, a];
  const piece = Buffer.alloc(1024 * 1024);
  let at = 0;
  for await (const bytes of readPieces(long, { fromBytes: 0, toBytes: long.sizeBytes }, signal)) {
    const count = at < short.sizeBytes ? await short.read(piece.subarray(0, bytes.length), at) : 0;
    piece.fill(0, count, bytes.length);
    if (!piece.subarray(0, bytes.length).equals(bytes)) return false;
    at += bytes.length;
  }
  return true;
}
