// A range of an open file in pieces, in memory that threads can share. A piece is valid until the next one is asked for.
import type { FileHandle } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';

const PIECE_BYTES = 1024 * 1024;

/** Throws FILE_CHANGED when the file ends before `toBytes`, CANCELLED. */
export async function* readRange(
  handle: FileHandle,
  path: string,
  { fromBytes, toBytes }: { fromBytes: number; toBytes: number },
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const buffer = new Uint8Array(
    new SharedArrayBuffer(Math.min(PIECE_BYTES, Math.max(1, toBytes - fromBytes))),
  );
  for (let at = fromBytes; at < toBytes;) {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
    const wanted = Math.min(buffer.length, toBytes - at);
    const { bytesRead } = await atPath(path, () => handle.read(buffer, 0, wanted, at));
    if (bytesRead === 0) throw new SeedbedError('FILE_CHANGED', { path });
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
