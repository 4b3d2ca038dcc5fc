// The submodules of a checkout: which are there, which commits the tree records, which the x86 bootstrap cannot do without.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { Submodule } from '../../shared/model/image.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { askGit } from './git.ts';
import { readText } from './read-text.ts';

const STAGE0 = 'seed/stage0-posix';

/**
 * Submodules that end up in an x86 boot image's early chain, each with a file that is read there. Sources: stage0-posix 45d90f59, kaem.x86 and x86/*.kaem;
 * live-bootstrap 984b8322, lib/generator.py. The nested M2libc are part of what upstream's generator writes.
 */
const REQUIRED: readonly (readonly [submodule: string, file: string])[] = [
  ['builder-hex0', 'builder-hex0-x86-stage1.hex0'],
  ['builder-hex0', 'builder-hex0-x86-stage2.hex0'],
  [STAGE0, 'kaem.x86'],
  [`${STAGE0}/x86`, 'hex0_x86.hex0'],
  [`${STAGE0}/x86`, 'kaem-minimal.hex0'],
  [`${STAGE0}/M2libc`, 'bootstrappable.c'],
  [`${STAGE0}/M2-Planet`, 'cc.c'],
  [`${STAGE0}/M2-Planet/M2libc`, 'bootstrappable.c'],
  [`${STAGE0}/mescc-tools`, 'hex2.c'],
  [`${STAGE0}/mescc-tools/M2libc`, 'bootstrappable.c'],
  [`${STAGE0}/mescc-tools-extra`, 'sha256sum.c'],
  [`${STAGE0}/mescc-tools-extra/M2libc`, 'bootstrappable.c'],
  [`${STAGE0}/M2-Mesoplanet`, 'cc.c'],
  [`${STAGE0}/M2-Mesoplanet/M2libc`, 'bootstrappable.c'],
];

/** Throws CHECKOUT_SUBMODULE_MISSING, or CHECKOUT_INVALID when a submodule is there but not whole. */
export async function requireSubmodules(root: string): Promise<void> {
  for (const [submodule, file] of REQUIRED) {
    const names = await namesIn(join(root, submodule));
    if (names.length === 0) throw new SeedbedError('CHECKOUT_SUBMODULE_MISSING', { path: root, submodule });
    if (!names.includes(file))
      throw new SeedbedError('CHECKOUT_INVALID', { path: root, missing: `${submodule}/${file}` });
  }
}

export interface SubmoduleState extends Submodule {
  /** Commit that is really checked out there; null when it cannot be told. */
  actualCommit: string | null;
}

/** All submodules at every depth, sorted by path. */
export async function listSubmodules(root: string, signal?: AbortSignal): Promise<SubmoduleState[]> {
  const found = await inFolder(root, '', signal);
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Submodules nest two deep upstream; a checkout that goes on for ever is no checkout. */
const DEEPEST = 4;

async function inFolder(root: string, folder: string, signal?: AbortSignal): Promise<SubmoduleState[]> {
  const declared = folder.split('/').length <= DEEPEST * 2 ? await declaredIn(root, folder) : [];
  if (declared.length === 0) return [];
  const commits = await recordedCommits(join(root, folder), signal);
  const states = await Promise.all(
    declared.map(async (name): Promise<SubmoduleState[]> => {
      const path = folder === '' ? name : `${folder}/${name}`;
      const commit = commits.get(name) ?? null;
      const present = (await namesIn(join(root, path))).length > 0;
      if (!present) return [{ path, commit, state: 'absent', actualCommit: null }];
      const head = await askGit(join(root, path), ['rev-parse', 'HEAD'], signal);
      const actualCommit = head.kind === 'answer' ? head.text.trim() : null;
      const nested = await inFolder(root, path, signal);
      return [{ path, commit, state: 'present', actualCommit }, ...nested];
    }),
  );
  return states.flat();
}

/** The `path = …` lines of a .gitmodules file. */
async function declaredIn(root: string, folder: string): Promise<string[]> {
  let text: string;
  try {
    text = await readText(join(root, folder), '.gitmodules');
  } catch {
    return [];
  }
  const names = [...text.matchAll(/^\s*path\s*=\s*(\S+)\s*$/gm)].map(([, name = '']) => name);
  return names.filter((name) => name.split('/').every((part) => !['', '.', '..', '.git'].includes(part)));
}

/** Submodule path → commit that HEAD's tree records. Empty when that cannot be told. */
async function recordedCommits(folder: string, signal?: AbortSignal): Promise<Map<string, string>> {
  const answer = await askGit(folder, ['ls-tree', '-r', '-z', '--full-tree', 'HEAD'], signal);
  const commits = new Map<string, string>();
  if (answer.kind !== 'answer') return commits;
  for (const line of answer.text.split('\0')) {
    const [, commit, path] = /^160000 commit ([0-9a-f]{40,64})\t(.+)$/.exec(line) ?? [];
    if (commit !== undefined && path !== undefined) commits.set(path, commit);
  }
  return commits;
}

/** Names in a folder without git's own; none when there is no such folder. */
async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).filter((name) => name !== '.git');
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(osCodeOf(error) ?? '')) return [];
    return atPath(path, () => Promise.reject(error as Error));
  }
}
