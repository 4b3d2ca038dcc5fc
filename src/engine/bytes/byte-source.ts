// Where bytes are read from: a file, a block device, or a part of one. Readers of disks know nothing else, so that a partition is a slice of a disk and a disk can be a drive.
import { SeedbedError } from '../../shared/errors.ts';

export interface ByteSource {
  /** For messages. */
  readonly path: string;
  readonly sizeBytes: number;
  /** File and offset in it at which the bytes lie: for threads, which open it themselves. */
  readonly place: { path: string; offsetBytes: number };
  /** Fill `target` from `offsetBytes` on; how many bytes, fewer only at the end. OS errors are folded; FILE_CHANGED when it has become shorter. */
  read(target: Uint8Array, offsetBytes: number): Promise<number>;
}

/** A source that holds a file open. */
export interface OpenSource extends ByteSource {
  /** The file or device itself: which one it is, and since when unchanged. */
  readonly identity: string;
  /** Blocks of 512 bytes that the file takes on its disk; 0 where the system does not tell. */
  readonly allocatedBytes: number;
  close(): Promise<void>;
}

/** The part [offsetBytes, offsetBytes + sizeBytes) of a source, cut where the source ends. */
export function sliceOf(source: ByteSource, offsetBytes: number, sizeBytes: number): ByteSource {
  const start = Math.min(Math.max(0, offsetBytes), source.sizeBytes);
  const size = Math.min(sizeBytes, source.sizeBytes - start);
  return {
    path: source.path,
    sizeBytes: size,
    place: { path: source.place.path, offsetBytes: source.place.offsetBytes + start },
    read: async (target, at) => {
      if (at >= size) return 0;
      return source.read(target.subarray(0, Math.min(target.length, size - at)), start + at);
    },
  };
}

/** `lengthBytes` at `offsetBytes`. Throws FILE_CHANGED when they are not all there. */
export async function readBytes(
  source: ByteSource,
  offsetBytes: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(lengthBytes);
  if ((await source.read(bytes, offsetBytes)) < lengthBytes)
    throw new SeedbedError('FILE_CHANGED', { path: source.path });
  return bytes;
}
