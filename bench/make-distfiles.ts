// Distfiles of random bytes, in sizes spread like the real ones: a few large, many small.
import { createHash, randomFillSync } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface MadeDistfile {
  name: string;
  sha256: string;
}

const PIECE_BYTES = 1_048_576;

/** Write one file a name into `folder`, of `totalBytes` together. A piece at a time: what a parent held counts as its child's peak memory. */
export function makeDistfiles(folder: string, names: readonly string[], totalBytes: number): MadeDistfile[] {
  mkdirSync(folder, { recursive: true });
  const sizes = spreadSizes(names.length, totalBytes);
  const piece = Buffer.alloc(PIECE_BYTES);
  return names.map((name, index) => {
    const hash = createHash('sha256');
    const file = openSync(join(folder, name), 'wx');
    for (let left = sizes[index] ?? 0; left > 0; left -= PIECE_BYTES) {
      const part = randomFillSync(piece).subarray(0, Math.min(left, PIECE_BYTES));
      hash.update(part);
      writeSync(file, part);
    }
    closeSync(file);
    return { name, sha256: hash.digest('hex') };
  });
}

/** The n-th file has a share of 1/n; the last takes what rounding left. */
function spreadSizes(count: number, totalBytes: number): number[] {
  const shares = Array.from({ length: count }, (_, index) => 1 / (index + 1));
  const sum = shares.reduce((a, b) => a + b, 0);
  const sizes = shares.map((share) => Math.floor((share / sum) * totalBytes));
  const rest = totalBytes - sizes.reduce((a, b) => a + b, 0);
  return sizes.map((size, index) => (index === count - 1 ? size + rest : size));
}
