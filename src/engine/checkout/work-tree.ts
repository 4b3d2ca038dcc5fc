// Puts a commit's files on disk, byte for byte: git's own checkout would let settings and attributes change line ends and contents.
import { chmod, lstat, mkdir, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { CommitTree } from './commit-tree.ts';
import { gitFailed, runGit } from './git-command.ts';
import type { ObjectReader } from './object-reader.ts';

export interface WriteOptions {
  repository: string;
  signal: AbortSignal;
  /** Called after each file. */
  onFile: () => void;
}

/** Files that are read and written side by side. */
const AT_ONCE = 32;

/** Write folders, then files, then links, so that nothing is ever written through a link. Each name must be new. */
export async function writeCommitTree(
  folder: string,
  tree: CommitTree,
  reader: ObjectReader,
  { repository, signal, onFile }: WriteOptions,
): Promise<void> {
  const create = async (path: string, work: (place: string) => Promise<unknown>): Promise<void> => {
    if (signal.aborted) throw new SeedbedError('CANCELLED', { kept: '' });
    const place = join(folder, path);
    try {
      await atPath(place, () => work(place));
    } catch (error) {
      // Two names that this file system takes for one.
      if (osCodeOf(causeOf(error)) !== 'EEXIST') throw error;
      throw new SeedbedError('CHECKOUT_NAME_REFUSED', {
        repository,
        path,
        reason: 'another name in that folder is the same on this disk',
      });
    }
  };
  for (const path of tree.folders) await create(path, (place) => mkdir(place));
  for (const path of tree.submodules.keys()) await create(path, (place) => mkdir(place));
  const links: [string, Buffer][] = [];
  const files = [...tree.files];
  for (let at = 0; at < files.length; at += AT_ONCE) {
    const work = files.slice(at, at + AT_ONCE).map(async ([path, { kind, id }]) => {
      const content = await reader.read(id, 'blob');
      const mode = kind === 'executable' ? 0o755 : 0o644;
      if (kind === 'link') links.push([path, content]);
      else await create(path, (place) => writeFile(place, content, { flag: 'wx', mode }));
      onFile();
    });
    await Promise.all(work);
  }
  for (const [path, target] of links) await create(path, (place) => symlink(target.toString('utf8'), place));
}

/** Tell git that the work tree is at the commit, so that `git status` and `git diff` work for people too. */
export async function attachGit(
  folder: string,
  gitDir: string,
  commit: string,
  { url, signal }: { url: string; signal: AbortSignal },
): Promise<void> {
  const isSubmodule = gitDir !== join(folder, '.git');
  // Relative both ways, so that the checkout can be moved.
  if (isSubmodule) await writeFile(join(folder, '.git'), `gitdir: ${posix(relative(folder, gitDir))}\n`);
  const worktree = isSubmodule ? `\tworktree = ${quoted(posix(relative(gitDir, folder)))}\n` : '';
  const config =
    `[core]\n\trepositoryformatversion = 0\n\tfilemode = ${process.platform !== 'win32'}\n\tbare = false\n${worktree}` +
    `[remote "origin"]\n\turl = ${quoted(url)}\n[submodule]\n\tactive = .\n`;
  await writeFile(join(gitDir, 'config'), config);
  await writeFile(join(gitDir, 'HEAD'), `${commit}\n`);
  await readTree(folder, gitDir, commit, signal);
}

/** A lock older than this is of a git that was killed. */
const LOCK_TRIES = 20;
const LOCK_PAUSE_MS = 250;

/** Fill the index. The caller has the claim on the checkout, so a lock is of a git that outlived its killed Seedbed, and soon over, or was killed with it. */
async function readTree(folder: string, gitDir: string, commit: string, signal: AbortSignal): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const { status, stderr } = await runGit(['read-tree', commit], { cwd: folder, signal });
    if (status === 0) return;
    if (tries > LOCK_TRIES || !stderr.includes('index.lock')) throw gitFailed(['read-tree'], folder, stderr);
    if (tries === LOCK_TRIES) await rm(join(gitDir, 'index.lock'), { force: true });
    else await sleep(LOCK_PAUSE_MS);
  }
}

/** A value of git's settings (git-config, "Syntax"). */
function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

/** Take the right to write from everything but git's own folders. */
export async function makeReadOnly(folder: string): Promise<void> {
  await eachEntry(folder, async (path, isFolder) => {
    if (isFolder) return chmod(path, 0o555);
    const { mode } = await lstat(path);
    return chmod(path, (mode & 0o111) === 0 ? 0o444 : 0o555);
  });
}

/** Remove a tree that may be read-only, or a file or link. */
export async function removeTree(folder: string): Promise<void> {
  await atPath(folder, async () => {
    await chmodFolders(folder);
    // A git that outlived its Seedbed may write into it for another moment.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  });
}

async function chmodFolders(folder: string): Promise<void> {
  try {
    // A link is not followed: what it names is none of ours.
    if (!(await lstat(folder)).isDirectory()) return;
    await chmod(folder, 0o755);
    for (const entry of await readdir(folder, { withFileTypes: true }))
      if (entry.isDirectory()) await chmodFolders(join(folder, entry.name));
  } catch (error) {
    if (osCodeOf(error) !== 'ENOENT') throw error;
  }
}

/** Files and folders below `folder`, what is in a folder before it; links and git's own are left out. */
async function eachEntry(
  folder: string,
  work: (path: string, isFolder: boolean) => Promise<void>,
): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.name === '.git' || entry.isSymbolicLink()) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await eachEntry(path, work);
    await work(path, entry.isDirectory());
  }
}

function posix(path: string): string {
  return path.replaceAll('\\', '/');
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
