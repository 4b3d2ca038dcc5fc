// What a mirror serves: a folder by its names, or the store by the names under which its files are wanted.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { DistfileStore } from '../distfiles/store.ts';
import { atPath } from '../os-errors.ts';
import type { FileSource } from './file-server.ts';

/** The plain files of a folder; hidden ones and folders are not there. Throws NOT_FOUND when the folder is not. */
export async function serveFolder(folder: string): Promise<FileSource> {
  const listNames = async (): Promise<string[]> => {
    const entries = await atPath(folder, () => readdir(folder, { withFileTypes: true }));
    return entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  };
  await listNames();
  return {
    find: (name) => Promise.resolve({ path: join(folder, name), sha256: null }),
    names: listNames,
  };
}

/** `hashes` maps names to hashes; a name whose file is not stored (yet) is not there. Files are found by their hash, too. */
export function serveStore(store: DistfileStore, hashes: ReadonlyMap<string, string>): FileSource {
  return {
    find(name) {
      const sha256 = hashes.get(name) ?? (/^[0-9a-f]{64}$/.test(name) ? name : null);
      return Promise.resolve(sha256 === null ? null : { path: store.pathOf(sha256), sha256 });
    },
    async names() {
      const all = [...hashes].sort(([a], [b]) => (a < b ? -1 : 1));
      const there = await Promise.all(
        all.map(([, sha256]) =>
          stat(store.pathOf(sha256)).then(
            () => true,
            () => false,
          ),
        ),
      );
      return all.filter((_, index) => there[index]).map(([name]) => name);
    },
  };
}
