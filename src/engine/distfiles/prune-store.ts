// Removes what is no longer of use from the store's folders, and says what; or only says it.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PruneReport } from '../../shared/model/distfile.ts';
import { atPath } from '../os-errors.ts';
import { PARTIAL_ENDING } from './partial-file.ts';
import { type DistfileStore, removeIfThere, TEMPORARY_ENDING } from './store.ts';

export interface PruneOptions {
  dryRun: boolean;
  /** Keep only stored files with these hashes; null keeps all. */
  keep: ReadonlySet<string> | null;
  /** Also the clones that snapshots are made from. */
  git: boolean;
}

type Removal = PruneReport['removed'][number];

/** Nothing may be fetching meanwhile. */
export async function pruneStore(
  store: DistfileStore,
  { dryRun, keep, git }: PruneOptions,
): Promise<PruneReport> {
  const removed: Removal[] = [];
  for (const name of await atPath(store.files, () => readdir(store.files))) {
    const why = whyRemove(name, keep);
    if (why !== null) removed.push(await describe(join(store.files, name), why));
  }
  removed.push(...(await describeAll(store.setAsideFolder, 'set-aside')));
  if (git) removed.push(...(await describeAll(store.gitFolder, 'git-clone')));
  if (!dryRun) for (const { path } of removed) await removeIfThere(path);
  return { dryRun, removed, freedBytes: removed.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** What killed processes leave behind that no later one takes up. Nothing may be fetching meanwhile. */
export async function tidyStore(store: DistfileStore): Promise<void> {
  const names = new Set(await atPath(store.files, () => readdir(store.files)));
  for (const name of names) {
    const isOrphan = name.endsWith(`${PARTIAL_ENDING}.json`) && !names.has(name.slice(0, -'.json'.length));
    if (isOrphan || name.endsWith(TEMPORARY_ENDING)) await removeIfThere(join(store.files, name));
  }
}

function whyRemove(name: string, keep: ReadonlySet<string> | null): Removal['why'] | null {
  if (name.endsWith(PARTIAL_ENDING) || name.endsWith(`${PARTIAL_ENDING}.json`)) return 'half-fetched';
  if (name.endsWith(TEMPORARY_ENDING)) return 'left-over';
  return keep !== null && /^[0-9a-f]{64}$/.test(name) && !keep.has(name) ? 'not-wanted' : null;
}

async function describeAll(folder: string, why: Removal['why']): Promise<Removal[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.sort().map((name) => describe(join(folder, name), why)));
}

async function describe(path: string, why: Removal['why']): Promise<Removal> {
  return { path, why, sizeBytes: await sizeOf(path) };
}

async function sizeOf(path: string): Promise<number> {
  const facts = await atPath(path, () => stat(path));
  if (!facts.isDirectory()) return facts.size;
  const names = await atPath(path, () => readdir(path));
  const sizes = await Promise.all(names.map((name) => sizeOf(join(path, name)).catch(() => 0)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
