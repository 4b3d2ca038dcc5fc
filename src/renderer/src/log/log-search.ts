// One search over a whole log: from a place to its end, then from its other end.
import type { LogMatch } from '../../../shared/model/run.ts';
import type { LogSource } from './log-reader.ts';

export type Direction = 'forward' | 'backward';

export async function searchAround(
  source: LogSource,
  words: string,
  fromBytes: number,
  sizeBytes: number,
  direction: Direction,
): Promise<{ match: LogMatch | null; wrapped: boolean }> {
  const match = await source.search(words, fromBytes, direction);
  if (match !== null) return { match, wrapped: false };
  const other = direction === 'forward' ? 0 : sizeBytes;
  return { match: other === fromBytes ? null : await source.search(words, other, direction), wrapped: true };
}
