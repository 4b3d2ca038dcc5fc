// The VGA screen as a picture. QEMU writes PNG since 7.1; before, and where it was built without libpng, PPM, which is packed here (PNG, W3C, third edition).
import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { crc32 } from '../formats/crc32.ts';
import { dumpScreen } from './qmp.ts';
import type { QmpOptions } from './qmp-client.ts';
import type { RunFolder } from './run-folder.ts';

/** The screen as it is now. Throws what QEMU says; no file is left. */
export async function captureScreen(folder: RunFolder, options: QmpOptions): Promise<Uint8Array> {
  const name = `.screen-${randomBytes(6).toString('hex')}`;
  const path = join(folder.path, name);
  try {
    try {
      await dumpScreen(folder.path, { name, format: 'png' }, options);
      return await readFile(path);
    } catch {
      await dumpScreen(folder.path, { name, format: 'ppm' }, options);
      return await packPng(await readFile(path));
    }
  } finally {
    await rm(path, { force: true });
  }
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** A PPM picture (netpbm, ppm(5): P6, 8 bits a sample) as PNG. Throws RangeError for what is none. */
export async function packPng(ppm: Uint8Array): Promise<Uint8Array> {
  const head = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(Buffer.from(ppm.subarray(0, 64)).toString('latin1'));
  const [width, height] = [Number(head?.[1]), Number(head?.[2])];
  const pixels = ppm.subarray(head?.[0].length ?? 0);
  if (head === null || pixels.length !== width * height * 3)
    throw new RangeError('not a PPM picture of 8 bits a sample');
  // Each row is preceded by its filter: 0, none.
  const rows = Buffer.alloc(height * (1 + width * 3));
  for (let row = 0; row < height; row += 1)
    rows.set(pixels.subarray(row * width * 3, (row + 1) * width * 3), row * (1 + width * 3) + 1);
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Bit depth 8, colour type 2 (RGB), compression, filter and interlace 0.
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header),
    chunk('IDAT', await promisify(deflate)(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(data, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length);
  return bytes;
}
