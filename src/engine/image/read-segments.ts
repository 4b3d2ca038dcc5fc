// The bytes of an image's segments in order, in pieces that fill a buffer. Files are verified on the way: nothing is ever whole in memory.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';
import type { Segment } from './segments.ts';

/** Big enough that handing a piece from thread to thread does not count, small enough that five are little beside Node itself. */
const BUFFER_BYTES = 2 * 1024 * 1024;

/** A pipe that stands where a file is expected must not make us wait for its other end. (Windows has neither; `|` makes 0 of what is not there.) */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * Pieces of all segments, at most BUFFER_BYTES each, in memory that threads can share. Besides the piece that is asked for, `inUse` - 1 earlier
 * ones may still be worked on. Throws FILE_CHANGED and DISTFILE_MISMATCH, each before the last piece of that file is given.
 */
export async function* readSegments(
  segments: readonly Segment[],
  inUse: number,
): AsyncGenerator<Uint8Array, void, void> {
  const buffers = Array.from(
    { length: inUse + 1 },
    () => new Uint8Array(new SharedArrayBuffer(BUFFER_BYTES)),
  );
  let turn = 0;
  let buffer = buffers[turn] ?? new Uint8Array(0);
  let filled = 0;
  const takeFull = (): Uint8Array => {
    const piece = buffer.subarray(0, filled);
    turn = (turn + 1) % buffers.length;
    buffer = buffers[turn] ?? buffer;
    filled = 0;
    return piece;
  };
  for (const segment of segments) {
    if (segment.kind === 'bytes') {
      for (let done = 0; done < segment.bytes.length;) {
        const part = segment.bytes.subarray(done, done + buffer.length - filled);
        buffer.set(part, filled);
        filled += part.length;
        done += part.length;
        if (filled === buffer.length) yield takeFull();
      }
      continue;
    }
    const file = await openVerified(segment);
    try {
      while (file.left > 0) {
        filled += await file.read(buffer.subarray(filled));
        if (file.left > 0 && filled === buffer.length) yield takeFull();
      }
      await file.verify();
      if (filled === buffer.length) yield takeFull();
    } finally {
      await file.close();
    }
  }
  if (filled > 0) yield takeFull();
}

interface VerifiedFile {
  /** Bytes still to come. */
  readonly left: number;
  /** Read into `target` and give the count. */
  read(target: Uint8Array): Promise<number>;
  /** After the last byte: throws when this is not the file that was planned. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

async function openVerified(segment: Extract<Segment, { kind: 'file' }>): Promise<VerifiedFile> {
  const { path, sizeBytes, sha256 } = segment;
  const handle = await atPath(path, () => open(path, READ_FLAGS));
  const changed = (): SeedbedError => new SeedbedError('FILE_CHANGED', { path });
  try {
    await checkSize(handle, segment);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const hash = createHash('sha256');
  let left = sizeBytes;
  return {
    get left() {
      return left;
    },
    async read(target) {
      const { bytesRead } = await atPath(path, () => handle.read(target, 0, Math.min(target.length, left)));
      if (bytesRead === 0) throw changed();
      hash.update(target.subarray(0, bytesRead));
      left -= bytesRead;
      return bytesRead;
    },
    async verify() {
      await checkSize(handle, segment);
      const actual = hash.digest('hex');
      if (actual === sha256) return;
      if (segment.distfile === null) throw changed();
      throw new SeedbedError('DISTFILE_MISMATCH', { name: segment.distfile, expected: sha256, actual, path });
    },
    close: () => handle.close(),
  };
}

async function checkSize(
  handle: FileHandle,
  { path, sizeBytes }: { path: string; sizeBytes: number },
): Promise<void> {
  const stat = await atPath(path, () => handle.stat());
  if (!stat.isFile() || stat.size !== sizeBytes) throw new SeedbedError('FILE_CHANGED', { path });
}
