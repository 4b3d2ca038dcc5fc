// Writing and verifying on a device in memory that fails on purpose: at block N, for a while, by doing less than asked, by lying, by going away.
import { describe, expect, test } from 'vitest';
import { startChunkList } from '../../src/helper/chunk-list.ts';
import { type DeviceState, HelperError } from '../../src/helper/failure.ts';
import { CHUNK_BYTES, EDGE_BYTES } from '../../src/helper/protocol.ts';
import type { BlockTarget } from '../../src/helper/target.ts';
import { verifyDrive } from '../../src/helper/verify-drive.ts';
import { makeBuffers, type WriteTask } from '../../src/helper/work.ts';
import { writeDrive } from '../../src/helper/write-drive.ts';
import { randomImage, requestsFor } from '../support/flash-helper.ts';

const MIB = 1024 * 1024;
const SECTOR = 512;

interface Faults {
  /** Error of every write, or read, that touches this byte. */
  writeAt?: number;
  readAt?: number;
  osCode?: string;
  /** Fail only that many times. */
  times?: number;
  /** Never more at once. */
  mostBytes?: number;
  /** From this many written bytes on the device is in that state. */
  after?: { bytes: number; state: DeviceState };
  /** The device says that it wrote, and did not. */
  losesAt?: number;
  kernelZeroes?: boolean;
}

interface Device extends BlockTarget {
  bytes: Buffer;
  log: string[];
}

function deviceWith(sizeBytes: number, faults: Faults = {}): Device {
  const bytes = Buffer.alloc(sizeBytes, 0xa5);
  const log: string[] = [];
  let written = 0;
  let left = faults.times ?? Infinity;
  const state = (): DeviceState =>
    faults.after !== undefined && written >= faults.after.bytes ? faults.after.state : 'there';
  const touch = (place: number | undefined, at: number, length: number): void => {
    const hits = place !== undefined && place >= at && place < at + length;
    if (state() !== 'there' || (hits && left-- > 0))
      throw Object.assign(new Error('made up'), { code: faults.osCode ?? 'EIO' });
  };
  return {
    bytes,
    log,
    sizeBytes,
    sectorBytes: SECTOR,
    state,
    async write(given, at) {
      await Promise.resolve();
      const part = given.subarray(0, faults.mostBytes ?? given.length);
      if ((at % SECTOR) + (part.length % SECTOR) !== 0 && faults.mostBytes === undefined)
        throw Object.assign(new Error('not aligned'), { code: 'EINVAL' });
      touch(faults.writeAt, at, part.length);
      bytes.set(part, at);
      if (faults.losesAt !== undefined && faults.losesAt >= at && faults.losesAt < at + part.length)
        bytes[faults.losesAt] = (bytes[faults.losesAt] ?? 0) ^ 1;
      written += part.length;
      log.push(`write ${at} ${part.length}`);
      return part.length;
    },
    async read(target, at) {
      await Promise.resolve();
      const part = bytes.subarray(at, at + Math.min(target.length, faults.mostBytes ?? target.length));
      touch(faults.readAt, at, part.length);
      target.set(part);
      return part.length;
    },
    zero(at, length) {
      if (faults.kernelZeroes !== true) return Promise.resolve(false);
      bytes.fill(0, at, at + length);
      return Promise.resolve(true);
    },
    dataSync: () => Promise.resolve(void log.push('data sync')),
    sync: () => Promise.resolve(void log.push('sync')),
    reopen: () => Promise.resolve(void log.push('reopen')),
  };
}

function taskFor(image: Buffer, target: Device, changes: Partial<WriteTask> = {}): WriteTask {
  const { requests, chunksSha256 } = requestsFor(image);
  const builder = startChunkList(image.length);
  for (const request of requests)
    if (request.type === 'hashes' || request.type === 'zeros') builder.add(request);
  return {
    target,
    imageBytes: image.length,
    chunks: builder.finish(chunksSha256),
    signal: new AbortController().signal,
    buffers: makeBuffers(),
    report: () => undefined,
    source: {
      read: (bytes, at) =>
        Promise.resolve(image.copy(bytes, 0, at, Math.min(image.length, at + bytes.length))),
    },
    resumeUpTo: 0,
    ...changes,
  };
}

async function flash(image: Buffer, target: Device, changes: Partial<WriteTask> = {}): Promise<unknown> {
  const task = taskFor(image, target, changes);
  const state = { touched: false, headIsZero: false };
  try {
    await writeDrive(task, state);
    await verifyDrive({ ...task, endIsZero: true });
    return 'done';
  } catch (error) {
    if (!(error instanceof HelperError)) throw error;
    return [error.code, error.offsetBytes, state.headIsZero];
  }
}

describe('writing a device that fails', () => {
  const image = randomImage(10 * MIB + 300);

  test('order: both ends, body, flush, first MiB, flush, read through a new descriptor', async () => {
    const device = deviceWith(16 * MIB);
    expect(await flash(image, device)).toBe('done');
    const { log } = device;
    expect(log.slice(0, 3)).toEqual([
      `write 0 ${EDGE_BYTES}`,
      `write ${15 * MIB} ${EDGE_BYTES}`,
      'data sync',
    ]);
    expect(log.slice(-4)).toEqual(['data sync', `write 0 ${EDGE_BYTES}`, 'sync', 'reopen']);
    expect(log.slice(3, -4).every((line) => line.startsWith('write ') && !line.startsWith('write 0 '))).toBe(
      true,
    );
    expect(device.bytes.subarray(0, image.length).equals(image)).toBe(true);
  });

  test.each([
    ['a write error at a sector', { writeAt: 6 * MIB + 12_345 }, 'bad-sector', 6 * MIB + 12_288, true],
    ['a write error in the first MiB', { writeAt: 700 }, 'bad-sector', 512, false],
    ['a read error at a sector', { readAt: 9 * MIB + 5 }, 'bad-sector', 9 * MIB, false],
    ['a full device', { writeAt: 6 * MIB, osCode: 'ENOSPC' }, 'device-full', CHUNK_BYTES, true],
    [
      'a device that is gone',
      { after: { bytes: 5 * MIB, state: 'gone' } },
      'unplugged',
      expect.any(Number),
      true,
    ],
    ['a device without its number', { writeAt: 6 * MIB, osCode: 'ENXIO' }, 'unplugged', CHUNK_BYTES, true],
    [
      'a read-only flip',
      { after: { bytes: 5 * MIB, state: 'read-only' } },
      'read-only',
      expect.any(Number),
      true,
    ],
    ['a lost write', { losesAt: 7 * MIB + 3 }, 'mismatch', 7 * MIB + 3, false],
    ['a lost write in sector 0', { losesAt: 17 }, 'mismatch', 17, false],
  ] as [string, Faults, string, unknown, boolean][])(
    '%s is told as what it is',
    async (_, faults, code, at, headIsZero) => {
      expect(await flash(image, deviceWith(16 * MIB, faults))).toEqual([code, at, headIsZero]);
    },
  );

  test('an error that does not come again is none', async () => {
    expect(await flash(image, deviceWith(16 * MIB, { writeAt: 6 * MIB, times: 1 }))).toBe('done');
    expect(await flash(image, deviceWith(16 * MIB, { readAt: 6 * MIB, times: 1 }))).toBe('done');
  });

  test('short writes and reads are gone on with', async () => {
    const device = deviceWith(16 * MIB, { mostBytes: 100_000 });
    expect(await flash(image, device)).toBe('done');
    expect(device.bytes.subarray(0, image.length).equals(image)).toBe(true);
  });

  test.each([true, false])('zeros are written, by the kernel: %s', async (kernelZeroes) => {
    const sparse = Buffer.alloc(21 * MIB);
    image.copy(sparse, 0, 0, 3 * MIB);
    image.copy(sparse, 18 * MIB, 0, MIB);
    const device = deviceWith(24 * MIB, { kernelZeroes });
    expect(await flash(sparse, device)).toBe('done');
    expect(device.bytes.subarray(0, sparse.length).equals(sparse)).toBe(true);
  });

  test('an image of zeros alone, and one smaller than the first MiB', async () => {
    for (const bytes of [Buffer.alloc(9 * MIB), randomImage(512), randomImage(1)]) {
      const device = deviceWith(9 * MIB);
      expect(await flash(bytes, device)).toBe('done');
      expect(device.bytes.subarray(0, bytes.length).equals(bytes)).toBe(true);
    }
  });

  test('cancelled at every chunk, the beginning is zeros or was never touched', async () => {
    for (let point = 0; point < 8; point += 1) {
      const controller = new AbortController();
      const device = deviceWith(16 * MIB);
      let reports = 0;
      const report = (): void => {
        if (reports++ === point) controller.abort();
      };
      const end = await flash(image, device, { signal: controller.signal, report });
      if (end === 'done') continue;
      expect((end as unknown[])[0]).toBe('cancelled');
      const start = device.bytes.subarray(0, EDGE_BYTES);
      const isHead = start.equals(image.subarray(0, EDGE_BYTES));
      expect(start.every((byte) => byte === 0) || (isHead && (end as unknown[])[2] === false)).toBe(true);
    }
  });
});
