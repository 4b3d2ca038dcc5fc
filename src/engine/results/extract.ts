// Copies files out of the root disk of a run into a folder, under the paths that they have on the disk. Plain files and folders: links and devices lead into
// another system, and are told instead.
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { RunExtractReport } from '../../shared/model/results.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { JobContext } from '../jobs.ts';
import { type DiskFile, findFile, lookAt, type RootReader } from './root-disk.ts';

export interface FoundFiles {
  files: DiskFile[];
  skipped: RunExtractReport['skipped'];
}

const MOST_FILES = 1_000_000;
/** A name on the disk can be anything; in the user's folder it must stay a name. */
const SAFE_NAME = /^(?!\.{1,2}$)[^/\\\0]{1,255}$/;

/** Everything at and under these paths. Throws CONTENT_NOT_FOUND, CONTENT_UNREADABLE. */
export async function findFiles(
  reader: RootReader,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<FoundFiles> {
  const found: FoundFiles = { files: [], skipped: [] };
  const seen = new Set<number>();
  const walk = async (path: string): Promise<void> => {
    signal.throwIfAborted();
    const node = await lookAt(reader, path);
    if (node.path.split('/').some((part) => part !== '' && !SAFE_NAME.test(part)))
      found.skipped.push({ path: node.path, reason: 'its name is no name of a file here' });
    else if (node.kind === 'directory') {
      // A damaged disk may have a folder in itself.
      if (seen.has(node.number)) return;
      seen.add(node.number);
      for (const child of await node.children()) await walk(child);
    } else if (node.kind === 'file') {
      const file = await findFile(reader, node.path);
      if (file !== null) found.files.push(file);
    } else
      found.skipped.push({
        path: node.path,
        reason: node.kind === 'link' ? 'it is a link' : 'it is no plain file',
      });
    if (found.files.length > MOST_FILES)
      throw new SeedbedError('CONTENT_UNREADABLE', {
        path: reader.source.path,
        reason: 'it holds more files than a system has',
      });
  };
  for (const path of paths) await walk(path);
  return found;
}

/** Write them under `folder`. What is there already with the same bytes is left alone. Throws FILE_EXISTS, DISK_FULL, CANCELLED. */
export async function writeFiles(
  folder: string,
  files: readonly DiskFile[],
  { signal, report }: JobContext,
  nameOf: (file: DiskFile) => string = ({ path }) => path,
): Promise<{ written: number; unchanged: number; bytes: number }> {
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const counts = { written: 0, unchanged: 0, bytes: 0 };
  let done = 0;
  for (const file of files) {
    const target = join(folder, nameOf(file));
    report({ step: 'extract', label: 'Copying out of the disk', done, total, unit: 'bytes' });
    if (await writeOne(file, target, signal)) {
      counts.written += 1;
      counts.bytes += file.sizeBytes;
    } else counts.unchanged += 1;
    done += file.sizeBytes;
  }
  return counts;
}

/** False when it is there already. */
async function writeOne(file: DiskFile, target: string, signal: AbortSignal): Promise<boolean> {
  await atPath(dirname(target), () => mkdir(dirname(target), { recursive: true }));
  const before = await hashThere(target);
  const temporary = `${target}.seedbed-new`;
  const hash = createHash('sha256');
  try {
    const handle = await atPath(target, () => open(temporary, 'w', 0o644));
    try {
      for await (const piece of file.read(signal)) {
        hash.update(piece);
        await atPath(target, () => handle.writeFile(piece));
      }
    } finally {
      await handle.close();
    }
    if (before !== null) {
      if (before === hash.digest('hex')) return false;
      throw new SeedbedError('FILE_EXISTS', { path: target });
    }
    await atPath(target, () => rename(temporary, target));
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}

async function hashThere(path: string): Promise<string | null> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex');
  } catch (error) {
    if (osCodeOf(error) === 'ENOENT') return null;
    return atPath(path, () => Promise.reject(error as Error));
  }
}
