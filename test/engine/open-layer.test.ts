// Disks as QEMU's qcow2 layers leave them, written byte by byte after QEMU's docs/interop/qcow2.txt, read back as the machine would see them.
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readBytes } from '../../src/engine/bytes/byte-source.ts';
import { openLayeredSource } from '../../src/engine/bytes/open-layer.ts';
import { encodeQcow2Layer } from '../../src/engine/formats/qcow2.ts';
import { refusalOf } from '../support/checkout-harness.ts';
import { useTempFolders } from '../support/temp.ts';

const makeFolder = useTempFolders();
const CLUSTER = 65_536;
const SIZE = 8 * CLUSTER + 512;

/** Below: the number of each cluster in every byte. Layer: cluster 2 has data of its own, cluster 5 is zeros, all others come from below. */
function putLayer(
  folder: string,
  change: (bytes: Buffer) => void = () => undefined,
  below = 'boot.img',
): string {
  const base = Buffer.alloc(SIZE);
  for (let at = 0; at < SIZE; at += 1) base[at] = 1 + Math.floor(at / CLUSTER);
  writeFileSync(join(folder, 'boot.img'), base);
  const empty = encodeQcow2Layer(SIZE, below);
  const bytes = Buffer.concat([empty, Buffer.alloc(2 * CLUSTER)]);
  const [l2At, dataAt] = [empty.length, empty.length + CLUSTER];
  const copied = 1n << 63n;
  const l1At = Number(bytes.readBigUInt64BE(40));
  bytes.writeBigUInt64BE(BigInt(l2At) | copied, l1At);
  bytes.writeBigUInt64BE(BigInt(dataAt) | copied, l2At + 2 * 8);
  bytes.writeBigUInt64BE(1n, l2At + 5 * 8);
  bytes.fill(0xee, dataAt, dataAt + CLUSTER);
  change(bytes);
  const path = join(folder, 'boot.qcow2');
  writeFileSync(path, bytes);
  return path;
}

async function readAll(path: string): Promise<Buffer> {
  const source = await openLayeredSource(path);
  try {
    expect(source.sizeBytes).toBe(SIZE);
    // In pieces that end in the middle of clusters.
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < SIZE; at += 100_001)
      pieces.push(await readBytes(source, at, Math.min(100_001, SIZE - at)));
    return Buffer.concat(pieces);
  } finally {
    await source.close();
  }
}

describe('a disk that is a layer over another', () => {
  it('has its own clusters, its zeros, and the rest from below', async () => {
    const bytes = await readAll(putLayer(makeFolder()));
    const seen = Array.from({ length: 9 }, (_, cluster) => [
      bytes[cluster * CLUSTER],
      bytes[Math.min(SIZE, (cluster + 1) * CLUSTER) - 1],
    ]);
    expect(seen).toEqual([1, 2, 0xee, 4, 5, 0, 7, 8, 9].map((byte) => [byte, byte]));
  });

  it('is any other file as it is', async () => {
    const folder = makeFolder();
    putLayer(folder);
    expect((await readAll(join(folder, 'boot.img')))[CLUSTER]).toBe(2);
  });

  it.each([
    [
      'compressed',
      (bytes: Buffer) => bytes.writeBigUInt64BE(1n << 62n, bytes.length - 2 * CLUSTER),
      'it is compressed',
    ],
    ['encrypted', (bytes: Buffer) => bytes.writeUInt32BE(1, 32), 'it is encrypted'],
    [
      'of features that are not read here',
      (bytes: Buffer) => bytes.writeBigUInt64BE(1n << 4n, 72),
      'it uses features of qcow2 that are not read here',
    ],
  ])('is refused when it is %s', async (_what, change, reason) => {
    expect(await refusalOf(readAll(putLayer(makeFolder(), change)))).toMatchObject({
      code: 'IMAGE_UNREADABLE',
      reason,
    });
  });

  it('is refused when the file below is somewhere else, by its name or by a link', async () => {
    const folder = makeFolder();
    expect(await refusalOf(readAll(putLayer(folder, undefined, '../boot.img')))).toMatchObject({
      reason: 'the file below it is not in its own folder',
    });
    symlinkSync('/etc/passwd', join(folder, 'linked.img'));
    expect(await refusalOf(readAll(putLayer(folder, undefined, 'linked.img')))).toMatchObject({
      code: 'IO_FAILED',
    });
  });
});
