// A checkout from the network (or a mirror, or a folder) into the data folder: `checkouts/<commit>`, there only when it is whole.
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { CheckoutRepository, FetchedCheckoutRecord } from '../../shared/model/checkout.ts';
import { syncFolder, writeFileAtomically } from '../atomic-file.ts';
import type { JobContext } from '../jobs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { claimRun } from '../run/run-claim.ts';
import { type AddressRule, checkAddress, rewriteAddress, withoutSecrets } from './address-map.ts';
import { compareCheckout } from './compare.ts';
import { type FoundRepository, fetchRepositories } from './fetch-repositories.ts';
import { readFetchedRecord, RECORD_NAME } from './fetched-record.ts';
import { requireGit } from './git-command.ts';
import { openObjectReader } from './object-reader.ts';
import { resolveCommit } from './resolve-commit.ts';
import { attachGit, makeReadOnly, refreshIndex, removeTree, writeCommitTree } from './work-tree.ts';

export interface FetchRequest {
  /** A commit in full, the beginning of a known one, a tag or a branch; null for the default. */
  commit: string | null;
  /** Address or folder of live-bootstrap; null for upstream's. */
  from: string | null;
  rules: readonly AddressRule[];
  /** Leave out what only other processors need. */
  onlyX86: boolean;
}

export interface FetchedCheckout {
  path: string;
  record: FetchedCheckoutRecord;
  /** It was there, whole and unaltered: nothing was fetched. */
  wasThere: boolean;
}

/** Fetch, or go on with what an earlier fetch left. A checkout that is there but altered or not full is made again. */
export async function fetchCheckout(
  checkouts: string,
  request: FetchRequest,
  context: JobContext,
  origin: { url: string; defaultCommit: string; known: readonly string[] },
): Promise<FetchedCheckout> {
  const { signal } = context;
  await atPath(checkouts, () => mkdir(checkouts, { recursive: true }));
  await requireGit(checkouts, signal);
  const url = request.from ?? origin.url;
  const address = checkAddress(rewriteAddress(url, request.rules), { trusted: true });
  context.report({ step: 'resolve', label: 'Finding the commit', done: 0, total: null, unit: 'steps' });
  const { commit, asked } = await resolveCommit(request.commit ?? origin.defaultCommit, {
    checkouts,
    address,
    url: withoutSecrets(url),
    known: origin.known,
    signal,
  });
  const path = join(checkouts, commit);
  const there = await readIfSound(path, request.onlyX86, signal);
  if (there !== null) return { path, record: there, wasThere: true };

  await clearOld(checkouts, commit);
  const staging = join(checkouts, `.partial-${commit}`);
  await atPath(staging, () => mkdir(staging, { recursive: true }));
  const claim = await claimRun(staging);
  if (claim === null) throw new SeedbedError('CHECKOUT_BUSY', { checkout: commit });
  try {
    const record = await fetchInto(staging, path, { ...request, url, commit, asked }, context);
    await swapIn(join(staging, 'tree'), path);
    await removeTree(staging);
    return { path, record, wasThere: false };
  } catch (error) {
    throw await explainCancel(error, staging);
  } finally {
    await claim.release();
  }
}

async function fetchInto(
  staging: string,
  path: string,
  request: FetchRequest & { url: string; commit: string; asked: string | null },
  { signal, report }: JobContext,
): Promise<FetchedCheckoutRecord> {
  const root = join(staging, 'tree');
  const incoming = join(staging, 'incoming');
  await removeTree(incoming);
  await takeOver(path, root);
  await emptyWorkTree(root);
  const repositories = await fetchRepositories({
    ...request,
    root,
    incoming,
    near: request.from !== null && isAbsolute(request.from) ? request.from : null,
    signal,
    report: (words, done, total) =>
      report({ step: 'fetch', label: `Fetching ${words}`, done, total, unit: 'steps' }),
  });
  await writeFiles(root, repositories, { signal, report });
  const record: FetchedCheckoutRecord = {
    version: 1,
    kind: 'fetched',
    commit: request.commit,
    origin: 'network',
    at: new Date().toISOString(),
    asked: request.asked,
    repositories: repositories.map(describe),
  };
  await writeFileAtomically(join(root, '.git', RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

/** Write all files, then tell git where it stands. Also what an import does with the repositories of an archive. */
export async function writeFiles(
  root: string,
  repositories: readonly FoundRepository[],
  { signal, report }: JobContext,
): Promise<void> {
  const total = repositories.reduce((sum, { found }) => sum + (found?.tree.files.size ?? 0), 0);
  let done = 0;
  for (const { path, gitDir, found, url } of repositories) {
    if (found === null) continue;
    const name = path === '' ? 'live-bootstrap' : path;
    const folder = join(root, path);
    const reader = openObjectReader({ folder: gitDir, bare: true, name, signal });
    try {
      await writeCommitTree(folder, found.tree, reader, {
        repository: name,
        signal,
        onFile: () => {
          done += 1;
          if (done % 50 === 0 || done === total)
            report({ step: 'files', label: 'Writing files', done, total, unit: 'files' });
        },
      });
    } finally {
      reader.close();
    }
    await attachGit(folder, gitDir, found.record.commit, { url: withoutSecrets(url), signal });
  }
  await atPath(root, () => makeReadOnly(root));
  for (const { path, found } of repositories)
    if (found !== null) await refreshIndex(join(root, path), signal);
}

/** The record of a checkout that is there, full enough and not altered; else null. */
async function readIfSound(
  path: string,
  onlyX86: boolean,
  signal: AbortSignal,
): Promise<FetchedCheckoutRecord | null> {
  const record = await readFetchedRecord(path).catch(() => null);
  if (record === null) return null;
  if (!onlyX86 && record.repositories.some(({ state }) => state === 'absent')) return null;
  const { differences } = await compareCheckout({ root: path, record, signal });
  return differences.length === 0 ? record : null;
}

/** Begin with what a checkout that must be made again has already. */
async function takeOver(path: string, root: string): Promise<void> {
  const has = (folder: string): Promise<boolean> =>
    stat(folder).then(
      () => true,
      () => false,
    );
  if ((await has(join(root, '.git'))) || !(await has(join(path, '.git')))) return;
  const copy = `${root}-${randomBytes(4).toString('hex')}`;
  await atPath(root, async () => {
    await mkdir(copy, { recursive: true });
    await cp(join(path, '.git'), join(copy, '.git'), { recursive: true });
    await removeTree(root);
    await rename(copy, root);
  });
}

/** Everything but git's own folder; files are written again, repositories are kept. */
async function emptyWorkTree(root: string): Promise<void> {
  await atPath(root, async () => {
    await mkdir(root, { recursive: true });
    for (const name of await readdir(root)) if (name !== '.git') await removeTree(join(root, name));
  });
}

/** Give the finished tree its name. What stood there goes away afterwards. */
export async function swapIn(tree: string, path: string): Promise<void> {
  const old = `${path}.old-${randomBytes(4).toString('hex')}`;
  await atPath(path, async () => {
    await rename(path, old).catch((error: unknown) => {
      if (osCodeOf(error) !== 'ENOENT') throw error;
    });
    await rename(tree, path);
    await syncFolder(join(path, '..'));
  });
  await removeTree(old);
  // Only now: a folder that may not be written to cannot be moved to another one.
  await chmod(path, 0o555);
}

/** What an earlier exchange had no time to remove. */
async function clearOld(checkouts: string, commit: string): Promise<void> {
  for (const name of await readdir(checkouts))
    if (name.startsWith(`${commit}.old-`)) await removeTree(join(checkouts, name));
}

async function explainCancel(error: unknown, staging: string): Promise<unknown> {
  if (!isSeedbedError(error) || error.code !== 'CANCELLED') return error;
  await rm(join(staging, 'incoming'), { recursive: true, force: true });
  return new SeedbedError(
    'CANCELLED',
    { kept: 'Repositories that were fetched whole are kept; the next fetch goes on from there.' },
    { cause: error },
  );
}

function describe({ path, found, commit, url }: FoundRepository): CheckoutRepository {
  if (found === null)
    return { path, commit, url: withoutSecrets(url), from: null, state: 'absent', depth: 'commit', tags: [] };
  return { ...found.record, path, state: 'present' };
}
