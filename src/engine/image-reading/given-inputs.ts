// Inputs of an image that follow from no source and that its record does not hold: whoever wants them accounted for names them again.
import { SeedbedError } from '../../shared/errors.ts';
import type { ImageRecord } from '../../shared/model/image.ts';

export interface GivenInputs {
  /** Folder with the packages that were built before (rootfs.py --repo). */
  repoPath: string | null;
  /** Tar file of an early preseed (rootfs.py --early-preseed). */
  preseedPath: string | null;
}

export const NOTHING_GIVEN: GivenInputs = { repoPath: null, preseedPath: null };

/** What this disk was made with, as the record says. Packages lie beside the distfiles of a file system, a preseed where stage0 would be. */
export function checkGiven(
  path: string,
  record: ImageRecord | null,
  disk: 'boot' | 'file-system',
  { repoPath, preseedPath }: GivenInputs,
): void {
  const { earlyPreseed = false, repoPreseeded = false } = record?.configuration ?? {};
  if (repoPreseeded && disk === 'file-system' && repoPath === null) throw packagesNotRecorded(path);
  if (earlyPreseed && (disk === 'boot' || record?.kind === 'kernel') && preseedPath === null)
    throw new SeedbedError('INPUT_NOT_RECORDED', { path, what: 'an early preseed', option: 'early-preseed' });
}

export function packagesNotRecorded(path: string): SeedbedError {
  return new SeedbedError('INPUT_NOT_RECORDED', {
    path,
    what: 'packages that were built before',
    option: 'repo',
  });
}
