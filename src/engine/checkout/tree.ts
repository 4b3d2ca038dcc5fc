// The files of a checkout that go into a kernel bootstrap's stream, under the paths that they have there.
// Source: live-bootstrap 984b8322, lib/generator.py: stage0_posix (without bootstrap-seeds), seed (files of the folder), steps; output_tree skips `.git`.
// Links are followed, as shutil.copytree does, but only to places inside the checkout.
import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { BUILDER_HEX0_LIMITS } from '../formats/builder-hex0.ts';
import { checkSrcName, compareSrcPaths } from '../formats/srcfs.ts';
import { atPath } from '../os-errors.ts';

export interface TreeEntry {
  /** As in the stream: `./steps/manifest`. */
  path: string;
  /** Absolute path of the file that holds the bytes; null for a directory. */
  file: string | null;
}

/** Replaced by the configuration that the image is built with. */
export const CONFIGURATION_PATH = './steps/bootstrap.cfg';

/** Names that the generator makes itself at the top of the tree; stage0-posix must not have them. */
const RESERVED = ['./steps', './external', './init', './bootstrap-seeds'];

/** Small enough to be read by a person, and able to start everything else. */
const INIT_SEED = 'bootstrap-seeds/POSIX/x86/kaem-optional-seed';

const OUTSIDE = 'it is a link that leads out of the checkout';

/** A tree of links could go on for ever; here it is counted no further, since builder-hex0 takes fewer. */
const MOST_ENTRIES = 20_000;

/** Sorted, each directory before what is in it; without `.` itself and without the configuration. Throws SRCFS_NAME_REFUSED. */
export async function readCheckoutTree(
  root: string,
  signal?: AbortSignal,
  /** Where a Linux kernel starts the bootstrap, the binary seeds come along, and one of them is /init (generator.py, stage0_posix). */
  { withSeeds = false }: { withSeeds?: boolean } = {},
): Promise<TreeEntry[]> {
  const found = new Map<string, TreeEntry>();
  const add = (entry: TreeEntry): void => {
    const before = found.get(entry.path);
    if (before !== undefined && (before.file === null) !== (entry.file === null))
      throw refused(entry.path, 'it is a file in one place of the checkout and a folder in another');
    if (found.size >= MOST_ENTRIES)
      throw new SeedbedError('SRCFS_BUDGET_EXCEEDED', {
        what: 'the number of files and directories',
        actual: found.size,
        limit: BUILDER_HEX0_LIMITS.files,
        unit: 'files',
      });
    found.set(entry.path, entry);
  };
  for (const start of ['seed', 'seed/stage0-posix', 'steps']) {
    if (!isWithin(await atPath(join(root, start), () => realpath(join(root, start))), root))
      throw refused(`./${start}`, OUTSIDE);
  }
  const walk = createWalker(root, add, signal);
  await walk(join(root, 'seed', 'stage0-posix'), '.', (path) => {
    if (path === './bootstrap-seeds') return withSeeds;
    if (RESERVED.includes(path)) throw refused(path, 'the bootstrap puts its own there');
    return true;
  });
  // Only the files of seed/, not its folders.
  await walk(join(root, 'seed'), '.', (_path, isFolder) => !isFolder, 'this folder only');
  if (withSeeds) add({ path: './init', file: join(root, 'seed', 'stage0-posix', INIT_SEED) });
  add({ path: './steps', file: null });
  await walk(join(root, 'steps'), './steps', (path) => path !== CONFIGURATION_PATH);
  return [...found.values()].sort((a, b) => compareSrcPaths(a.path, b.path));
}

type Filter = (path: string, isFolder: boolean) => boolean;
type Walk = (folder: string, path: string, filter: Filter, depth?: 'this folder only') => Promise<void>;

function createWalker(root: string, add: (entry: TreeEntry) => void, signal?: AbortSignal): Walk {
  const walk = async (
    folder: string,
    path: string,
    filter: Filter,
    depth: 'this folder only' | undefined,
    parents: readonly string[],
  ): Promise<void> => {
    if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
    const names = await atPath(folder, () => readdir(folder, { withFileTypes: true }));
    for (const dirent of names) {
      if (dirent.name.includes('.git')) continue;
      const place = join(folder, dirent.name);
      const inStream = `${path}/${dirent.name}`;
      const { isFolder, target } = await look(root, place, dirent, inStream);
      if (!filter(inStream, isFolder)) continue;
      checkSrcName(inStream);
      add({ path: inStream, file: isFolder ? null : place });
      if (!isFolder || depth === 'this folder only') continue;
      if (target !== null && [...parents, folder].some((parent) => isWithin(parent, target)))
        throw refused(inStream, 'it is a link to a folder that it lies in');
      await walk(place, inStream, filter, undefined, [...parents, target ?? place]);
    }
  };
  return (folder, path, filter, depth) => walk(folder, path, filter, depth, [folder]);
}

/** File or folder, and for a link what it leads to. */
async function look(
  root: string,
  place: string,
  dirent: Dirent,
  path: string,
): Promise<{ isFolder: boolean; target: string | null }> {
  if (dirent.isDirectory()) return { isFolder: true, target: null };
  if (dirent.isFile()) return { isFolder: false, target: null };
  if (!dirent.isSymbolicLink()) throw refused(path, 'it is neither a file nor a folder');
  const target = await realpath(place).catch(() => null);
  if (target === null) throw refused(path, 'it is a link that leads nowhere');
  const inside = relative(root, target);
  if (!isWithin(target, root) || inside.split(sep).includes('.git')) throw refused(path, OUTSIDE);
  const found = await atPath(place, () => stat(place));
  if (!found.isDirectory() && !found.isFile())
    throw refused(path, 'it is a link to neither a file nor a folder');
  return { isFolder: found.isDirectory(), target };
}

/** `path` is `parent` or lies in it; both absolute and without links. */
function isWithin(path: string, parent: string): boolean {
  return path === parent || path.startsWith(parent.endsWith(sep) ? parent : parent + sep);
}

function refused(path: string, reason: string): SeedbedError {
  return new SeedbedError('SRCFS_NAME_REFUSED', { path, reason });
}
