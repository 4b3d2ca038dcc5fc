// Finds the distfiles of a build, in the store or in the user's folder. Their hashes are compared while they are copied; here only that they are there.
import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { WantedDistfile } from '../../shared/model/distfile.ts';
import type { Checkout } from '../checkout/checkout.ts';
import { readPreNetworkDistfiles } from '../checkout/pre-network-distfiles.ts';
import { wantedDistfiles } from '../checkout/wanted-distfiles.ts';
import type { DistfileStore } from '../distfiles/store.ts';
import { checkSrcName } from '../formats/srcfs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { FileContent } from './disk-entry.ts';

/** Where the bootstrap looks for them. */
export const DISTFILES_PATH = './external/distfiles';

/** Seedbed's own store, or a folder with the files by name. */
export type DistfileSource =
  { from: 'store'; store: Pick<DistfileStore, 'find' | 'root'> } | { from: 'folder'; path: string };

export type NeededDistfile = Pick<WantedDistfile, 'name' | 'sha256' | 'steps' | 'preNetwork'>;

export interface FoundDistfile {
  name: string;
  sha256: string;
  sizeBytes: number;
  preNetwork: boolean;
  content: FileContent;
}

export interface DistfileSearch {
  found: FoundDistfile[];
  missing: NeededDistfile[];
}

/** Those that an image carries, in the order in which the manifest needs them: before the machine has a network, or all. Throws CHECKOUT_UNREADABLE. */
export async function neededDistfiles(
  checkout: Pick<Checkout, 'path'>,
  wanted: 'pre-network' | 'all',
): Promise<NeededDistfile[]> {
  const early = (await readPreNetworkDistfiles(checkout)).map((file) => ({ ...file, preNetwork: true }));
  if (wanted === 'pre-network') return early;
  const names = new Set(early.map(({ name }) => name));
  const all = await wantedDistfiles(checkout);
  return [...early, ...all.filter(({ name }) => !names.has(name))];
}

/** In the order of `wanted`. Throws NOT_FOUND for the folder, SRCFS_NAME_REFUSED. */
export async function findDistfiles(
  wanted: readonly NeededDistfile[],
  source: DistfileSource,
): Promise<DistfileSearch> {
  if (source.from === 'folder') await atPath(source.path, () => stat(resolve(source.path)));
  const search: DistfileSearch = { found: [], missing: [] };
  for (const distfile of wanted) {
    const { name, sha256, preNetwork } = distfile;
    checkSrcName(`${DISTFILES_PATH}/${name}`);
    const file = await locate(distfile, source);
    if (file === null) {
      search.missing.push(distfile);
      continue;
    }
    const { path, sizeBytes } = file;
    const content: FileContent = { kind: 'file', path, sizeBytes, sha256, distfile: name };
    search.found.push({ name, sha256, sizeBytes, preNetwork, content });
  }
  return search;
}

/** Throws DISTFILE_MISSING for the first that is not there. */
export function requireDistfiles(
  { found, missing }: DistfileSearch,
  source: DistfileSource,
): FoundDistfile[] {
  const [first] = missing;
  if (first !== undefined)
    throw new SeedbedError('DISTFILE_MISSING', {
      name: first.name,
      sha256: first.sha256,
      folder: source.from === 'folder' ? resolve(source.path) : source.store.root,
      step: first.steps[0] ?? '',
      others: missing.length - 1,
    });
  return found;
}

async function locate(
  { name, sha256 }: NeededDistfile,
  source: DistfileSource,
): Promise<{ path: string; sizeBytes: number } | null> {
  if (source.from === 'store') return source.store.find(sha256);
  const path = join(resolve(source.path), name);
  const sizeBytes = await sizeOf(path);
  return sizeBytes === null ? null : { path, sizeBytes };
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(osCodeOf(error) ?? '')) return null;
    return atPath(path, () => Promise.reject(error as Error));
  }
}
