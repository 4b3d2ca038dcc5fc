// Snapshots of repositories, made exactly as live-bootstrap's mirror.sh makes them, so that they have the hashes of its sources files.
// Source: live-bootstrap 984b8322, mirror.sh (do_file, git): clone with a work tree's refs, prefix rule, `gzip -n`, `xz -T1`.
import { mkdir, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { GitSnapshot } from '../../shared/model/distfile.ts';
import { isSeedbedError } from '../../shared/errors.ts';
import { type AddressRule, checkAddress, rewriteAddress } from '../checkout/address-map.ts';
import { atPath } from '../os-errors.ts';
import { FetchFailure } from './fetch-failure.ts';
import { type GitRun, runGit, runGitInto } from './git-process.ts';
import { type DistfileStore, removeIfThere } from './store.ts';

export interface GitSnapshots {
  /**
   * Write the snapshot called `name` to `path`; returns its hash. The repository is cloned once and kept. Throws FetchFailure.
   */
  make(
    snapshot: GitSnapshot,
    name: string,
    path: string,
    options: { signal: AbortSignal; onProgress: (words: string) => void },
  ): Promise<{ sha256: string; sizeBytes: number; note: string }>;
}

export interface GitOptions {
  env: NodeJS.ProcessEnv;
  /** Addresses that are taken from elsewhere. */
  map: readonly AddressRule[];
}

/** The prefix of all names in the archive: repository and ref, without the v of a version tag except on gitlab. */
export function snapshotPrefix({ repo, ref }: GitSnapshot): string {
  const shown = /^v[0-9]/.test(ref) && !repo.includes('gitlab') ? ref.slice(1) : ref;
  return `${basename(repo).replace(/.git$/, '')}-${shown}`;
}

/** git archive chooses by the file's name, and so does this. */
export function snapshotFormat(name: string): 'tar.gz' | 'tgz' | 'tar.xz' | 'zip' | 'tar' {
  for (const format of ['tar.gz', 'tgz', 'tar.xz', 'zip'] as const)
    if (name.endsWith(`.${format}`)) return format;
  return 'tar';
}

export function openGitSnapshots(store: DistfileStore, { env, map }: GitOptions): GitSnapshots {
  /** One clone or update of a repository at a time, and once in a fetch: a dead one is not asked 21 times. */
  const clones = new Map<string, Promise<string>>();
  const updates = new Map<string, Promise<void>>();
  let versions: Promise<string> | null = null;

  function cloneOf(repo: string, run: GitRun): Promise<string> {
    let clone = clones.get(repo);
    if (clone === undefined) {
      clone = ensureClone(store.gitFolder, repo, map, run);
      clones.set(repo, clone);
    }
    return clone;
  }

  return {
    async make(snapshot, name, path, { signal, onProgress }) {
      const { repo, ref } = checked(snapshot);
      const run: GitRun = { env, signal, onProgress };
      const folder = await cloneOf(repo, run);
      const hasRef = async (): Promise<boolean> =>
        (await runGit(['-C', folder, 'cat-file', '-t', ref], run)).ok;
      if (!(await hasRef())) {
        let update = updates.get(repo);
        if (update === undefined) {
          update = updateClone(folder, repo, map, run);
          updates.set(repo, update);
        }
        await update;
        if (!(await hasRef())) throw new FetchFailure('git', `${ref} is not in ${repo}`);
      }
      onProgress(`git archive ${ref}`);
      const made = await runGitInto(
        path,
        [
          ...['-C', folder, '-c', 'tar.tar.gz.command=gzip -n', '-c', 'tar.tar.xz.command=xz -T1'],
          // What the user's own configuration could change in an archive.
          ...['-c', 'tar.umask=0002', '-c', 'core.autocrlf=false', '-c', 'core.attributesFile='],
          ...[
            'archive',
            `--format=${snapshotFormat(name)}`,
            `--prefix=${snapshotPrefix({ repo, ref })}/`,
            ref,
          ],
        ],
        run,
      );
      versions ??= runGit(['--version'], run).then(({ stdout }) => stdout.trim());
      return { ...made, note: `made with ${await versions}, prefix ${snapshotPrefix({ repo, ref })}/` };
    },
  };
}

/** A sources file is input from elsewhere: no local paths, no options, no helpers. */
function checked({ repo, ref }: GitSnapshot): GitSnapshot {
  if (!/^\w[\w./-]*$/.test(ref) || ref.includes('..'))
    throw new FetchFailure('git', `${ref} is not a git ref`);
  addressOf(repo, []);
  return { repo, ref };
}

/** Where the repository is really fetched from. */
function addressOf(repo: string, map: readonly AddressRule[]): string {
  const address = rewriteAddress(repo, map);
  try {
    return checkAddress(address, { trusted: address !== repo });
  } catch (error) {
    if (isSeedbedError(error))
      throw new FetchFailure('git', `${repo} is not a git address`, { cause: error });
    throw error;
  }
}

async function ensureClone(
  gitFolder: string,
  repo: string,
  map: readonly AddressRule[],
  run: GitRun,
): Promise<string> {
  const folder = join(gitFolder, repo.replace(/^\w+:\/\//, '').replace(/[^\w.-]+/g, '_'));
  const there = await stat(folder).catch(() => null);
  if (there !== null) return folder;
  await atPath(gitFolder, () => mkdir(dirname(folder), { recursive: true }));
  const temporary = `${folder}.tmp`;
  await removeIfThere(temporary);
  run.onProgress(`cloning ${repo}`);
  // Without a work tree, but with the refs of an ordinary clone: attributes such as export-subst can show them.
  const clone = ['clone', '--no-checkout', '--progress', '--', addressOf(repo, map), temporary];
  const cloned = await runGit(clone, run);
  if (!cloned.ok) {
    await removeIfThere(temporary);
    throw new FetchFailure('git', `git clone failed: ${cloned.reason}`);
  }
  await atPath(folder, () => rename(temporary, folder));
  return folder;
}

async function updateClone(
  folder: string,
  repo: string,
  map: readonly AddressRule[],
  run: GitRun,
): Promise<void> {
  const heads = '+refs/heads/*:refs/remotes/origin/*';
  const fetch = ['-C', folder, 'fetch', '--tags', '--progress', '--', addressOf(repo, map), heads];
  const fetched = await runGit(fetch, run);
  if (!fetched.ok) throw new FetchFailure('git', `git fetch failed: ${fetched.reason}`);
}
