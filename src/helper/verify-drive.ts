// Reads everything back through a new descriptor, past the computer's caches, and compares each chunk with its hash: sector 0 and the padding included.
import { createHash } from 'node:crypto';
import { readAll } from './device-io.ts';
import { HelperError } from './failure.ts';
import { CHUNK_BYTES, EDGE_BYTES } from './protocol.ts';
import type { ImageSource } from './target.ts';
import { isZeros, paddedBytes, placeOf, runWorkers, type Task } from './work.ts';
import { readImage } from './write-drive.ts';

export interface VerifyTask extends Task {
  /** To name the first byte that differs; without it, its chunk is named. */
  source: ImageSource | null;
  /** The last MiB behind the image must be zeros, as writing leaves it. */
  endIsZero: boolean;
}

/** How many bytes were read and found right. Throws HelperError mismatch with every chunk that differs, after all were read. */
export async function verifyDrive(task: VerifyTask): Promise<number> {
  const { target, chunks } = task;
  const total = paddedBytes(task);
  if (total > target.sizeBytes)
    throw new HelperError(
      'too-small',
      `the image has ${task.imageBytes} bytes, the device ${target.sizeBytes}`,
    );
  await target.reopen();
  let next = 0;
  let done = 0;
  const places: number[] = [];
  const bad: number[] = [];
  task.report('verify', 0, total);
  await runWorkers(
    task,
    () => (next < chunks.count ? next++ : null),
    async (index, buffer) => {
      const { atBytes, onDevice, inImage } = placeOf(task, index);
      const bytes = buffer.subarray(0, onDevice);
      await readAll(target, bytes, atBytes);
      if (!isRight(task, index, bytes, inImage)) {
        bad.push(index);
        places.push(await firstDifference(task, index, bytes, atBytes));
      }
      done += onDevice;
      task.report('verify', done, total);
    },
  );
  if (places.length === 0 && task.endIsZero) places.push(...(await differencesInEnd(task, total)));
  if (places.length === 0) return total;
  const first = Math.min(...places);
  bad.sort((a, b) => a - b);
  throw new HelperError('mismatch', `the device differs from the image at byte ${first}`, {
    offsetBytes: first,
    badChunks: bad,
  });
}

function isRight(task: VerifyTask, index: number, bytes: Uint8Array, inImage: number): boolean {
  if (task.chunks.isZero(index)) return isZeros(bytes, task.buffers);
  const hash = createHash('sha256').update(bytes.subarray(0, inImage)).digest();
  return hash.equals(task.chunks.hashOf(index)) && isZeros(bytes.subarray(inImage), task.buffers);
}

/** The byte's offset on the device. What the image has there is read in small pieces. */
async function firstDifference(
  { source, chunks, buffers, imageBytes }: VerifyTask,
  index: number,
  bytes: Uint8Array,
  atBytes: number,
): Promise<number> {
  const piece = new Uint8Array(65_536);
  for (let at = 0; at < bytes.length; at += piece.length) {
    const found = bytes.subarray(at, at + piece.length);
    const wanted = piece.subarray(0, found.length).fill(0);
    const inImage = Math.max(0, Math.min(found.length, imageBytes - atBytes - at));
    if (!chunks.isZero(index)) {
      if (source === null) return atBytes;
      if (inImage > 0) await readImage(source, wanted.subarray(0, inImage), atBytes + at);
    } else if (isZeros(found, buffers)) continue;
    const where = found.findIndex((byte, position) => byte !== wanted[position]);
    if (where >= 0) return atBytes + at + where;
  }
  // The image itself has other bytes now.
  return atBytes;
}

/** The first one, if any. */
async function differencesInEnd({ target, buffers }: VerifyTask, imageEnd: number): Promise<number[]> {
  const [buffer] = buffers.chunks;
  const from = Math.max(imageEnd, target.sizeBytes - EDGE_BYTES);
  if (buffer === undefined || from >= target.sizeBytes) return [];
  const bytes = buffer.subarray(0, Math.min(CHUNK_BYTES, target.sizeBytes - from));
  await readAll(target, bytes, from);
  const where = bytes.findIndex((byte) => byte !== 0);
  return where < 0 ? [] : [from + where];
}
