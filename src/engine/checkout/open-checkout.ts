// Is this folder a live-bootstrap checkout that an x86 boot image can be built from, and which one is it?
import { realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { Finding } from '../../shared/model/host.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { Checkout } from './checkout.ts';
import { askGit, type GitAnswer } from './git.ts';
import { listSubmodules, requireSubmodules, type SubmoduleState } from './submodules.ts';

export { readPreNetworkDistfiles } from './pre-network-distfiles.ts';

/** Files that make a folder a checkout of live-bootstrap itself. */
const LANDMARKS = ['steps/manifest', 'steps/env', 'seed/seed.kaem', 'seed/after.kaem'];

/** Throws NOT_FOUND, CHECKOUT_INVALID, CHECKOUT_SUBMODULE_MISSING, CANCELLED. Nothing is written. */
export async function openCheckout(
  path: string,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<Checkout> {
  const { signal } = options;
  const root = await atPath(path, () => realpath(path));
  for (const missing of LANDMARKS) {
    if (!(await isFile(join(root, missing))))
      throw new SeedbedError('CHECKOUT_INVALID', { path: root, missing });
  }
  await requireSubmodules(root);
  const [head, submodules] = await Promise.all([
    askGit(root, ['rev-parse', 'HEAD'], signal),
    listSubmodules(root, signal),
  ]);
  if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
  return {
    path: root,
    facts: {
      commit: head.kind === 'answer' ? head.text.trim() : null,
      submodules: submodules.map(({ path: at, commit, state }) => ({ path: at, commit, state })),
    },
    findings: [...commitFindings(head), ...submoduleFindings(submodules)],
  };
}

function commitFindings(head: GitAnswer): Finding[] {
  const unknown = (detail: string, hint: string): Finding[] => [
    { id: 'checkout-commit-unknown', level: 'warning', what: 'The commit is not known', detail, hint },
  ];
  switch (head.kind) {
    case 'answer':
      return [];
    case 'no-repository':
      return unknown('The folder is no git work tree of its own, so the image record names no commit.', '');
    case 'no-git':
      return unknown(
        'Git is not installed, so the image record names no commit.',
        'Install git to have it named.',
      );
    case 'not-owner':
      return unknown(
        'The folder belongs to another user, so git does not read it and the image record names no commit.',
        'If you trust it: git config --global --add safe.directory FOLDER',
      );
    case 'failed':
      return unknown(`Git did not answer: ${head.reason}`, 'Try git rev-parse HEAD in that folder.');
  }
}

function submoduleFindings(submodules: readonly SubmoduleState[]): Finding[] {
  const findings: Finding[] = [];
  const absent = submodules.filter(({ state }) => state === 'absent').map(({ path }) => path);
  if (absent.length > 0)
    findings.push({
      id: 'submodule-absent',
      level: 'warning',
      what: `${absent.length === 1 ? '1 submodule is' : `${absent.length} submodules are`} empty that x86 does not need`,
      detail: `${absent.join(', ')}. The image will lack files that a full checkout has; the bootstrap does not read them.`,
      hint: 'For the very same image as others build: git submodule update --init --recursive',
    });
  for (const { path, commit, actualCommit } of submodules) {
    if (commit === null || actualCommit === null || commit === actualCommit) continue;
    findings.push({
      id: `submodule-moved:${path}`,
      level: 'warning',
      what: `${path} is at another commit`,
      detail: `It is at ${actualCommit}, the checkout records ${commit}.`,
      hint: 'Unless you mean it: git submodule update --init --recursive',
    });
  }
  return findings;
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(osCodeOf(error) ?? '')) return false;
    return atPath(path, () => Promise.reject(error as Error));
  }
}
