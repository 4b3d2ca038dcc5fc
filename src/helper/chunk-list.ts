// The hashes of an image's chunks, as they are told line by line: complete, in order, and exactly those that the person confirmed.
import { createHash } from 'node:crypto';
import { HelperError } from './failure.ts';
import { CHUNK_BYTES, type HelperRequest, SHA256_BYTES } from './protocol.ts';

export interface ChunkList {
  readonly count: number;
  isZero(index: number): boolean;
  /** The expected sha256; 32 zero bytes for a chunk of zeros. */
  hashOf(index: number): Buffer;
}

export interface ChunkListBuilder {
  /** Throws HelperError bad-message for what is out of order or too much. */
  add(request: Extract<HelperRequest, { type: 'hashes' | 'zeros' }>): void;
  /** Throws HelperError bad-message when it is not complete or not the confirmed one. */
  finish(chunksSha256: string): ChunkList;
}

const ZERO_HASH = Buffer.alloc(SHA256_BYTES);

export function countChunks(imageBytes: number): number {
  return Math.ceil(imageBytes / CHUNK_BYTES);
}

export function startChunkList(imageBytes: number): ChunkListBuilder {
  const count = countChunks(imageBytes);
  const hashes = Buffer.alloc(count * SHA256_BYTES);
  let known = 0;
  const take = (from: number, amount: number): void => {
    if (from !== known || amount > count - known)
      throw new HelperError(
        'bad-message',
        `chunks ${from} to ${from + amount} do not follow on ${known} of ${count}`,
      );
    known += amount;
  };
  return {
    add(request) {
      if (request.type === 'zeros') {
        take(request.from, request.count);
        return;
      }
      take(request.from, request.sha256.length);
      for (const [index, text] of request.sha256.entries())
        hashes.write(text, (request.from + index) * SHA256_BYTES, 'hex');
    },
    finish(chunksSha256) {
      if (known !== count)
        throw new HelperError('bad-message', `hashes of ${known} of ${count} chunks were told`);
      if (digestOf(hashes) !== chunksSha256)
        throw new HelperError('bad-message', 'the hashes are not those that were confirmed');
      return chunkListOf(hashes);
    },
  };
}

/** @param hashes 32 bytes a chunk */
export function chunkListOf(hashes: Buffer): ChunkList {
  const hashOf = (index: number): Buffer => hashes.subarray(index * SHA256_BYTES, (index + 1) * SHA256_BYTES);
  return {
    count: hashes.length / SHA256_BYTES,
    hashOf,
    isZero: (index) => hashOf(index).equals(ZERO_HASH),
  };
}

/** sha256 over the chunks' hashes, 32 bytes each, zeros for a chunk of zeros. */
export function digestOf(hashes: Uint8Array): string {
  return createHash('sha256').update(hashes).digest('hex');
}
