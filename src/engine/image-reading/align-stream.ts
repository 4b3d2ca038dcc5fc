// Which entry of an image is which of the checkout's, in whatever order they stand; and what is missing, doubled or a stranger.
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
  /** What should stand where the image's entries end; null when that cannot be told, or when nothing is missing. */
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

  /** An absent entry that belongs here: the next in order; in another order only the last one that is absent can be told. */
  function absentHere(): number | null {
    if (result.isSorted) return absent.has(next) ? next : null;
    const [only = null] = absent.size === 1 ? absent : [];
    return only;
  }

  for (const entry of image) {
    const due = absentHere();
    const index = indexOf.get(entry.path);
    if (index === undefined || used.has(index) || isDisguised(entry, index, due)) {
      if (due === null) result.strangers.push(entry);
      else take(entry, due, false);
      continue;
    }
    // Later in order than what is due is in order all the same, when what is due is missing.
    const inOrder = index === next || (due === next && index > next);
    result.isSorted &&= inOrder;
    take(entry, index, true);
  }
  const last = absentHere();
  result.due = last === null ? null : (expected[last] ?? null);
  result.missing = expected.filter((_, index) => !used.has(index));
  return result;

  /** One of several entries with this name: it is the absent one under a wrong name when it stands in its place, or holds its bytes. */
  function isDisguised(entry: HashedEntry, index: number, due: number | null): boolean {
    if (due === null || index === next || (counts.get(entry.path) ?? 0) < 2) return false;
    return result.isSorted || entry.sha256 !== expected[index]?.sha256;
  }
}
