// sha256 of an image and of each of its regions while its bytes go by in order. Every byte is hashed for both; what is large, in a thread of its own.
import type { Region } from '../../shared/model/image.ts';
import { type AsyncHash, createAsyncHash } from './hash-thread.ts';
import type { PlannedRegion } from './segments.ts';

export interface ImageHashes {
  /** Bytes of a SharedArrayBuffer, which may be reused when the promise is kept. More calls may follow before that. */
  update(bytes: Uint8Array): Promise<void>;
  /** After the last byte. */
  finish(): Promise<{ sha256: string; regions: Region[] }>;
  /** In any case, also after an error. */
  close(): Promise<void>;
}

/** `regions` lie one after the other from offset 0 and are the whole image. */
export function createImageHashes(regions: readonly PlannedRegion[]): ImageHashes {
  const whole = createAsyncHash(regions.reduce((total, { lengthBytes }) => total + lengthBytes, 0));
  const parts = regions.map((region) => ({ region, hash: createAsyncHash(region.lengthBytes) }));
  let position = 0;

  return {
    async update(bytes) {
      const updates = [whole.update(bytes)];
      for (const { region, hash } of parts) {
        const from = Math.max(region.offsetBytes - position, 0);
        const to = Math.min(region.offsetBytes + region.lengthBytes - position, bytes.length);
        if (from < to) updates.push(hash.update(bytes.subarray(from, to)));
      }
      position += bytes.length;
      await Promise.all(updates);
    },
    finish: async () => ({
      sha256: await whole.digest(),
      regions: await Promise.all(
        parts.map(async ({ region, hash }) => ({ ...region, sha256: await hash.digest() })),
      ),
    }),
    async close() {
      await Promise.all([whole, ...parts.map(({ hash }): AsyncHash => hash)].map((hash) => hash.close()));
    },
  };
}
