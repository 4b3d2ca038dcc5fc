// Takes a file of the user's into the store: shared blocks where the file system can (reflink), a copy elsewhere. Never a hard link: the
// user may write to his file later. The copy is what is hashed, so that nothing can change between the check and the store.
import { constants, copyFile } from 'node:fs/promises';
import { atPath } from '../os-errors.ts';
import type { HashPool } from './hash-pool.ts';
import { type DistfileStore, removeIfThere, sealFile } from './store.ts';

/** Size of the file, which has this hash and is now stored; null when it is another, and nothing was done. */
export async function adoptFile(
  store: DistfileStore,
  pool: HashPool,
  path: string,
  sha256: string,
  beforeCommit: (sizeBytes: number) => Promise<void>,
): Promise<number | null> {
  const temporary = store.temporaryPath();
  try {
    await atPath(path, () => copyFile(path, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE));
    const copy = await pool.hash(temporary);
    if (copy.sha256 !== sha256) return null;
    await sealFile(temporary);
    await beforeCommit(copy.sizeBytes);
    await store.commit(temporary, sha256);
    return copy.sizeBytes;
  } finally {
    await removeIfThere(temporary);
  }
}
