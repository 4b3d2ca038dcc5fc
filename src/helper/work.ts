// What writing and verifying share: the task, its buffers, and a few workers that each take the next piece when they are done with theirs.
import { type ChunkList } from './chunk-list.ts';
import { HelperError } from './failure.ts';
import { CHUNK_BYTES, EDGE_BYTES, type Phase } from './protocol.ts';
import { alignedBuffer, type BlockTarget, type ImageSource } from './target.ts';

/** Enough to keep a disk busy while a chunk is hashed; a deep queue gains nothing and makes cancelling slow. */
const DEPTH = 3;

export interface Task {
  target: BlockTarget;
  imageBytes: number;
  chunks: ChunkList;
  signal: AbortSignal;
  buffers: Buffers;
  /** `writtenUpTo`: all chunks below this number are written. */
  report(phase: Phase, doneBytes: number, totalBytes: number, writtenUpTo?: number): void;
}

export interface Buffers {
  chunks: Uint8Array[];
  /** EDGE_BYTES of zeros. */
  zeros: Uint8Array;
}

export interface WriteTask extends Task {
  source: ImageSource;
  /** Chunks below this number may be there already. */
  resumeUpTo: number;
}

/** All the memory that is ever used for data. */
export function makeBuffers(): Buffers {
  return {
    chunks: Array.from({ length: DEPTH }, () => alignedBuffer(CHUNK_BYTES)),
    zeros: alignedBuffer(EDGE_BYTES),
  };
}

/** The image with the zeros that fill its last sector. */
export function paddedBytes({ imageBytes, target }: Pick<Task, 'imageBytes' | 'target'>): number {
  return Math.ceil(imageBytes / target.sectorBytes) * target.sectorBytes;
}

/** Where a chunk lies and how long it is on the device and in the image. */
export function placeOf(task: Task, index: number): { atBytes: number; onDevice: number; inImage: number } {
  const atBytes = index * CHUNK_BYTES;
  return {
    atBytes,
    onDevice: Math.min(CHUNK_BYTES, paddedBytes(task) - atBytes),
    inImage: Math.min(CHUNK_BYTES, task.imageBytes - atBytes),
  };
}

export function refuseWhenCancelled(signal: AbortSignal): void {
  if (!signal.aborted) return;
  throw signal.reason instanceof HelperError ? signal.reason : new HelperError('cancelled', 'cancelled');
}

export function isZeros(bytes: Uint8Array, { zeros }: Buffers): boolean {
  for (let at = 0; at < bytes.length; at += zeros.length) {
    const part = bytes.subarray(at, at + zeros.length);
    if (Buffer.compare(part, zeros.subarray(0, part.length)) !== 0) return false;
  }
  return true;
}

/**
 * Each worker takes items until there are none. When one fails the others end their item and stop: afterwards nothing is under way any more, and the
 * error with the lowest place is thrown, else the first.
 */
export async function runWorkers<Item>(
  { buffers, signal }: Pick<Task, 'buffers' | 'signal'>,
  next: () => Item | null,
  work: (item: Item, buffer: Uint8Array) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  await Promise.all(
    buffers.chunks.map(async (buffer) => {
      try {
        for (;;) {
          if (failures.length > 0) return;
          refuseWhenCancelled(signal);
          const item = next();
          if (item === null) return;
          await work(item, buffer);
        }
      } catch (error) {
        failures.push(error);
      }
    }),
  );
  const [first] = failures.sort((a, b) => placeOfError(a) - placeOfError(b));
  if (first !== undefined) throw first as Error;
}

function placeOfError(error: unknown): number {
  return error instanceof HelperError && error.offsetBytes !== null ? error.offsetBytes : Infinity;
}
