// Disks of an earlier build at the same place that the present one has not got: left there, they would be taken for its own.
import { rm, stat } from 'node:fs/promises';
import { isSeedbedError } from '../../shared/errors.ts';
import type { DiskRole, ImageRecord } from '../../shared/model/image.ts';
import { diskPathFor } from './image-files.ts';
import { readImageRecord } from './image-record.ts';

/** The record of what is going to be replaced; null when there is none that can be read. */
export async function readReplaced(recordPath: string): Promise<ImageRecord | null> {
  try {
    return await readImageRecord(recordPath);
  } catch (error) {
    if (isSeedbedError(error)) return null;
    throw error;
  }
}

/** Removes files that `old` names and `roles` do not, beside `firstPath`; one of another size is none of Seedbed's any more and stays. */
export async function removeStaleDisks(
  old: ImageRecord,
  roles: readonly DiskRole[],
  firstPath: string,
): Promise<void> {
  const [first] = old.disks;
  for (const { role, sizeBytes } of old.disks.slice(1)) {
    if (roles.includes(role)) continue;
    const path = diskPathFor(firstPath, role, first.role);
    const found = await stat(path).catch(() => null);
    // The new image stands already: what cannot be removed is no reason to call it failed.
    if (found?.isFile() === true && found.size === sizeBytes) await rm(path).catch(() => undefined);
  }
}
