// Is a folder what its commits say? Every file is read and hashed under the name that the commit gives it; the folder is searched for anything else.
// Neither git's index nor its settings have a say: objects are read with cat-file, and believed when their bytes give their name.
import { join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { CheckoutReport, FetchedCheckoutRecord, RecordedTag } from '../../shared/model/checkout.ts';
import { type CommitTree, readCommitTree } from './commit-tree.ts';
import { compareFiles } from './compare-files.ts';
import { createDifferences, type Differences } from './differences.ts';
import { askGit } from './git.ts';
import { OBJECT_ID } from './git-objects.ts';
import { openObjectReader } from './object-reader.ts';
import { refTarget, type RemoteRef } from './remote-refs.ts';

export interface CompareRequest {
  /** Absolute, without links. */
  root: string;
  /** What Seedbed fetched; null for a folder of the user's, which is compared with the commits that it stands at. */
  record: FetchedCheckoutRecord | null;
  /** A fetched checkout whose commits the folder is compared with instead, whatever its own repositories say, or when it has none. */
  against?: { folder: string; record: FetchedCheckoutRecord } | null;
  /** Ask the servers whether the recorded tags still lead to the same commits; null leaves them alone. */
  remoteRefs?: ((address: string, name: string) => Promise<RemoteRef[]>) | null;
  signal?: AbortSignal | undefined;
  onProgress?: (files: number) => void;
}

/** Reads only. Throws CANCELLED, GIT_NOT_FOUND, IO_FAILED … but not for what is wrong with the folder: that is in the report. */
export async function compareCheckout(request: CompareRequest): Promise<CheckoutReport> {
  const began = performance.now();
  const differences = createDifferences();
  const comparison: Comparison = { request, differences, repositories: [], files: 0, bytes: 0 };
  const { against = null } = request;
  const head = against === null ? await headOf(request.root, request.signal) : null;
  const commit = against?.record.commit ?? request.record?.commit ?? head;
  if (commit !== null) {
    if (head !== commit && against === null)
      differences.add(
        'commit-moved',
        '',
        `live-bootstrap stands at ${head ?? 'no commit'}, ${commit} was fetched`,
      );
    await compareRepository('', commit, comparison);
  }
  if (request.signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
  return {
    commit,
    repositories: comparison.repositories,
    files: comparison.files,
    bytes: comparison.bytes,
    ...differences.list(),
    elapsedMilliseconds: performance.now() - began,
  };
}

interface Comparison {
  request: CompareRequest;
  differences: Differences;
  repositories: CheckoutReport['repositories'];
  files: number;
  bytes: number;
}

async function compareRepository(path: string, commit: string, comparison: Comparison): Promise<void> {
  const { request, differences } = comparison;
  const { root, signal } = request;
  const name = path === '' ? 'live-bootstrap' : path;
  comparison.repositories.push({ path, commit, state: 'present' });
  const folder = join(root, path);
  const objects = join(request.against?.folder ?? root, path);
  const reader = openObjectReader({ folder: objects, bare: false, name, signal });
  let tree: CommitTree;
  try {
    tree = await readCommitTree(reader, commit, name);
  } catch (error) {
    if (!isSeedbedError(error) || !['CHECKOUT_OBJECT_DAMAGED', 'CHECKOUT_NAME_REFUSED'].includes(error.code))
      throw error;
    const { reason } = error.data as { reason: string };
    differences.add('object-damaged', path, `what ${commit} holds cannot be read: ${reason}`);
    return;
  } finally {
    reader.close();
  }
  await compareFiles({ folder, path, tree, differences, signal }, (bytes) => {
    comparison.files += 1;
    comparison.bytes += bytes;
    request.onProgress?.(comparison.files);
  });
  await compareTags(path, comparison);
  for (const [submodule, recorded] of tree.submodules)
    await compareSubmodule(path === '' ? submodule : `${path}/${submodule}`, recorded, comparison);
}

async function compareSubmodule(path: string, recorded: string, comparison: Comparison): Promise<void> {
  const { differences, request } = comparison;
  const state = differences.submoduleState(path);
  if (state === 'empty') {
    comparison.repositories.push({ path, commit: recorded, state: 'absent' });
    const meant =
      request.record?.repositories.find((repository) => repository.path === path)?.state === 'absent';
    if (!meant) differences.add('submodule-missing', path, `the folder is empty; ${recorded} belongs there`);
    return;
  }
  if (state === 'other') return;
  if (state === 'missing') {
    differences.add('submodule-missing', path, `there is no such folder; ${recorded} belongs there`);
    return;
  }
  const against = request.against?.record.repositories.find((repository) => repository.path === path);
  if (against?.state === 'absent') {
    differences.add('submodule-unknown', path, `the checkout that it is compared with lacks ${recorded}`);
    return;
  }
  if (against !== undefined) {
    await compareRepository(path, recorded, comparison);
    return;
  }
  const head = await headOf(join(request.root, path), request.signal);
  if (head === null) {
    differences.add(
      'submodule-unknown',
      path,
      `the folder is no git work tree, so that its files cannot be compared with ${recorded}`,
    );
    return;
  }
  if (head !== recorded)
    differences.add('submodule-moved', path, `it stands at ${head}, the commit above it records ${recorded}`);
  // A moved submodule is told once; its files are then compared with the commit that it stands at.
  await compareRepository(path, head, comparison);
}

async function headOf(folder: string, signal: AbortSignal | undefined): Promise<string | null> {
  const answer = await askGit(folder, ['rev-parse', '--verify', 'HEAD^{commit}'], signal);
  if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
  if (answer.kind === 'no-git') throw new SeedbedError('GIT_NOT_FOUND', {});
  const text = answer.kind === 'answer' ? answer.text.trim() : '';
  return OBJECT_ID.test(text) ? text : null;
}

/** Tags that led to the commit when it was fetched must still do so here, and at the server when that is asked. */
async function compareTags(path: string, { request, differences }: Comparison): Promise<void> {
  const repository = request.record?.repositories.find((one) => one.path === path);
  if (repository === undefined || repository.tags.length === 0) return;
  const here = await askGit(
    join(request.root, path),
    ['for-each-ref', '--format=%(objectname) %(refname)', 'refs/tags'],
    request.signal,
  );
  const local = new Map(
    (here.kind === 'answer' ? here.text.split('\n') : []).map((line) => [line.slice(41), line.slice(0, 40)]),
  );
  const tell = (tag: RecordedTag, where: string, found: string | null): void => {
    if (found === tag.object) return;
    const now = found === null ? 'is gone' : `is ${found}`;
    differences.add(
      'tag-rewritten',
      path,
      `the tag ${tag.name} ${where} ${now}; it was ${tag.object} when it was fetched`,
    );
  };
  for (const tag of repository.tags) tell(tag, 'here', local.get(`refs/tags/${tag.name}`) ?? null);
  if (request.remoteRefs === undefined || request.remoteRefs === null || repository.from === null) return;
  const refs = await request.remoteRefs(repository.from, path === '' ? 'live-bootstrap' : path);
  for (const tag of repository.tags) {
    const object = refs.find(({ name }) => name === `refs/tags/${tag.name}`)?.id ?? null;
    tell(tag, `at ${repository.from}`, object ?? refTarget(refs, `refs/tags/${tag.name}`));
  }
}
