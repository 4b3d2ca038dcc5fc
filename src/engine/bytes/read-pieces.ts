// A source's bytes in order, with read-ahead: the next piece is being read while the last one is looked at.
import { SeedbedError } from '../../shared/errors.ts';
import type { ByteSource } from './byte-source.ts';

const PIECE_BYTES = 1024 * 1024;

/** [fromBytes, toBytes) in pieces; one is valid until the next is asked for. Throws FILE_CHANGED when the source ends before, CANCELLED. */
export async function* readPieces(
  source: ByteSource,
  { fromBytes, toBytes }: { fromBytes: number; toBytes: number },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const size = Math.min(PIECE_BYTES, Math.max(1, toBytes - fromBytes));
  const buffers = [new Uint8Array(size), new Uint8Array(size)];
  const readAt = (at: number, turn: number): Promise<Uint8Array> => {
    const target = (buffers[turn] ?? new Uint8Array(size)).subarray(0, Math.min(size, toBytes - at));
    const reading = source.read(target, at).then((count) => {
      if (count < target.length) throw new SeedbedError('FILE_CHANGED', { path: source.path });
      return target;
    });
    // Awaited at the next turn, or not at all when the reader leaves.
    reading.catch(() => undefined);
    return reading;
  };
  let turn = 0;
  let next = fromBytes < toBytes ? readAt(fromBytes, turn) : null;
  for (let at = fromBytes; next !== null;) {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
    const piece: Uint8Array = await next;
    at += piece.length;
    turn = 1 - turn;
    next = at < toBytes ? readAt(at, turn) : null;
    yield piece;
  }
}
