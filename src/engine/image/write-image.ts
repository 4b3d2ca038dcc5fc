// Writes segments to an open file, hashing while it reads ahead: the disk and the processor are busy at the same time.
import type { FileHandle } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { Region } from '../../shared/model/image.ts';
import type { ProgressReport } from '../jobs.ts';
import { ALIGNMENT_BYTES, type DirectOutput, openDirectOutput } from '../bytes/direct-output.ts';
import { atPath } from '../os-errors.ts';
import { openHasher } from './hash-thread.ts';
import { createImageHashes } from './image-hashes.ts';
import type { PlannedDisk } from './image-plan.ts';
import { type Piece, readSegments } from './read-segments.ts';
import { writtenBytes } from './segments.ts';

/** Written data is handed to the disk this often, so that the last fsync has little left to do. */
const FLUSH_BYTES = 32 * 1024 * 1024;

export interface WriteOptions {
  signal?: AbortSignal | undefined;
  report?: ((progress: ProgressReport) => void) | undefined;
}

/** A smaller image is better kept in memory for the run that follows. */
const WORTH_DIRECT_BYTES = 64 * 1024 * 1024;

/** Pieces that wait to be hashed and written: enough that no thread waits for another on a busy machine. */
const IN_FLIGHT = 4;

/** Write the data of a disk but for its holes, into a file that has none yet, and make it last; `path` is for messages. Throws CANCELLED when the signal says so. */
export async function writeImageData(
  output: FileHandle,
  path: string,
  image: Pick<PlannedDisk, 'segments' | 'regions' | 'partition'>,
  { signal, report }: WriteOptions,
): Promise<{ sha256: string; regions: Region[] }> {
  const total = writtenBytes(image);
  const hashes = createImageHashes(image.regions, image.partition !== null);
  const files = openHasher(total);
  const direct = total < WORTH_DIRECT_BYTES ? null : await openDirectOutput(output);
  const flush = createFlusher(output);
  const inFlight: Promise<void>[] = [];
  let done = 0;
  let writing: Promise<void> = Promise.resolve();

  /** One write after the other: the kernel lets one in at a time, and those that wait for it burn the processor that the hashes need. */
  function write(bytes: Uint8Array, at: number): Promise<void> {
    writing = writing.then(async () => {
      const done = direct === null ? 0 : await writeDirect(direct, bytes, at, path);
      await writeAll(output, bytes.subarray(done), at + done, path);
      flush.wrote(bytes.length - done);
    });
    return writing;
  }

  async function take({ bytes, offsetBytes, verified }: Piece): Promise<void> {
    const work = [write(bytes, offsetBytes), hashes.update(bytes, offsetBytes), verified];
    for (const result of await Promise.allSettled(work))
      if (result.status === 'rejected') throw result.reason;
    done += bytes.length;
    report?.({ step: 'write', label: 'Writing the image', done, total, unit: 'bytes' });
  }

  try {
    for await (const piece of readSegments(image.segments, IN_FLIGHT, files)) {
      if (signal?.aborted === true)
        throw new SeedbedError('CANCELLED', { kept: 'Nothing of the image was kept.' });
      const taking = take(piece);
      // Awaited below; an error that comes earlier must not count as unhandled.
      taking.catch(() => undefined);
      inFlight.push(taking);
      if (inFlight.length === IN_FLIGHT) await inFlight.shift();
    }
    await Promise.all(inFlight);
    await flush.settle();
    await atPath(path, () => output.sync());
    return await hashes.finish();
  } finally {
    await Promise.allSettled(inFlight);
    await flush.settle();
    await Promise.all([hashes.close(), files.close(), direct?.close()]);
  }
}

/** How many bytes, from the first one on, went to the disk itself. */
async function writeDirect(
  direct: DirectOutput,
  bytes: Uint8Array,
  position: number,
  path: string,
): Promise<number> {
  const whole = bytes.length - (bytes.length % ALIGNMENT_BYTES);
  return atPath(path, async () => ((await direct.write(bytes.subarray(0, whole), position)) ? whole : 0));
}

async function writeAll(
  output: FileHandle,
  bytes: Uint8Array,
  position: number,
  path: string,
): Promise<void> {
  await atPath(path, async () => {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await output.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  });
}

/** One flush in the background at a time. Its errors come again from the fsync at the end. */
function createFlusher(output: FileHandle): { wrote(bytes: number): void; settle(): Promise<void> } {
  let pending = 0;
  let running: Promise<void> | null = null;
  return {
    wrote(bytes) {
      pending += bytes;
      if (pending < FLUSH_BYTES || running !== null) return;
      pending = 0;
      running = output
        .datasync()
        .catch(() => undefined)
        .then(() => {
          running = null;
        });
    },
    settle: () => running ?? Promise.resolve(),
  };
}
