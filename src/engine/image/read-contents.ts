// Reads the checkout's files once, before anything is written: small ones stay in memory until then, large ones are read again and compared.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { TreeEntry } from '../checkout/tree.ts';
import { atPath } from '../os-errors.ts';
import { sha256Of } from './input-digest.ts';
import type { PlannedEntry } from './lay-out.ts';
import type { BuildOptions } from './image-plan.ts';

/** A checkout is 6.6 MB without distfiles; only a changed one comes near these. */
const SMALL_FILE_BYTES = 1024 * 1024;
const KEPT_BYTES = 32 * 1024 * 1024;

/** Files that are read at the same time. */
const AT_ONCE = 16;

/** An entry with its hash for each entry of the tree, in the same order. */
export async function readContents(
  tree: readonly TreeEntry[],
  { signal, report }: BuildOptions,
): Promise<PlannedEntry[]> {
  const entries: PlannedEntry[] = tree.map(({ path, file }) => ({
    path,
    sizeBytes: 0,
    sha256: sha256Of(''),
    isFile: file !== null,
    content: null,
  }));
  let next = 0;
  let done = 0;
  let kept = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < tree.length; index = next++) {
      const { path, file } = tree[index] ?? { path: '', file: null };
      if (signal?.aborted === true) throw new SeedbedError('CANCELLED', { kept: '' });
      if (file !== null) {
        entries[index] = await readContent(path, file, KEPT_BYTES - kept);
        const { content } = entries[index] ?? { content: null };
        if (content?.kind === 'bytes') kept += content.bytes.length;
      }
      done += 1;
      report?.({ step: 'read', label: 'Reading the checkout', done, total: tree.length, unit: 'files' });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return entries;
}

async function readContent(path: string, file: string, mayKeep: number): Promise<PlannedEntry> {
  return atPath(file, async () => {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stat = await handle.stat();
      const sizeBytes = stat.size;
      if (!stat.isFile()) throw new SeedbedError('FILE_CHANGED', { path: file });
      if (sizeBytes <= Math.min(SMALL_FILE_BYTES, mayKeep)) {
        const bytes = new Uint8Array(await handle.readFile());
        if (bytes.length !== sizeBytes) throw new SeedbedError('FILE_CHANGED', { path: file });
        const content = sizeBytes > 0 ? ({ kind: 'bytes', bytes } as const) : null;
        return { path, sizeBytes, sha256: sha256Of(bytes), isFile: true, content };
      }
      const hash = createHash('sha256');
      for await (const chunk of handle.createReadStream({ autoClose: false, end: sizeBytes - 1 }))
        hash.update(chunk as Buffer);
      const sha256 = hash.digest('hex');
      return {
        path,
        sizeBytes,
        sha256,
        isFile: true,
        content: { kind: 'file', path: file, sizeBytes, sha256, distfile: null },
      };
    } finally {
      await handle.close();
    }
  });
}
