// Writes an image: both ends wiped, the body, everything flushed, the first MiB last. Until that MiB is written nothing can start from the drive.
// Each chunk is compared with its hash between reading and writing: no other byte than the confirmed ones ever reaches the device.
import { createHash } from 'node:crypto';
import { readAll, writeAll } from './device-io.ts';
import { foldDeviceError, HelperError } from './failure.ts';
import { CHUNK_BYTES, EDGE_BYTES } from './protocol.ts';
import { alignedBuffer, type ImageSource } from './target.ts';
import {
  isZeros,
  paddedBytes,
  placeOf,
  refuseWhenCancelled,
  runWorkers,
  type Task,
  type WriteTask,
} from './work.ts';

/**
 * Zeros go in runs, the first of 256 MiB; each that was quick lets the next be twice as long, so that cancelling never waits long for a device.
 */
const FIRST_ZERO_RUN_CHUNKS = 64;
const LONGEST_ZERO_RUN_CHUNKS = 4096;
const QUICK_MILLISECONDS = 200;

export interface Written {
  writtenBytes: number;
  zeroedBytes: number;
  resumedChunks: number;
  zeroing: 'kernel' | 'written' | 'none';
}

export interface WriteState {
  /** Something of the drive was written over, or is about to be. */
  touched: boolean;
  /** Nothing that could be started stands at the beginning of the drive, and that is flushed. */
  headIsZero: boolean;
}

/** Throws HelperError. `state` tells afterwards, too, whether the drive's beginning is zeros. */
export async function writeDrive(task: WriteTask, state: WriteState): Promise<Written> {
  const { target } = task;
  if (paddedBytes(task) > target.sizeBytes)
    throw new HelperError('too-small', `${task.imageBytes} bytes do not fit on ${target.sizeBytes}`);
  state.touched = true;
  await wipeEnds(task);
  state.headIsZero = true;
  const { written, head } = await writeBody(task);
  task.report('sync', 0, 1);
  await flush(task, () => target.dataSync());
  task.report('sync', 1, 1);
  refuseWhenCancelled(task.signal);
  state.headIsZero = false;
  task.report('head', 0, head.length);
  await writeAll(target, head, 0);
  await flush(task, () => target.sync());
  task.report('head', head.length, head.length);
  return written;
}

/** After a failure: zeros over the first MiB, so that nobody starts from what is not the image. */
export async function wipeHead(task: Task, state: WriteState): Promise<void> {
  await writeAll(task.target, task.buffers.zeros.subarray(0, Math.min(EDGE_BYTES, task.target.sizeBytes)), 0);
  await task.target.dataSync();
  state.headIsZero = true;
}

async function wipeEnds(task: WriteTask): Promise<void> {
  const { target, buffers, resumeUpTo } = task;
  const edge = Math.min(EDGE_BYTES, target.sizeBytes);
  task.report('wipe', 0, 2 * edge);
  await writeAll(target, buffers.zeros.subarray(0, edge), 0);
  // What an earlier try wrote of the image stays; behind the image nothing of the old contents does.
  const end = Math.max(target.sizeBytes - edge, resumeUpTo > 0 ? paddedBytes(task) : 0);
  if (end < target.sizeBytes) await writeAll(target, buffers.zeros.subarray(0, target.sizeBytes - end), end);
  await flush(task, () => target.dataSync());
  task.report('wipe', 2 * edge, 2 * edge);
}

interface Item {
  index: number;
  /** Of a run of zeros; else 1. */
  count: number;
}

async function writeBody(task: WriteTask): Promise<{ written: Written; head: Uint8Array }> {
  const { chunks, resumeUpTo } = task;
  const total = paddedBytes(task);
  const head = alignedBuffer(EDGE_BYTES).subarray(0, Math.min(EDGE_BYTES, total));
  const written: Written = { writtenBytes: 0, zeroedBytes: 0, resumedChunks: 0, zeroing: 'none' };
  const under = new Set<number>();
  let next = 0;
  let done = 0;
  let zeroRun = FIRST_ZERO_RUN_CHUNKS;
  const take = (): Item | null => {
    if (next >= chunks.count) return null;
    const index = next;
    let count = 1;
    // What may be there already is looked at chunk by chunk.
    if (chunks.isZero(index) && index >= resumeUpTo)
      while (count < zeroRun && index + count < chunks.count && chunks.isZero(index + count)) count += 1;
    next += count;
    under.add(index);
    return { index, count };
  };
  task.report('write', 0, total, 0);
  await runWorkers(task, take, async (item, buffer) => {
    if (item.index > 0 && item.index < resumeUpTo && (await isThere(task, item.index, buffer)))
      written.resumedChunks += 1;
    else if (chunks.isZero(item.index)) {
      const began = performance.now();
      await writeZeros(task, item, written);
      const isQuick = performance.now() - began < QUICK_MILLISECONDS;
      zeroRun = isQuick ? Math.min(2 * zeroRun, LONGEST_ZERO_RUN_CHUNKS) : FIRST_ZERO_RUN_CHUNKS;
    } else await writeChunk(task, item.index, buffer, head, written);
    under.delete(item.index);
    const last = placeOf(task, item.index + item.count - 1);
    done += last.atBytes + last.onDevice - item.index * CHUNK_BYTES;
    task.report('write', done, total, Math.min(next, ...under));
  });
  return { written, head };
}

/** An earlier try's chunk, believed when it was read and compared. */
async function isThere(task: WriteTask, index: number, buffer: Uint8Array): Promise<boolean> {
  const { atBytes, onDevice, inImage } = placeOf(task, index);
  const bytes = buffer.subarray(0, onDevice);
  await readAll(task.target, bytes, atBytes);
  if (task.chunks.isZero(index)) return isZeros(bytes, task.buffers);
  return (
    createHash('sha256').update(bytes.subarray(0, inImage)).digest().equals(task.chunks.hashOf(index)) &&
    isZeros(bytes.subarray(inImage), task.buffers)
  );
}

async function writeChunk(
  task: WriteTask,
  index: number,
  buffer: Uint8Array,
  head: Uint8Array,
  written: Written,
): Promise<void> {
  const { atBytes, onDevice, inImage } = placeOf(task, index);
  const bytes = buffer.subarray(0, onDevice);
  await readImage(task.source, bytes.subarray(0, inImage), atBytes);
  bytes.fill(0, inImage);
  const hash = createHash('sha256').update(bytes.subarray(0, inImage)).digest();
  if (!hash.equals(task.chunks.hashOf(index)))
    throw new HelperError(
      'image-changed',
      `the image's bytes from ${atBytes} on are not the confirmed ones`,
      {
        offsetBytes: atBytes,
      },
    );
  refuseWhenCancelled(task.signal);
  if (index === 0) head.set(bytes.subarray(0, head.length));
  const skipped = index === 0 ? head.length : 0;
  await writeAll(task.target, bytes.subarray(skipped), atBytes + skipped);
  written.writtenBytes += onDevice;
}

async function writeZeros(task: WriteTask, { index, count }: Item, written: Written): Promise<void> {
  const { target, buffers, signal } = task;
  // The first MiB was wiped.
  const from = index === 0 ? EDGE_BYTES : index * CHUNK_BYTES;
  const to = Math.min((index + count) * CHUNK_BYTES, paddedBytes(task));
  if (to <= from) return;
  const byKernel = await target.zero(from, to - from).catch((error: unknown) => {
    throw foldDeviceError(error, target.state(), from, 'writing');
  });
  if (!byKernel)
    for (let at = from; at < to; at += buffers.zeros.length) {
      refuseWhenCancelled(signal);
      await writeAll(target, buffers.zeros.subarray(0, Math.min(buffers.zeros.length, to - at)), at);
    }
  written.zeroedBytes += to - from;
  if (written.zeroing !== 'written') written.zeroing = byKernel ? 'kernel' : 'written';
}

/** Fills `bytes` from the image. Throws HelperError image-changed, image-unreadable. */
export async function readImage(source: ImageSource, bytes: Uint8Array, offsetBytes: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const count = await source.read(bytes.subarray(done), offsetBytes + done).catch((error: unknown) => {
      throw new HelperError('image-unreadable', error instanceof Error ? error.message : 'not readable', {
        cause: error,
      });
    });
    if (count === 0)
      throw new HelperError('image-changed', `the image ends at byte ${offsetBytes + done}`, {
        offsetBytes: offsetBytes + done,
      });
    done += count;
  }
}

/** Errors of an earlier write may come to light only here: there is no place to name. */
async function flush(task: Task, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    throw foldDeviceError(error, task.target.state(), 0, 'writing');
  }
}
