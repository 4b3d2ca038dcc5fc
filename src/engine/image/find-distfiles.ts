// Finds the distfiles of a build in the user's folder. Their hashes are compared while they are copied; here only that they are all there.
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type { Distfile } from '../checkout/checkout.ts';
import { checkSrcName } from '../formats/srcfs.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { PlannedEntry } from './lay-out.ts';

/** Where the bootstrap looks for them. */
export const DISTFILES_PATH = './external/distfiles';

/** One entry a distfile. Throws NOT_FOUND for the folder, DISTFILE_MISSING for the first file that is not there. */
export async function findDistfiles(distfiles: readonly Distfile[], folder: string): Promise<PlannedEntry[]> {
  await atPath(folder, () => stat(folder));
  const entries: PlannedEntry[] = [];
  const missing: Distfile[] = [];
  for (const distfile of distfiles) {
    const { name, sha256 } = distfile;
    checkSrcName(`${DISTFILES_PATH}/${name}`);
    const path = join(folder, name);
    const sizeBytes = await sizeOf(path);
    if (sizeBytes === null) missing.push(distfile);
    else
      entries.push({
        path: `${DISTFILES_PATH}/${name}`,
        sizeBytes,
        sha256,
        isFile: true,
        content: { kind: 'file', path, sizeBytes, sha256, distfile: name },
      });
  }
  const [first] = missing;
  if (first !== undefined)
    throw new SeedbedError('DISTFILE_MISSING', {
      name: first.name,
      sha256: first.sha256,
      folder,
      step: first.steps[0] ?? '',
      others: missing.length - 1,
    });
  return entries;
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
