// live-bootstrap and all its submodules at every depth, at the commits that the trees record: each fetched once and then kept.
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError, toSeedbedError } from '../../shared/errors.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { resolveSubmoduleAddress } from './address-map.ts';
import { type CommitTree, readCommitTree } from './commit-tree.ts';
import { REPOSITORY_RECORD, RepositoryRecord } from './fetch-repository.ts';
import { inGitDir, runGit } from './git-command.ts';
import { readGitmodules } from './gitmodules.ts';
import { openObjectReader } from './object-reader.ts';

export interface RepositoriesRequest {
  /** The checkout's folder; git directories go below its .git. */
  root: string;
  commit: string;
  url: string;
  /** Submodules that are not wanted; only those that x86 does not need are ever left out. */
  leavesOut: (path: string) => boolean;
  /** Bring a repository that is not there: from the network, or not at all. */
  obtain: (wanted: WantedRepository, onProgress: (words: string) => void) => Promise<RepositoryRecord>;
  signal: AbortSignal;
  report: (words: string, done: number, total: number) => void;
}

export interface FoundRepository {
  path: string;
  gitDir: string;
  /** Null for a submodule that was left out. */
  found: { record: RepositoryRecord; tree: CommitTree } | null;
  commit: string;
  url: string;
}

/** Submodules of stage0-posix for other processors (live-bootstrap 984b8322). Upstream's generator copies them into an x86 image, where nothing reads them. */
const NOT_FOR_X86 = /^seed\/stage0-posix\/(AMD64|AArch64|armv7l|riscv32|riscv64)$/;

const AT_ONCE = 3;
/** From then on git's own progress is shown as well. */
const LONG_FETCH_MS = 2000;
/** Submodules nest two deep upstream. */
const DEEPEST = 5;

/** In order of their paths' depth. Throws CHECKOUT_FETCH_FAILED, CHECKOUT_SUBMODULES_UNAVAILABLE, CHECKOUT_COMMIT_MISSING, CANCELLED … What is fetched stays. */
export async function fetchRepositories(request: RepositoriesRequest): Promise<FoundRepository[]> {
  const { root, commit, url, signal } = request;
  const all: FoundRepository[] = [];
  const failures: { path: string; error: SeedbedError }[] = [];
  let level: WantedRepository[] = [{ path: '', gitDir: join(root, '.git'), commit, url, trusted: true }];
  let total = level.length;
  for (let depth = 0; level.length > 0 && depth < DEEPEST; depth += 1) {
    const found = await inParallel(level, async (wanted) => {
      const leftOut = NOT_FOR_X86.test(wanted.path) && request.leavesOut(wanted.path);
      const words = repositoryName(wanted.path);
      const began = performance.now();
      request.report(words, all.length, total);
      try {
        const got = leftOut
          ? null
          : await readOrObtain(wanted, request, (more) => {
              if (performance.now() - began > LONG_FETCH_MS)
                request.report(`${words}: ${more}`, all.length, total);
            });
        const { path, gitDir } = wanted;
        const one = { path, gitDir, found: got, commit: wanted.commit, url: wanted.url };
        all.push(one);
        return one;
      } catch (error) {
        const known = toSeedbedError(error);
        if (!['CHECKOUT_FETCH_FAILED', 'CHECKOUT_COMMIT_MISSING', 'ADDRESS_REFUSED'].includes(known.code))
          throw error;
        failures.push({ path: wanted.path, error: known });
        return null;
      }
    });
    const nested = await inParallel(
      found.filter((one) => one !== null),
      (one) => submodulesIn(one, signal),
    );
    level = nested.flat();
    total += level.length;
  }
  throwFailures(failures);
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}

export interface WantedRepository {
  path: string;
  gitDir: string;
  commit: string;
  url: string;
  /** The user named the address; those out of a tree are not trusted. */
  trusted: boolean;
}

async function submodulesIn(parent: FoundRepository, signal: AbortSignal): Promise<WantedRepository[]> {
  if (parent.found === null || parent.found.tree.submodules.size === 0) return [];
  const urls = await readGitmodules(parent.gitDir, parent.found.tree, signal);
  return [...parent.found.tree.submodules].map(([name, commit]) => ({
    path: parent.path === '' ? name : `${parent.path}/${name}`,
    gitDir: join(parent.gitDir, 'modules', ...name.split('/')),
    commit,
    url: resolveSubmoduleAddress(parent.url, urls.get(name) ?? ''),
    trusted: false,
  }));
}

/** What is there already, or else fetch it. */
async function readOrObtain(
  wanted: WantedRepository,
  request: RepositoriesRequest,
  onProgress: (words: string) => void,
): Promise<{ record: RepositoryRecord; tree: CommitTree }> {
  const { gitDir, commit } = wanted;
  const { signal } = request;
  const record = (await readKept(wanted, signal)) ?? (await request.obtain(wanted, onProgress));
  const reader = openObjectReader({ folder: gitDir, bare: true, name: repositoryName(wanted.path), signal });
  try {
    return { record, tree: await readCommitTree(reader, commit, repositoryName(wanted.path)) };
  } finally {
    reader.close();
  }
}

/** A repository of an earlier fetch, when it is whole; one that is not is thrown away. */
async function readKept(
  { gitDir, commit }: WantedRepository,
  signal: AbortSignal,
): Promise<RepositoryRecord | null> {
  let text: string;
  try {
    text = await readFile(join(gitDir, REPOSITORY_RECORD), 'utf8');
  } catch (error) {
    if (osCodeOf(error) !== 'ENOENT') return atPath(gitDir, () => Promise.reject(error as Error));
    await rm(gitDir, { recursive: true, force: true });
    return null;
  }
  const record = RepositoryRecord.safeParse(parseJson(text));
  if (record.success && record.data.commit === commit) {
    const { status } = await runGit([...inGitDir(gitDir), 'fsck', '--no-dangling', '--no-progress'], {
      cwd: gitDir,
      signal,
    });
    if (status === 0 && (await restoreTags(gitDir, record.data, signal))) return record.data;
  }
  await rm(gitDir, { recursive: true, force: true });
  return null;
}

/** Tags may have been changed here; their objects are there, or the repository is not whole. */
async function restoreTags(
  gitDir: string,
  { tags }: RepositoryRecord,
  signal: AbortSignal,
): Promise<boolean> {
  if (tags.length === 0) return true;
  const input = tags.map(({ name, object }) => `update refs/tags/${name} ${object}\n`).join('');
  const { status } = await runGit([...inGitDir(gitDir), 'update-ref', '--stdin'], {
    cwd: gitDir,
    signal,
    input,
  });
  return status === 0;
}

function throwFailures(failures: { path: string; error: SeedbedError }[]): void {
  const needed = failures.filter(({ path }) => !NOT_FOR_X86.test(path));
  const [first, ...others] = needed;
  if (first?.error.code === 'CHECKOUT_FETCH_FAILED') {
    const data = (first.error as SeedbedError<'CHECKOUT_FETCH_FAILED'>).data;
    const names = others.map(({ path }) => repositoryName(path));
    throw new SeedbedError('CHECKOUT_FETCH_FAILED', { ...data, others: names }, { cause: first.error });
  }
  if (first !== undefined) throw first.error;
  const reasons = failures.map(({ error }) => reasonOf(error));
  if (failures.length > 0)
    throw new SeedbedError('CHECKOUT_SUBMODULES_UNAVAILABLE', {
      submodules: failures.map(({ path }) => path),
      reason: reasons[0] ?? '',
    });
}

function reasonOf(error: SeedbedError): string {
  const { data } = error;
  return 'reason' in data && typeof data.reason === 'string'
    ? data.reason
    : 'The server does not have the commit.';
}

/** All of them, a few at a time; the first failure ends it when the others are done. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      results[next[0]] = await work(next[1]);
  };
  const ends = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return results;
}

export function repositoryName(path: string): string {
  return path === '' ? 'live-bootstrap' : path;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
