// sha256 of an image and of each of its regions while its bytes go by in order: every byte is hashed for both, unless its region's hash is known.
import { createHash } from 'node:crypto';
import type { Region } from '../../shared/model/image.ts';
import { type HashThread, openHashThread } from './hash-thread.ts';
import type { PlannedRegion } from './segments.ts';

export interface ImageHashes {
  /** Bytes of a SharedArrayBuffer, which may be reused when the promise is kept. More calls may follow before that. */
  update(bytes: Uint8Array): Promise<void>;
  /** After the last byte. */
  finish(): Promise<{ sha256: string; regions: Region[] }>;
  /** In any case, also after an error. */
  close(): Promise<void>;
}

/** Below this a thread costs more time than it saves. */
const WORTH_A_THREAD_BYTES = 32 * 1024 * 1024;

/** `regions` lie one after the other from offset 0 and are the whole image. */
export function createImageHashes(regions: readonly PlannedRegion[]): ImageHashes {
  const sizeBytes = regions.reduce((total, { lengthBytes }) => total + lengthBytes, 0);
  const hasher = sizeBytes < WORTH_A_THREAD_BYTES ? hashHere() : openHashThread();
  let position = 0;
  return {
    async update(bytes) {
      // Number 0 is the whole image, the regions follow.
      const updates = [hasher.update(0, bytes)];
      for (const [index, { offsetBytes, lengthBytes, sha256 }] of regions.entries()) {
        if (sha256 !== undefined) continue;
        const from = Math.max(offsetBytes - position, 0);
        const to = Math.min(offsetBytes + lengthBytes - position, bytes.length);
        if (from < to) updates.push(hasher.update(index + 1, bytes.subarray(from, to)));
      }
      position += bytes.length;
      await Promise.all(updates);
    },
    finish: async () => ({
      sha256: await hasher.digest(0),
      regions: await Promise.all(
        regions.map(async (region, index) => ({
          ...region,
          sha256: region.sha256 ?? (await hasher.digest(index + 1)),
        })),
      ),
    }),
    close: () => hasher.close(),
  };
}

/** The same without a thread. */
function hashHere(): HashThread {
  const hashes = new Map<number, ReturnType<typeof createHash>>();
  const hashOf = (number: number): ReturnType<typeof createHash> => {
    const hash = hashes.get(number) ?? createHash('sha256');
    hashes.set(number, hash);
    return hash;
  };
  return {
    update(number, bytes) {
      hashOf(number).update(bytes);
      return Promise.resolve();
    },
    digest: (number) => Promise.resolve(hashOf(number).digest('hex')),
    close: () => Promise.resolve(),
  };
}
