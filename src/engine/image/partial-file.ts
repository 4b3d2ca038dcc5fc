// A file that is made under a `.partial` name and gets its own only when it is whole. What a killed build left is cleared by the next one.
import { randomBytes } from 'node:crypto';
import { type FileHandle, lstat, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { syncFolder } from '../atomic-file.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

const SUFFIX = '.partial';
/** What partialNameFor appends; other programs have `.partial` files too. */
const APPENDED = /^\.[0-9a-f]{8}\.partial$/;

/** No build leaves its file untouched for so long: what is older belongs to nobody. */
const ABANDONED_MS = 60 * 60 * 1000;

export function partialNameFor(path: string): string {
  return `${path}.${randomBytes(4).toString('hex')}${SUFFIX}`;
}

export function isPartialName(name: string): boolean {
  return name.endsWith(SUFFIX);
}

/** Remove abandoned partial files and folders of `path`. What cannot be removed stays. */
export async function clearAbandoned(path: string, now = Date.now()): Promise<void> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(basename(path)) || !APPENDED.test(name.slice(basename(path).length))) continue;
    const place = join(folder, name);
    const changedMs = await newestChange(place);
    if (now - changedMs > ABANDONED_MS)
      await rm(place, { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Of the file itself, or of the files in the folder. */
async function newestChange(place: string): Promise<number> {
  const inside = await readdir(place).catch(() => []);
  const times = [place, ...inside.map((name) => join(place, name))].map((path) =>
    lstat(path).then(
      ({ mtimeMs }) => mtimeMs,
      () => 0,
    ),
  );
  return Math.max(...(await Promise.all(times)));
}

/** Throws IMAGE_EXISTS when something is at `path` and may not be replaced, INPUT_INVALID when it is no plain file. */
export async function checkTarget(path: string, replace: boolean): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (osCodeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (found === null) return;
  if (!found.isFile())
    throw new SeedbedError('INPUT_INVALID', {
      reason: `${path} is not a file, so no image is written over it`,
    });
  if (!replace) throw new SeedbedError('IMAGE_EXISTS', { path });
}

/** Throws DISK_FULL when the file system plainly has no room for `bytes` more. */
export async function checkRoom(folder: string, bytes: number, path: string): Promise<void> {
  const { bavail, bsize } = await atPath(folder, () => statfs(folder));
  if (bavail * bsize < bytes) throw new SeedbedError('DISK_FULL', { path });
}

/** Open a new file under `partial`, let `work` fill it, and remove it if that fails. The file is closed either way. */
export async function withPartialFile<T>(
  partial: string,
  path: string,
  work: (handle: FileHandle) => Promise<T>,
): Promise<T> {
  const handle = await atPath(path, () => open(partial, 'wx'));
  try {
    const result = await work(handle);
    await atPath(path, () => handle.close());
    return result;
  } catch (error) {
    await handle.close().catch(() => undefined);
    await rm(partial, { force: true });
    throw error;
  }
}

/** Give finished files their names, and make the names last. */
export async function publish(names: readonly (readonly [partial: string, path: string])[]): Promise<void> {
  try {
    for (const [partial, path] of names) await atPath(path, () => rename(partial, path));
  } catch (error) {
    for (const [partial] of names) await rm(partial, { force: true });
    throw error;
  }
  const folders = new Set(names.map(([, path]) => dirname(path)));
  for (const folder of folders) await atPath(folder, () => syncFolder(folder));
}
