// Writes past the page cache (open(2), O_DIRECT): a big file that is written once need not take memory that something else has, and is on the disk when its last write is over.
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { osCodeOf } from '../os-errors.ts';

/** What O_DIRECT asks of offsets, lengths and memory: no more than this on any disk of today (open(2), "O_DIRECT": the logical block size). */
export const ALIGNMENT_BYTES = 4096;

/** Node's types leave it out; WebAssembly JavaScript Interface, "Memories". */
declare const WebAssembly: {
  Memory: new (size: { initial: number; maximum: number; shared: true }) => { buffer: SharedArrayBuffer };
};

/** WebAssembly.Memory's unit. */
const WASM_PAGE_BYTES = 64 * 1024;

export interface DirectOutput {
  /** Write `bytes`, all or, where the file system will not have it so, none; false then. Throws what the file system says. */
  write(bytes: Uint8Array, offsetBytes: number): Promise<boolean>;
  close(): Promise<void>;
}

/** Memory that threads can share and that lies at the start of a page, as O_DIRECT wants it: of all that Node gives, only WebAssembly's does. */
export function alignedBytes(lengthBytes: number): Uint8Array<SharedArrayBuffer> {
  const pages = Math.ceil(lengthBytes / WASM_PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  return new Uint8Array(memory.buffer, 0, lengthBytes);
}

/** The same file once more, for big pieces; null where the system or the file system has no such way. */
export async function openDirectOutput({ fd }: FileHandle): Promise<DirectOutput | null> {
  if (process.platform !== 'linux') return null;
  const handle = await open(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_DIRECT).catch(() => null);
  if (handle === null) return null;
  let refused = false;
  return {
    async write(bytes, offsetBytes) {
      if (refused || offsetBytes % ALIGNMENT_BYTES !== 0 || bytes.length % ALIGNMENT_BYTES !== 0)
        return false;
      try {
        for (let done = 0; done < bytes.length;) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offsetBytes + done);
          done += bytesWritten;
        }
        return true;
      } catch (error) {
        if (osCodeOf(error) !== 'EINVAL') throw error;
        refused = true;
        return false;
      }
    },
    close: () => handle.close(),
  };
}
