// A disk in memory for readers of disks, with the hashing that threads do elsewhere.
import { createHash } from 'node:crypto';
import type { OpenSource } from '../../src/engine/bytes/byte-source.ts';
import type { RangeThreads } from '../../src/engine/bytes/range-threads.ts';

export function memorySource(bytes: Uint8Array): OpenSource {
  return {
    path: '/in/memory.img',
    sizeBytes: bytes.length,
    place: { path: '/in/memory.img', offsetBytes: 0 },
    identity: 'memory',
    allocatedBytes: bytes.length,
    read(target, offsetBytes) {
      const part = bytes.subarray(offsetBytes, offsetBytes + target.length);
      target.set(part);
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
}

export function memoryThreads(bytes: Uint8Array): RangeThreads {
  return {
    hashes: (ranges) =>
      Promise.resolve(
        ranges.map(({ fromBytes, toBytes }) =>
          createHash('sha256').update(bytes.subarray(fromBytes, toBytes)).digest('hex'),
        ),
      ),
    joinedHash(ranges) {
      const hash = createHash('sha256');
      for (const { fromBytes, toBytes } of ranges) hash.update(bytes.subarray(fromBytes, toBytes));
      return Promise.resolve(hash.digest('hex'));
    },
    firstNonZero({ fromBytes, toBytes }) {
      const part = Buffer.from(bytes.buffer, bytes.byteOffset + fromBytes, Math.max(0, toBytes - fromBytes));
      if (part.equals(Buffer.alloc(part.length))) return Promise.resolve(null);
      return Promise.resolve(fromBytes + part.findIndex((byte) => byte !== 0));
    },
    close: () => Promise.resolve(),
  };
}
