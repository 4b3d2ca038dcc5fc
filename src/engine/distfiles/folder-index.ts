// What the user's folders hold, by hash and whatever the names. Hashes are remembered by path, size and time, so that only new files are read.
import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { z } from 'zod';
import { isSeedbedError } from '../../shared/errors.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { atPath } from '../os-errors.ts';
import type { HashPool } from './hash-pool.ts';

export interface FolderFile {
  path: string;
  sha256: string;
  sizeBytes: number;
}

export interface FolderIndexOptions {
  pool: HashPool;
  signal: AbortSignal;
  /** Where hashes are remembered. */
  cachePath: string;
  onFile?: (done: number, total: number) => void;
}

/** path → size, time of change in milliseconds, hash */
const Cache = z.object({
  version: z.literal(1),
  files: z.record(z.string(), z.tuple([z.number(), z.number(), z.string()])),
});
type Cache = z.infer<typeof Cache>;

const DEEPEST = 8;
const MOST_FILES = 20_000;
/** No distfile is near this; disk images beside them are. */
const LARGEST_FILE_BYTES = 1024 ** 3;

/** All files below the folders (a file stands for itself), hashed. What cannot be read below them is passed over; what is named and not there is an error. */
export async function indexFolders(
  folders: readonly string[],
  { pool, signal, cachePath, onFile }: FolderIndexOptions,
): Promise<FolderFile[]> {
  const found: { path: string; sizeBytes: number; time: number }[] = [];
  for (const folder of folders) {
    const facts = await atPath(folder, () => stat(folder));
    if (!facts.isDirectory()) {
      if (isCandidate(facts)) found.push({ path: folder, sizeBytes: facts.size, time: facts.mtimeMs });
      continue;
    }
    await atPath(folder, () => readdir(folder));
    for await (const file of walk(folder, DEEPEST, signal)) {
      found.push(file);
      if (found.length >= MOST_FILES) break;
    }
  }
  const cache = await readCache(cachePath);
  const fresh: Cache = { version: 1, files: { ...cache.files } };
  let done = 0;
  const files = await Promise.all(
    found.map(async ({ path, sizeBytes, time }) => {
      const known = cache.files[path];
      const sha256 =
        known?.[0] === sizeBytes && known[1] === time ? known[2] : await hashOrNull(pool, path, signal);
      done += 1;
      onFile?.(done, found.length);
      if (sha256 === null) return [];
      fresh.files[path] = [sizeBytes, time, sha256];
      return [{ path, sha256, sizeBytes }];
    }),
  );
  await writeFileAtomically(cachePath, JSON.stringify(trim(fresh)));
  return files.flat();
}

/** Hash → paths below these folders, as far as they are remembered; nothing is read. */
export async function rememberedFiles(
  cachePath: string,
  folders: readonly string[],
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const [path, [, , sha256]] of Object.entries((await readCache(cachePath)).files))
    if (folders.some((folder) => path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)))
      found.set(sha256, [...(found.get(sha256) ?? []), path]);
  return found;
}

function isCandidate(facts: Stats): boolean {
  return facts.isFile() && facts.size > 0 && facts.size <= LARGEST_FILE_BYTES;
}

async function* walk(
  folder: string,
  deeper: number,
  signal: AbortSignal,
): AsyncGenerator<{ path: string; sizeBytes: number; time: number }, void, void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    signal.throwIfAborted();
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (deeper > 0 && !entry.name.startsWith('.')) yield* walk(path, deeper - 1, signal);
      continue;
    }
    // A link to a file counts; a link to a folder could lead round in a circle.
    const facts = await stat(path).catch(() => null);
    if (facts === null || !isCandidate(facts)) continue;
    yield { path, sizeBytes: facts.size, time: facts.mtimeMs };
  }
}

async function hashOrNull(pool: HashPool, path: string, signal: AbortSignal): Promise<string | null> {
  try {
    return (await pool.hash(path)).sha256;
  } catch (error) {
    signal.throwIfAborted();
    if (isSeedbedError(error)) return null;
    throw error;
  }
}

async function readCache(path: string): Promise<Cache> {
  try {
    return Cache.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    // Only a memory: without it the files are read again.
    return { version: 1, files: {} };
  }
}

function trim(cache: Cache): Cache {
  const entries = Object.entries(cache.files);
  return { version: 1, files: Object.fromEntries(entries.slice(-MOST_FILES)) };
}
