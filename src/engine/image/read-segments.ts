// The bytes of an image's segments in order, in pieces that fill a buffer. Files are verified on the way: nothing is ever whole in memory.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { alignedBytes } from '../bytes/direct-output.ts';
import { atPath } from '../os-errors.ts';
import type { Hasher } from './hash-thread.ts';
import type { DiskSegment, FileSegment } from './segments.ts';

/** Big enough that handing a piece from thread to thread does not count, small enough that five are little beside Node itself. */
const BUFFER_BYTES = 2 * 1024 * 1024;

/** A file below this is hashed sooner than a thread is told of it. */
const WORTH_A_MESSAGE_BYTES = 64 * 1024;

/** A pipe that stands where a file is expected must not make us wait for its other end. (Windows has neither; `|` makes 0 of what is not there.) */
const READ_FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Bytes at an offset of the disk. */
export interface Piece {
  offsetBytes: number;
  bytes: Uint8Array;
  /** Kept when its files are hashed as far as they are in it, and those that end in it are the ones that were planned; the bytes must stay as they are until then. Throws FILE_CHANGED and DISTFILE_MISMATCH. */
  verified: Promise<unknown>;
}

/**
 * Pieces of all segments but the holes, at most BUFFER_BYTES each, in memory that threads can share and that lies at the start of a page. Besides the piece
 * that is asked for, `inUse` - 1 earlier ones may still be worked on. Throws FILE_CHANGED.
 */
export async function* readSegments(
  segments: Iterable<DiskSegment>,
  inUse: number,
  hasher: Hasher,
): AsyncGenerator<Piece, void, void> {
  const buffers = openBuffers(inUse + 1);
  let file: VerifiedFile | null = null;
  let files = 0;
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
          file ??= await openVerified(segment.kind === 'file' ? segment : segment.file, hasher, files++);
          const after = segment.kind === 'file' ? 0 : file.left - segment.lengthBytes;
          while (file.left > after) {
            if (buffers.free.length === 0) yield buffers.take();
            const bytes = await file.read(buffers.free.subarray(0, file.left - after));
            buffers.fill(bytes.length);
            buffers.await(file.hash(bytes));
          }
          if (file.left > 0) break;
          await file.checkEnd();
          buffers.await(file.verify());
          await file.close();
          file = null;
        }
      }
    }
    if (buffers.filled > 0 || buffers.awaits) yield buffers.take();
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
  /** The present piece is verified when this is, too. */
  await(work: Promise<unknown>): void;
  readonly awaits: boolean;
  /** What is in the present buffer; the next one's turn comes. */
  take(): Piece;
  skip(lengthBytes: number): void;
}

function openBuffers(count: number): Buffers {
  const buffers = Array.from({ length: count }, () => alignedBytes(BUFFER_BYTES));
  let turn = 0;
  let buffer = buffers[turn] ?? new Uint8Array(0);
  let filled = 0;
  let offsetBytes = 0;
  let verifying: Promise<unknown>[] = [];
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
    get awaits() {
      return verifying.length > 0;
    },
    await(work) {
      // Whoever takes the piece awaits it; until then an error must not count as unhandled.
      work.catch(() => undefined);
      verifying.push(work);
    },
    take() {
      const verified = Promise.all(verifying);
      verified.catch(() => undefined);
      verifying = [];
      const piece = { offsetBytes, bytes: buffer.subarray(0, filled), verified };
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
  /** Read into `target`; what was read. */
  read(target: Uint8Array): Promise<Uint8Array>;
  /** Of what was read, in order. Kept when the bytes may be reused. */
  hash(bytes: Uint8Array): Promise<void>;
  /** After the last byte, before it is closed: throws FILE_CHANGED when its size is another by now. */
  checkEnd(): Promise<void>;
  /** After the last byte was given to hash(): throws when this is not the file that was planned. */
  verify(): Promise<void>;
  close(): Promise<void>;
}

/** `number` is the hasher's. */
async function openVerified(segment: FileSegment, thread: Hasher, number: number): Promise<VerifiedFile> {
  const { path, sizeBytes, sha256 } = segment;
  const handle = await atPath(path, () => open(path, READ_FLAGS));
  const changed = (): SeedbedError => new SeedbedError('FILE_CHANGED', { path });
  try {
    await checkSize(handle, segment);
  } catch (error) {
    await handle.close();
    throw error;
  }
  const here = sizeBytes < WORTH_A_MESSAGE_BYTES ? createHash('sha256') : null;
  let left = sizeBytes;
  return {
    get left() {
      return left;
    },
    async read(target) {
      const { bytesRead } = await atPath(path, () => handle.read(target, 0, Math.min(target.length, left)));
      if (bytesRead === 0) throw changed();
      left -= bytesRead;
      return target.subarray(0, bytesRead);
    },
    async hash(bytes) {
      if (here === null) await thread.update(number, bytes);
      else here.update(bytes);
    },
    checkEnd: () => checkSize(handle, segment),
    async verify() {
      const actual = here === null ? await thread.digest(number) : here.digest('hex');
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
