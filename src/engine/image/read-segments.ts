// The bytes of an image's segments in order, in pieces that fill a buffer. Files are verified on the way: nothing is ever whole in memory.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath } from '../os-errors.ts';
import type { DiskSegment, FileSegment } from './segments.ts';

/** Big enough that handing a piece from thread to thread does not count, small enough that five are little beside Node itself. */
const BUFFER_BYTES = 2 * 1024 * 1024;

/** A pipe that stands where a file is expected must not make us wait for its other end. (Windows has neither; `|` makes 0 of what is not there.) */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Bytes at an offset of the disk. */
export interface Piece {
  offsetBytes: number;
  bytes: Uint8Array;
}

/**
 * Pieces of all segments but the holes, at most BUFFER_BYTES each, in memory that threads can share. Besides the piece that is asked for, `inUse` - 1
 * earlier ones may still be worked on. Throws FILE_CHANGED and DISTFILE_MISMATCH, each before the last piece of that file is given.
 */
export async function* readSegments(
  segments: Iterable<DiskSegment>,
  inUse: number,
): AsyncGenerator<Piece, void, void> {
  const buffers = openBuffers(inUse + 1);
  let file: VerifiedFile | null = null;
  try {
    for (const segment of segments) {
      switch (segment.kind) {
        case 'hole':
          if (buffers.filled > 0) yield buffers.take();
          buffers.skip(segment.lengthBytes);
          break;
        case 'bytes':
          for (let done = 0; done < segment.bytes.length;) {
            if (buffers.free.length === 0) yield buffers.take();
            const part = segment.bytes.subarray(done, done + buffers.free.length);
            buffers.free.set(part);
            buffers.fill(part.length);
            done += part.length;
          }
          break;
        case 'file':
        case 'part': {
          file ??= await openVerified(segment.kind === 'file' ? segment : segment.file);
          const after = segment.kind === 'file' ? 0 : file.left - segment.lengthBytes;
          while (file.left > after) {
            if (buffers.free.length === 0) yield buffers.take();
            buffers.fill(await file.read(buffers.free.subarray(0, file.left - after)));
          }
          file.settle();
          if (file.left > 0) break;
          await file.verify();
          await file.close();
          file = null;
        }
      }
    }
    if (buffers.filled > 0) yield buffers.take();
  } finally {
    await file?.close();
  }
}

/** Buffers that take turns, and where on the disk the bytes in the present one belong. */
interface Buffers {
  readonly filled: number;
  /** What is left of the present buffer. */
  readonly free: Uint8Array;
  fill(count: number): void;
  /** What is in the present buffer; the next one's turn comes. */
  take(): Piece;
  skip(lengthBytes: number): void;
}

function openBuffers(count: number): Buffers {
  const buffers = Array.from({ length: count }, () => new Uint8Array(new SharedArrayBuffer(BUFFER_BYTES)));
  let turn = 0;
  let buffer = buffers[turn] ?? new Uint8Array(0);
  let filled = 0;
  let offsetBytes = 0;
  return {
    get filled() {
      return filled;
    },
    get free() {
      return buffer.subarray(filled);
    },
    fill(more) {
      filled += more;
    },
    take() {
      const piece = { offsetBytes, bytes: buffer.subarray(0, filled) };
      turn = (turn + 1) % count;
      buffer = buffers[turn] ?? buffer;
      offsetBytes += filled;
      filled = 0;
      return piece;
    },
    skip(lengthBytes) {
      offsetBytes += lengthBytes;
    },
  };
}

interface VerifiedFile {
  /** Bytes still to come. */
  readonly left: number;
  /** Read into `target` and give the count. What was read is hashed during the next read: it must stay as it is until then, or until settle(). */
  read(target: Uint8Array): Promise<number>;
  settle(): void;
  /** After the last byte: throws when this is not the file that was planned. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

async function openVerified(segment: FileSegment): Promise<VerifiedFile> {
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
  let unhashed: Uint8Array = new Uint8Array(0);
  const settle = (): void => {
    hash.update(unhashed);
    unhashed = unhashed.subarray(0, 0);
  };
  return {
    get left() {
      return left;
    },
    async read(target) {
      const reading = atPath(path, () => handle.read(target, 0, Math.min(target.length, left)));
      // The disk and the processor at the same time.
      settle();
      const { bytesRead } = await reading;
      if (bytesRead === 0) throw changed();
      unhashed = target.subarray(0, bytesRead);
      left -= bytesRead;
      return bytesRead;
    },
    settle,
    async verify() {
      settle();
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
