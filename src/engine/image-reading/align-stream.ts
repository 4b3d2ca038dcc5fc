// Which entry of an image is which of the checkout's, in whatever order they stand; and what is missing, doubled or a stranger.
import { encodeSrcHeader } from '../formats/srcfs.ts';
import type { ExpectedEntry } from './expect-boot.ts';
import type { ScannedEntry } from './scan-stream.ts';

export type HashedEntry = ScannedEntry & { sha256: string };

export interface Pair {
  entry: HashedEntry;
  expected: ExpectedEntry;
  /** False when this entry stands where another should, which is nowhere else: its line is wrong. */
  isNamed: boolean;
}

export interface Alignment {
  /** In the image's order. */
  pairs: Pair[];
  strangers: HashedEntry[];
  missing: ExpectedEntry[];
  /** The missing one that comes next in order, where the image's entries end; null when that cannot be told, or when nothing is missing. */
  due: ExpectedEntry | null;
  /** In the order in which Seedbed writes them. */
  isSorted: boolean;
}

export function alignStream(image: readonly HashedEntry[], expected: readonly ExpectedEntry[]): Alignment {
  const indexOf = new Map(expected.map(({ path }, index) => [path, index]));
  const counts = new Map<string, number>();
  for (const { path } of image) counts.set(path, (counts.get(path) ?? 0) + 1);
  /** Entries whose names are nowhere in the image, by index. */
  const absent = new Set(expected.flatMap(({ path }, index) => (counts.has(path) ? [] : [index])));
  const used = new Set<number>();
  const result: Alignment = { pairs: [], strangers: [], missing: [], due: null, isSorted: true };
  let next = 0;

  function take(entry: HashedEntry, index: number, isNamed: boolean): void {
    const match = expected[index];
    if (match === undefined) return;
    used.add(index);
    absent.delete(index);
    result.pairs.push({ entry, expected: match, isNamed });
    next = index + 1;
  }

  /** The absent entry that this one is under a wrong name: the next in order, or one whose line is nearly the same. */
  function absentHere(entry: HashedEntry): number | null {
    const inOrder = result.isSorted && absent.has(next) ? next : null;
    const line = encodeSrcHeader(entry);
    const near = nearestLine(
      line,
      [...absent].flatMap((index) => expected[index] ?? []),
    );
    const index = near === null ? null : (indexOf.get(near.path) ?? null);
    return index ?? inOrder;
  }

  for (const entry of image) {
    const index = indexOf.get(entry.path);
    const isTaken = index === undefined || used.has(index);
    const due = isTaken || (counts.get(entry.path) ?? 0) > 1 ? absentHere(entry) : null;
    if (isTaken || isDisguised(entry, index, due)) {
      if (due === null) result.strangers.push(entry);
      else take(entry, due, false);
      continue;
    }
    // Later in order than what is due is in order all the same, when what is due is missing.
    const inOrder = index === next || (absent.has(next) && index > next);
    result.isSorted &&= inOrder;
    take(entry, index, true);
  }
  result.due = result.isSorted && absent.has(next) ? (expected[next] ?? null) : null;
  result.missing = expected.filter((_, index) => !used.has(index));
  return result;

  /** One of several entries with this name: it is the absent one under a wrong name when it stands in its place, or holds its bytes. */
  function isDisguised(entry: HashedEntry, index: number, due: number | null): boolean {
    if (due === null || index === next || (counts.get(entry.path) ?? 0) < 2) return false;
    return result.isSorted || entry.sha256 !== expected[index]?.sha256;
  }
}

/** Bytes that may differ in a line that is still known. */
const MOST_WRONG = 2;

/** The entry whose line is nearly what stands at the beginning of `bytes`; null when none is, or several are alike. */
export function nearestLine(bytes: Uint8Array, entries: readonly ExpectedEntry[]): ExpectedEntry | null {
  let best: ExpectedEntry | null = null;
  let fewest = MOST_WRONG + 1;
  for (const entry of entries) {
    if (entry.sizeBytes === null) continue;
    const wrong = wrongBytes(
      bytes,
      encodeSrcHeader({ path: entry.path, sizeBytes: entry.sizeBytes }),
      fewest + 1,
    );
    if (wrong === fewest) best = null;
    if (wrong >= fewest) continue;
    best = entry;
    fewest = wrong;
  }
  return best;
}

/** Counted up to `most`. */
function wrongBytes(bytes: Uint8Array, line: Uint8Array, most: number): number {
  let wrong = 0;
  for (let at = 0; at < line.length && wrong < most; at += 1) if (bytes[at] !== line[at]) wrong += 1;
  return wrong;
}
