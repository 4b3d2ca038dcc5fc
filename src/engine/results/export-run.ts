// A run as one archive: record, events, log and results, for a report or another host. No disks: they are sixteen gibibytes of nothing anybody can check.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { SeedbedError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { encodeTarHeader, TAR_END, tarPadding } from '../checkout/tar.ts';
import {
  checkTarget,
  clearAbandoned,
  partialNameFor,
  publish,
  withPartialFile,
} from '../image/partial-file.ts';
import type { JobContext } from '../jobs.ts';
import { atPath } from '../os-errors.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { RESULTS_FOLDER } from './collect.ts';

/** What a run's folder holds that is not a disk, a socket or a claim. */
const NAMES = [
  'run.json',
  'image.json',
  'steps.json',
  'events.jsonl',
  'serial.log',
  'qemu.log',
  join(RESULTS_FOLDER, 'results.json'),
];

/** Write `run-<id>/…` into `path`, gzipped. Throws IMAGE_EXISTS, DISK_FULL, CANCELLED. */
export async function exportRun(
  folder: RunFolder,
  record: RunRecord,
  { path, replace }: { path: string; replace: boolean },
  { signal, report }: JobContext,
): Promise<{ path: string; sizeBytes: number; files: string[] }> {
  await atPath(path, () => checkTarget(path, replace));
  await clearAbandoned(path);
  const files = await present(folder.path);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const at = Math.floor(Date.parse(record.endedAt ?? record.createdAt) / 1000);
  const partial = partialNameFor(path);
  let done = 0;
  async function* archive(): AsyncGenerator<Buffer, void, void> {
    for (const { name, sizeBytes } of files) {
      const entry = {
        path: `run-${record.id}/${name.replaceAll('\\', '/')}`,
        kind: 'file' as const,
        sizeBytes,
        executable: false,
        target: '',
      };
      yield encodeTarHeader(entry, at);
      const file = join(folder.path, name);
      let left = sizeBytes;
      if (sizeBytes > 0)
        for await (const piece of createReadStream(file, { end: sizeBytes - 1 }) as AsyncIterable<Buffer>) {
          left -= piece.length;
          done += piece.length;
          report({ step: 'export', label: 'Writing the archive', done, total, unit: 'bytes' });
          yield piece;
        }
      if (left !== 0) throw new SeedbedError('FILE_CHANGED', { path: file });
      yield tarPadding(sizeBytes);
    }
    yield TAR_END;
  }
  const sizeBytes = await withPartialFile(partial, path, async (handle) => {
    // mtime 0 in gzip's own header, so that the same run gives the same archive.
    await pipeline(
      Readable.from(archive(), { objectMode: false }),
      createGzip(),
      async (packed: AsyncIterable<Buffer>) => {
        for await (const piece of packed) await atPath(path, () => handle.writeFile(piece));
      },
      { signal },
    ).catch((error: unknown) => {
      if (signal.aborted)
        throw new SeedbedError('CANCELLED', { kept: 'No archive was left behind.' }, { cause: error });
      throw error;
    });
    await atPath(path, () => handle.sync());
    return (await handle.stat()).size;
  });
  await publish([[partial, path]]);
  return { path, sizeBytes, files: files.map(({ name }) => name) };
}

async function present(folder: string): Promise<{ name: string; sizeBytes: number }[]> {
  const found: { name: string; sizeBytes: number }[] = [];
  for (const name of NAMES) {
    const facts = await stat(join(folder, name)).catch(() => null);
    if (facts?.isFile() === true) found.push({ name, sizeBytes: facts.size });
  }
  return found;
}
