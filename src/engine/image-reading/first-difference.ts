// Where bytes of an image are first other than they should be.
import { SeedbedError } from '../../shared/errors.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { withSource } from '../bytes/open-source.ts';
import { readPieces } from '../bytes/read-pieces.ts';
import type { Segment } from '../image/segments.ts';

/** How much of both sides is told. */
const SHOWN_BYTES = 16;

export interface Difference {
  offsetBytes: number;
  /** Hexadecimal digits from there on; null at the end of the image. */
  found: string | null;
  expected: string | null;
}

/** The first byte of the image, from `offsetBytes` on, that is not as in `expected`; null when all are. */
export async function differsFrom(
  source: ByteSource,
  offsetBytes: number,
  expected: Uint8Array,
): Promise<Difference | null> {
  const actual = new Uint8Array(expected.length);
  const count = await source.read(actual, offsetBytes);
  const at = firstDifference(actual.subarray(0, count), expected);
  if (at === null) return null;
  return {
    offsetBytes: offsetBytes + at,
    found: at < count ? hexOf(actual.subarray(at, Math.min(count, at + SHOWN_BYTES))) : null,
    expected: hexOf(expected.subarray(at, at + SHOWN_BYTES)),
  };
}

/** The same for what a segment holds; null also when its file cannot be read or is another by now. */
export async function differsFromSegment(
  source: ByteSource,
  offsetBytes: number,
  segment: Segment,
): Promise<Difference | null> {
  return segment.kind === 'bytes'
    ? differsFrom(source, offsetBytes, segment.bytes)
    : differsFromFile(source, offsetBytes, segment.path, { fromBytes: 0, toBytes: segment.sizeBytes });
}

/** The same for a part of a file. */
export async function differsFromFile(
  source: ByteSource,
  offsetBytes: number,
  path: string,
  range: { fromBytes: number; toBytes: number },
): Promise<Difference | null> {
  try {
    return await withSource(path, async (file) => {
      let at = offsetBytes;
      for await (const piece of readPieces(file, range)) {
        const difference = await differsFrom(source, at, piece);
        if (difference !== null) return difference;
        at += piece.length;
      }
      return null;
    });
  } catch (error) {
    if (error instanceof SeedbedError) return null;
    throw error;
  }
}

/** What stands at an offset. */
export async function shownAt(source: ByteSource, offsetBytes: number): Promise<string | null> {
  const bytes = new Uint8Array(SHOWN_BYTES);
  const count = await source.read(bytes, offsetBytes);
  return count === 0 ? null : hexOf(bytes.subarray(0, count));
}

function firstDifference(actual: Uint8Array, expected: Uint8Array): number | null {
  if (
    actual.length === expected.length &&
    Buffer.from(actual.buffer, actual.byteOffset, actual.length).equals(expected)
  )
    return null;
  for (let at = 0; at < expected.length; at += 1) if (actual[at] !== expected[at]) return at;
  return null;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');
}
