// Reads a disk of an image once: is it what image.json says, and what is the sha256 of each 4 MiB? Holes are not read, unless the file takes more room
// than its data: then they are, since somebody may have written into them.
import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { FlashChunks } from '../../shared/model/flash.ts';
import type { ImageDisk } from '../../shared/model/image.ts';
import { digestOf } from '../../helper/chunk-list.ts';
import { CHUNK_BYTES, SHA256_BYTES } from '../../helper/protocol.ts';
import { type DataRange, dataRangesOf, sizeOfRanges } from '../image/data-ranges.ts';
import { createDiskSum } from '../image/disk-sum.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';

export interface HashedDisk {
  chunks: FlashChunks;
  chunksSha256: string;
  /** Bytes of chunks that are not zeros. */
  dataBytes: number;
}

/** Room that a file system takes beside the data: its own lists of extents. */
const ROOM_TOLERANCE_BYTES = 16 * 1024 * 1024;

/** Throws FLASH_IMAGE_DIFFERS, NOT_FOUND, CANCELLED. */
export async function hashDisk(
  path: string,
  disk: ImageDisk,
  { signal, report }: JobContext,
): Promise<HashedDisk> {
  const differs = (reason: string): SeedbedError => new SeedbedError('FLASH_IMAGE_DIFFERS', { path, reason });
  const handle = await atPath(path, () => open(path, 'r'));
  try {
    const { size, blocks } = await atPath(path, () => handle.stat());
    if (size !== disk.sizeBytes) throw differs(`it has ${size} bytes instead of ${disk.sizeBytes}.`);
    const ranges = dataRangesOf(disk).map((range) => withinData(range, disk.dataBytes));
    const sum = createDiskSum(disk);
    const data = sizeOfRanges(ranges);
    const readsHoles = blocks * 512 > data + ROOM_TOLERANCE_BYTES;
    const count = Math.ceil(size / CHUNK_BYTES);
    const hashes = Buffer.alloc(count * SHA256_BYTES);
    const buffer = Buffer.alloc(CHUNK_BYTES);
    const zeros = Buffer.alloc(CHUNK_BYTES);
    let dataBytes = 0;
    let done = 0;
    for (let index = 0; index < count; index += 1) {
      const at = index * CHUNK_BYTES;
      const inChunk = ranges.filter(({ fromBytes, toBytes }) => fromBytes < at + CHUNK_BYTES && toBytes > at);
      if (inChunk.length === 0 && !readsHoles) continue;
      if (signal.aborted) throw new SeedbedError('CANCELLED', { kept: '' });
      const bytes = buffer.subarray(0, Math.min(CHUNK_BYTES, size - at));
      await atPath(path, () => fill(handle, bytes, at, path));
      for (const { fromBytes, toBytes } of inChunk) {
        const from = Math.max(0, fromBytes - at);
        const part = bytes.subarray(from, Math.min(bytes.length, toBytes - at));
        sum.update(part, at + from);
        done += part.length;
      }
      report({
        step: 'image',
        label: 'Comparing the image with its record',
        done,
        total: data,
        unit: 'bytes',
      });
      if (bytes.equals(zeros.subarray(0, bytes.length))) continue;
      if (inChunk.length === 0) throw differs(`there are bytes where it should be empty, behind ${at}.`);
      createHash('sha256')
        .update(bytes)
        .digest()
        .copy(hashes, index * SHA256_BYTES);
      dataBytes += bytes.length;
    }
    if (sum.digest() !== disk.sha256) throw differs('its bytes have another sha256.');
    return { chunks: foldChunks(hashes), chunksSha256: digestOf(hashes), dataBytes };
  } finally {
    await handle.close();
  }
}

function withinData(range: DataRange, dataBytes: number): DataRange {
  return { fromBytes: Math.min(range.fromBytes, dataBytes), toBytes: Math.min(range.toBytes, dataBytes) };
}

async function fill(
  handle: Awaited<ReturnType<typeof open>>,
  bytes: Buffer,
  offsetBytes: number,
  path: string,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, offsetBytes + done);
    if (bytesRead === 0) throw new SeedbedError('FILE_CHANGED', { path });
    done += bytesRead;
  }
}

const ZERO_HASH = '0'.repeat(64);

function foldChunks(hashes: Buffer): FlashChunks {
  const folded: FlashChunks = [];
  for (let at = 0; at < hashes.length; at += SHA256_BYTES) {
    const text = hashes.toString('hex', at, at + SHA256_BYTES);
    const last = folded.at(-1);
    if (text === ZERO_HASH) {
      if (last !== undefined && 'zeros' in last) last.zeros += 1;
      else folded.push({ zeros: 1 });
    } else if (last !== undefined && 'sha256' in last) last.sha256.push(text);
    else folded.push({ sha256: [text] });
  }
  return folded;
}

/** As `HashedDisk.chunksSha256`. */
export function digestOfChunks(chunks: FlashChunks): string {
  const parts = chunks.map((run) =>
    'zeros' in run ? Buffer.alloc(run.zeros * SHA256_BYTES) : Buffer.from(run.sha256.join(''), 'hex'),
  );
  return digestOf(Buffer.concat(parts));
}
