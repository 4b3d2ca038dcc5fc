// One repository at one commit, fetched into a git directory of its own that gets its name only when it is whole.
import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { CheckoutRepository, type RecordedTag } from '../../shared/model/checkout.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { atPath } from '../os-errors.ts';
import { withoutSecrets } from './address-map.ts';
import { gitReason, mustGit, runGit } from './git-command.ts';
import { listRemoteRefs, type RemoteRef, tagsAt } from './remote-refs.ts';

/** The ref that keeps the commit alive in the fetched repository. */
export const PINNED_REF = 'refs/seedbed/commit';

export interface RepositoryRequest {
  /** Where the git directory will be. */
  gitDir: string;
  /** A folder on the same file system for what is not whole yet. */
  incoming: string;
  /** The address that the tree names, and the one to ask. */
  url: string;
  address: string;
  commit: string;
  /** How people know it. */
  name: string;
  /** Before the second and third try when the line broke. */
  pausesMs: readonly number[];
  signal: AbortSignal;
  /** Git's own progress, as words: "Receiving objects: 45 %". */
  onProgress: (words: string) => void;
}

/** `seedbed-repository.json` in the git directory: how it came here. */
export const RepositoryRecord = CheckoutRepository.omit({ path: true, state: true });
export type RepositoryRecord = z.infer<typeof RepositoryRecord>;

export const REPOSITORY_RECORD = 'seedbed-repository.json';

/** Throws CHECKOUT_FETCH_FAILED, CHECKOUT_COMMIT_MISSING, GIT_NOT_FOUND, CANCELLED. Nothing is left behind but a whole repository. */
export async function fetchRepository(request: RepositoryRequest): Promise<RepositoryRecord> {
  const { incoming, gitDir } = request;
  await atPath(incoming, () => mkdir(incoming, { recursive: true }));
  const folder = join(incoming, `${randomBytes(6).toString('hex')}.git`);
  try {
    await mustGit(['init', '--quiet', '--bare', '--template=', folder], {
      cwd: incoming,
      signal: request.signal,
    });
    const refs = await again(request, () =>
      listRemoteRefs(request.address, { cwd: folder, signal: request.signal, name: request.name }),
    );
    const tags = tagsAt(refs, request.commit);
    const depth = await again(request, () => fetchInto(folder, request, refs, tags));
    await requireCommit(folder, request);
    const record: RepositoryRecord = {
      commit: request.commit,
      url: withoutSecrets(request.url),
      from: withoutSecrets(request.address),
      depth,
      tags,
    };
    await writeFileAtomically(join(folder, REPOSITORY_RECORD), `${JSON.stringify(record, null, 2)}\n`);
    await atPath(gitDir, async () => {
      await mkdir(dirname(gitDir), { recursive: true });
      await rename(folder, gitDir);
    });
    return record;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Try again when the line broke; a server that refuses is not asked twice. */
async function again<T>(request: RepositoryRequest, work: () => Promise<T>): Promise<T> {
  for (const pause of request.pausesMs) {
    try {
      return await work();
    } catch (error) {
      if (!isSeedbedError(error) || error.code !== 'CHECKOUT_FETCH_FAILED') throw error;
      if (FINAL.test((error as SeedbedError<'CHECKOUT_FETCH_FAILED'>).data.reason)) throw error;
      request.onProgress('the connection broke, trying again');
      await sleep(pause, undefined, { signal: request.signal }).catch(() => undefined);
    }
  }
  return work();
}

/** Answers that stay the same when one asks again: no such repository, no right to it, unsound objects. All else may be the line. */
const FINAL =
  /not found|does not exist|does not appear to be|denied|authentication|could not read Username|terminal prompts|error: 4\d\d|object [0-9a-f]{40}: |transport '.*' not allowed|dubious ownership/i;

/** What servers say that give only what they advertise, or no single commits at all (http without git's own protocol). */
const NOT_SINGLE =
  /unadvertised object|not our ref|dumb http|does not support shallow|no such remote ref|couldn't find remote ref/i;

async function fetchInto(
  folder: string,
  request: RepositoryRequest,
  refs: readonly RemoteRef[],
  tags: readonly RecordedTag[],
): Promise<RepositoryRecord['depth']> {
  const { address, commit } = request;
  const tagSpecs = tags.map(({ name }) => `+refs/tags/${name}:refs/tags/${name}`);
  const single = await runFetch(folder, request, [
    '--depth=1',
    address,
    `+${commit}:${PINNED_REF}`,
    ...tagSpecs,
  ]);
  if (single === null) return 'commit';
  if (!NOT_SINGLE.test(single)) throw failed(request, gitReason(single));
  const specs = refs
    .filter(({ name }) => /^refs\/(heads|tags)\//.test(name) && !name.endsWith('^{}'))
    .map(({ name }) => `+${name}:refs/seedbed/from-server/${name.slice('refs/'.length)}`);
  if (specs.length === 0) throw failed(request, 'it has no branches and no tags');
  const all = await runFetch(folder, request, [address, ...specs, ...tagSpecs]);
  if (all !== null) throw failed(request, gitReason(all));
  await requireCommit(folder, request);
  await mustGit(['update-ref', PINNED_REF, commit], { cwd: folder, signal: request.signal });
  await dropRefs(folder, 'refs/seedbed/from-server/', request.signal);
  return 'history';
}

/** Null when it went well, else git's words. */
async function runFetch(
  folder: string,
  { signal, onProgress }: RepositoryRequest,
  args: readonly string[],
): Promise<string | null> {
  const options = [
    '--progress',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-write-fetch-head',
    '--no-auto-maintenance',
  ];
  const { status, stderr } = await runGit(['fetch', ...options, ...args], {
    cwd: folder,
    signal,
    onWords: (text) => {
      const words = /(Receiving|Resolving|Counting|Compressing|Unpacking) (objects|deltas): +(\d+)%/.exec(
        text,
      );
      if (words !== null) onProgress(`${words[1] ?? ''} ${words[2] ?? ''} ${words[3] ?? ''} %`);
    },
  });
  return status === 0 ? null : stderr;
}

async function requireCommit(
  folder: string,
  { commit, name, address, signal }: RepositoryRequest,
): Promise<void> {
  const { stdout } = await runGit(['rev-parse', '--verify', `${commit}^{commit}`], { cwd: folder, signal });
  // A tag's own name would give another one.
  if (stdout.trim() !== commit)
    throw new SeedbedError('CHECKOUT_COMMIT_MISSING', {
      commit,
      repository: name,
      address: withoutSecrets(address),
    });
}

async function dropRefs(folder: string, prefix: string, signal: AbortSignal): Promise<void> {
  const names = await mustGit(['for-each-ref', '--format=%(refname)', prefix], { cwd: folder, signal });
  const input = names
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => `delete ${name}\n`)
    .join('');
  await mustGit(['update-ref', '--stdin'], { cwd: folder, signal, input });
}

function failed({ name, address }: RepositoryRequest, reason: string): SeedbedError {
  return new SeedbedError('CHECKOUT_FETCH_FAILED', {
    repository: name,
    address: withoutSecrets(address),
    reason: /[.!?]$/.test(reason) ? reason : `${reason}.`,
    others: [],
  });
}
