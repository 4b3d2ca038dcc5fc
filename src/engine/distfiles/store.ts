// The content-addressed store: distfiles/sha256/<hash> holds bytes with that hash and nothing else, ever. A file gets that name by a rename,
// after its bytes were hashed and synced; what turned out to be something else goes to distfiles/set-aside with a record.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../atomic-file.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

export interface StoredFile {
  sha256: string;
  path: string;
  sizeBytes: number;
}

/** What a wrong file was meant to be, and where it came from: set-aside/<real hash>.json. */
export interface SetAsideRecord {
  name: string;
  expectedSha256: string;
  actualSha256: string;
  sizeBytes: number;
  source: string;
  at: string;
}

export interface DistfileStore {
  /** distfiles/ itself, for the records beside the files. */
  root: string;
  files: string;
  setAsideFolder: string;
  /** Clones that snapshots are made from. */
  gitFolder: string;
  pathOf(sha256: string): string;
  /** The file with this hash, or null. Its bytes were checked when it was stored. */
  find(sha256: string): Promise<StoredFile | null>;
  /** All files, by hash. */
  list(): Promise<StoredFile[]>;
  /** A new name in the store's own file system. */
  temporaryPath(): string;
  /** Give a synced, read-only file, whose hash the caller has checked, its name. */
  commit(temporary: string, sha256: string): Promise<void>;
  /** Take a wrong file away; returns where it is now. */
  setAside(path: string, record: SetAsideRecord): Promise<string>;
}

/** Nobody may write to a stored file by accident: exports may share its bytes. */
export const STORED_MODE = 0o444;
const HASH_NAME = /^[0-9a-f]{64}$/;
export const TEMPORARY_ENDING = '.tmp';

export async function openStore(root: string): Promise<DistfileStore> {
  const files = join(root, 'sha256');
  const setAsideFolder = join(root, 'set-aside');
  await atPath(files, () => mkdir(files, { recursive: true }));
  const pathOf = (sha256: string): string => {
    if (!HASH_NAME.test(sha256)) throw new Error(`not a sha256: ${sha256}`);
    return join(files, sha256);
  };

  return {
    root,
    files,
    setAsideFolder,
    gitFolder: join(root, 'git'),
    pathOf,
    find: (sha256) => describe(pathOf(sha256), sha256),
    async list() {
      const names = await atPath(files, () => readdir(files));
      const hashes = names.filter((name) => HASH_NAME.test(name)).sort();
      const found = await Promise.all(hashes.map((sha256) => describe(pathOf(sha256), sha256)));
      return found.filter((file) => file !== null);
    },
    temporaryPath: () => join(files, `${randomBytes(8).toString('hex')}${TEMPORARY_ENDING}`),
    commit: (temporary, sha256) => atPath(temporary, () => rename(temporary, pathOf(sha256))),
    async setAside(path, record) {
      await atPath(setAsideFolder, () => mkdir(setAsideFolder, { recursive: true }));
      const kept = join(setAsideFolder, record.actualSha256);
      await atPath(path, () => rename(path, kept));
      await writeFileAtomically(`${kept}.json`, `${JSON.stringify(record, null, 2)}\n`);
      return kept;
    },
  };
}

async function describe(path: string, sha256: string): Promise<StoredFile | null> {
  try {
    const facts = await stat(path);
    return facts.isFile() ? { sha256, path, sizeBytes: facts.size } : null;
  } catch (error) {
    if (osCodeOf(error) === 'ENOENT') return null;
    return atPath(path, () => Promise.reject(error as Error));
  }
}

/** Bytes on the device before the name changes, and nobody may write to them from now on. */
export async function sealFile(path: string): Promise<void> {
  await atPath(path, async () => {
    // For reading: a copy of a read-only file is read-only itself.
    const handle = await open(path, 'r');
    try {
      await handle.chmod(STORED_MODE);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

export async function removeIfThere(path: string): Promise<void> {
  await atPath(path, () => rm(path, { force: true, recursive: true }));
}
