// The files of one repository's work tree against the tree of a commit.
import { constants, type Dirent } from 'node:fs';
import { createHash } from 'node:crypto';
import { open, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { CommitFile, CommitTree } from './commit-tree.ts';
import type { Differences } from './differences.ts';
import { runGit } from './git-command.ts';
import { objectId } from './git-objects.ts';

export interface FileComparison {
  folder: string;
  /** Of the repository in the checkout; empty for live-bootstrap itself. */
  path: string;
  tree: CommitTree;
  differences: Differences;
  signal: AbortSignal | undefined;
}

interface Stray {
  /** In the repository; a folder ends in `/`. */
  path: string;
  detail: string;
}

/** Strays of one repository that are listed; a build folder can hold millions. */
const MOST_STRAYS = 1000;

/** Files that are read side by side. */
const AT_ONCE = 16;
const PIECE_BYTES = 1 << 20;

export async function compareFiles(
  comparison: FileComparison,
  onFile: (bytes: number) => void,
): Promise<void> {
  const { folder, path: repository, tree, differences } = comparison;
  const inCheckout = (path: string): string => (repository === '' ? path : `${repository}/${path}`);
  const folders = new Set(tree.folders);
  const seen = new Set<string>();
  const seenFolders = new Set<string>();
  const strays: Stray[] = [];

  async function walk(path: string): Promise<void> {
    const files: (() => Promise<void>)[] = [];
    for (const entry of await namesIn(join(folder, path))) {
      if (comparison.signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
      if (path === '' && entry.name === '.git') continue;
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      const expected = tree.files.get(inner);
      if (tree.submodules.has(inner)) {
        if (entry.isDirectory()) {
          const filled = (await namesIn(join(folder, inner))).length > 0;
          differences.noteSubmodule(inCheckout(inner), filled ? 'filled' : 'empty');
        } else {
          differences.noteSubmodule(inCheckout(inner), 'other');
          differences.add('kind', inCheckout(inner), `${kindOf(entry)} stands where a submodule belongs`);
        }
      } else if (folders.has(inner)) {
        seenFolders.add(inner);
        if (entry.isDirectory()) await walk(inner);
        else differences.add('kind', inCheckout(inner), `${kindOf(entry)} stands where a folder belongs`);
      } else if (expected === undefined) {
        await addStray(inner, entry);
      } else {
        seen.add(inner);
        files.push(() => compareFile(inner, expected, entry));
      }
    }
    for (let at = 0; at < files.length; at += AT_ONCE)
      await Promise.all(files.slice(at, at + AT_ONCE).map((compare) => compare()));
  }

  async function addStray(path: string, entry: Dirent): Promise<void> {
    if (strays.length >= MOST_STRAYS) return;
    if (!entry.isDirectory()) strays.push({ path, detail: `${kindOf(entry)} that no commit knows` });
    else {
      const { count, more } = await countFiles(join(folder, path));
      strays.push({
        path: `${path}/`,
        detail: `a folder that no commit knows, with ${count}${more ? ' or more' : ''} files`,
      });
    }
  }

  async function compareFile(path: string, expected: CommitFile, entry: Dirent): Promise<void> {
    const place = join(folder, path);
    const isLink = entry.isSymbolicLink();
    if ((!isLink && !entry.isFile()) || isLink !== (expected.kind === 'link')) {
      const wanted = expected.kind === 'link' ? 'a link' : 'a file';
      differences.add('kind', inCheckout(path), `${kindOf(entry)} stands where ${wanted} belongs`);
      return;
    }
    const { id, bytes, executable } = await atPath(place, () => (isLink ? hashLink(place) : hashFile(place)));
    onFile(bytes);
    if (id !== expected.id)
      differences.add(
        'altered',
        inCheckout(path),
        `git’s name of its content is ${id}, the commit says ${expected.id}`,
      );
    const wantsBit = expected.kind === 'executable';
    if (!isLink && process.platform !== 'win32' && executable !== wantsBit)
      differences.add(
        'mode',
        inCheckout(path),
        wantsBit ? 'it should be executable and is not' : 'it is executable and should not be',
      );
  }

  await walk('');
  const missing = [...tree.files.keys()].filter((path) => !seen.has(path));
  for (const [path, files] of groupMissing(missing, folders, seenFolders)) {
    const what = path.endsWith('/') ? `this folder with ${files} files` : 'this file';
    differences.add('missing', inCheckout(path), `the commit has ${what}, the checkout does not`);
  }
  const ignored = await ignoredAmong(comparison, strays);
  for (const { path, detail } of strays)
    differences.add('stray', inCheckout(path), detail, ignored.has(path));
}

/** Missing files; those of a folder that is missing as a whole are told once, as the folder. */
function groupMissing(
  missing: readonly string[],
  folders: ReadonlySet<string>,
  seenFolders: ReadonlySet<string>,
): Map<string, number> {
  const groups = new Map<string, number>();
  for (const path of missing) {
    const parts = path.split('/');
    const parents = parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
    const gone = parents.find((parent) => folders.has(parent) && !seenFolders.has(parent));
    const name = gone === undefined ? path : `${gone}/`;
    groups.set(name, (groups.get(name) ?? 0) + 1);
  }
  return groups;
}

async function namesIn(folder: string): Promise<Dirent[]> {
  const entries = await atPath(folder, () => readdir(folder, { withFileTypes: true }));
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function hashFile(path: string): Promise<{ id: string; bytes: number; executable: boolean }> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const { size, mode } = await handle.stat();
    const hash = createHash('sha1').update(`blob ${size}\0`);
    const buffer = Buffer.allocUnsafe(Math.min(Math.max(size, 1), PIECE_BYTES));
    let bytes = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
      if (bytesRead === 0) break;
      hash.update(buffer.subarray(0, bytesRead));
      bytes += bytesRead;
    }
    return { id: hash.digest('hex'), bytes, executable: (mode & 0o100) !== 0 };
  } finally {
    await handle.close();
  }
}

async function hashLink(path: string): Promise<{ id: string; bytes: number; executable: boolean }> {
  const target = await readlink(path, 'buffer');
  return { id: objectId('blob', target), bytes: target.length, executable: false };
}

/** How many files a stray folder holds, up to a point. */
async function countFiles(folder: string): Promise<{ count: number; more: boolean }> {
  let count = 0;
  const queue = [folder];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    const entries = await readdir(next, { withFileTypes: true }).catch((error: unknown) => {
      if (osCodeOf(error) === null) throw error;
      return [];
    });
    for (const entry of entries) {
      if (entry.isDirectory()) queue.push(join(next, entry.name));
      else count += 1;
    }
    if (count >= 10_000) return { count, more: true };
  }
  return { count, more: false };
}

/** Strays that the repository's own .gitignore files name: build folders and the like. */
async function ignoredAmong(
  { folder, signal }: FileComparison,
  strays: readonly Stray[],
): Promise<Set<string>> {
  if (strays.length === 0) return new Set();
  const input = strays.map(({ path }) => `${path}\0`).join('');
  const { stdout } = await runGit(['check-ignore', '-z', '--stdin', '--no-index'], {
    cwd: folder,
    signal,
    input,
  });
  return new Set(stdout.split('\0').filter((path) => path !== ''));
}

function kindOf(entry: Dirent): string {
  if (entry.isSymbolicLink()) return 'a link';
  if (entry.isDirectory()) return 'a folder';
  return entry.isFile() ? 'a file' : 'something that is neither file nor folder';
}
