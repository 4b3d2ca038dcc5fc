// Small reads of a source through a cache of pages: inodes and directories lie close together, and a read for each would cost far more.
import type { ByteSource } from './byte-source.ts';
import { readBytes } from './byte-source.ts';

export interface PageCache {
  /** A copy of the bytes; all of them. Throws FILE_CHANGED where the source ends before. */
  read(offsetBytes: number, lengthBytes: number): Promise<Uint8Array>;
}

const PAGE_BYTES = 65_536;
/** 8 MiB. */
const MOST_PAGES = 128;

export function openPageCache(source: ByteSource): PageCache {
  const pages = new Map<number, Promise<Uint8Array>>();
  function pageAt(number: number): Promise<Uint8Array> {
    const known = pages.get(number);
    const offset = number * PAGE_BYTES;
    const page =
      known ?? readBytes(source, offset, Math.max(0, Math.min(PAGE_BYTES, source.sizeBytes - offset)));
    // The one that was used last is thrown out last.
    pages.delete(number);
    pages.set(number, page);
    const oldest = pages.keys().next();
    if (pages.size > MOST_PAGES && oldest.done !== true) pages.delete(oldest.value);
    return page;
  }
  return {
    async read(offsetBytes, lengthBytes) {
      if (lengthBytes > PAGE_BYTES) return readBytes(source, offsetBytes, lengthBytes);
      const bytes = new Uint8Array(lengthBytes);
      for (let done = 0; done < lengthBytes;) {
        const at = offsetBytes + done;
        const page = await pageAt(Math.floor(at / PAGE_BYTES));
        const part = page.subarray(at % PAGE_BYTES, (at % PAGE_BYTES) + lengthBytes - done);
        if (part.length === 0) return readBytes(source, offsetBytes, lengthBytes);
        bytes.set(part, done);
        done += part.length;
      }
      return bytes;
    },
  };
}
