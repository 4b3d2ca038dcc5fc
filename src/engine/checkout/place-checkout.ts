// How a checkout comes to stand under its name: made in a folder beside it, by one Seedbed at a time, and exchanged as a whole.
import { randomBytes } from 'node:crypto';
import { chmod, cp, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { syncFolder, writeFileAtomically } from '../atomic-file.ts';
import type { JobContext } from '../jobs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { claimRun } from '../run/run-claim.ts';
import type { CheckoutRepository, FetchedCheckoutRecord } from '../../shared/model/checkout.ts';
import { withoutSecrets } from './address-map.ts';
import { type FoundRepository, repositoryName } from './fetch-repositories.ts';
import { RECORD_NAME } from './fetched-record.ts';
import { openObjectReader } from './object-reader.ts';
import { attachGit, makeReadOnly, removeTree, writeCommitTree } from './work-tree.ts';

export interface Staging {
  /** Becomes the checkout. It has the repositories that an earlier try, or the checkout itself, has already; no files. */
  root: string;
  /** Empty: for what is not whole yet. */
  incoming: string;
}

/** Make the checkout of a commit, or make it again. What `work` leaves in `root` is exchanged for it. Throws CHECKOUT_BUSY. */
export async function makeCheckout<T>(
  checkouts: string,
  commit: string,
  work: (staging: Staging) => Promise<T>,
): Promise<T> {
  await clearOld(checkouts, commit);
  const path = join(checkouts, commit);
  const staging = stagingFolder(checkouts, commit);
  await atPath(staging, () => mkdir(staging, { recursive: true }));
  const claim = await claimRun(staging);
  if (claim === null) throw new SeedbedError('CHECKOUT_BUSY', { checkout: commit });
  try {
    const [root, incoming] = [join(staging, 'tree'), join(staging, 'incoming')];
    await removeTree(incoming);
    await takeOver(path, root);
    await emptyWorkTree(root);
    const result = await work({ root, incoming });
    await swapIn(root, path);
    await removeTree(staging);
    return result;
  } finally {
    await claim.release();
  }
}

export function stagingFolder(checkouts: string, commit: string): string {
  return join(checkouts, `.partial-${commit}`);
}

/** Write the files and the record of a checkout whose repositories are all there. */
export async function finishCheckout(
  root: string,
  repositories: readonly FoundRepository[],
  facts: Pick<FetchedCheckoutRecord, 'commit' | 'origin' | 'asked'>,
  context: JobContext,
): Promise<FetchedCheckoutRecord> {
  await writeFiles(root, repositories, context);
  const record: FetchedCheckoutRecord = {
    version: 1,
    kind: 'fetched',
    ...facts,
    at: new Date().toISOString(),
    repositories: repositories.map(describe),
  };
  await writeFileAtomically(join(root, '.git', RECORD_NAME), `${JSON.stringify(record, null, 2)}\n`);
  return record;
}

function describe({ path, found, commit, url }: FoundRepository): CheckoutRepository {
  if (found === null)
    return { path, commit, url: withoutSecrets(url), from: null, state: 'absent', depth: 'commit', tags: [] };
  return { ...found.record, path, state: 'present' };
}

/** Write all files, then tell git where it stands. */
async function writeFiles(
  root: string,
  repositories: readonly FoundRepository[],
  { signal, report }: JobContext,
): Promise<void> {
  const total = repositories.reduce((sum, { found }) => sum + (found?.tree.files.size ?? 0), 0);
  let done = 0;
  for (const { path, gitDir, found, url } of repositories) {
    if (found === null) continue;
    const name = repositoryName(path);
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
async function swapIn(tree: string, path: string): Promise<void> {
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
