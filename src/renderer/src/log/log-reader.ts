// Pulls pieces of a log by offset. The next piece is asked for only when the last one was shown: nothing queues.
import type { LogChunk, LogMatch } from '../../../shared/model/run.ts';
import { firstWholeLine, rowsOf, smallerRead } from './log-plan.ts';

export interface LogSource {
  read: (fromBytes: number, limitBytes: number) => Promise<LogChunk>;
  search: (words: string, fromBytes: number, direction: 'forward' | 'backward') => Promise<LogMatch | null>;
}

/** Shortest read that the contract allows. */
const SHORTEST_BYTES = 4;

/** A piece that is sure to fit into the terminal, however many line ends it has. */
export async function readPiece(
  source: LogSource,
  fromBytes: number,
  limitBytes: number,
  columns: number,
): Promise<LogChunk> {
  let limit: number | null = limitBytes;
  let chunk: LogChunk;
  do {
    chunk = await source.read(fromBytes, limit);
    limit = smallerRead(chunk.toBytes - chunk.fromBytes, rowsOf(chunk.text, columns));
  } while (limit !== null);
  return chunk;
}

/** Everything from one offset to another, beginning with a whole line. */
export async function readRange(source: LogSource, fromBytes: number, toBytes: number): Promise<string> {
  let text = '';
  let at = fromBytes;
  while (at < toBytes) {
    const left = toBytes - at;
    const chunk = await source.read(at, Math.max(SHORTEST_BYTES, left));
    if (chunk.toBytes === at) break;
    text += chunk.toBytes > toBytes ? cutToBytes(chunk.text, left) : chunk.text;
    at = chunk.toBytes;
  }
  return fromBytes === 0 ? text : text.slice(firstWholeLine(text));
}

/** The text's first `count` bytes as UTF-8. */
function cutToBytes(text: string, count: number): string {
  return new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, count));
}
