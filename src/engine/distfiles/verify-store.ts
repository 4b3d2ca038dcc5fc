// Hashes every stored file again. What is no longer what its name says is taken out of the store, with a record.
import { join } from 'node:path';
import type { DamagedFile, VerifyReport } from '../../shared/model/distfile.ts';
import type { ProgressReport } from '../jobs.ts';
import { openHashPool } from './hash-pool.ts';
import type { DistfileStore, StoredFile } from './store.ts';

export interface VerifyOptions {
  signal: AbortSignal;
  /** Only these; all when absent. */
  only?: ReadonlySet<string> | undefined;
  names: ReadonlyMap<string, string>;
  report: (progress: ProgressReport) => void;
}

export async function verifyStore(
  store: DistfileStore,
  { signal, only, names, report }: VerifyOptions,
): Promise<VerifyReport> {
  const began = performance.now();
  const all = (await store.list()).filter(({ sha256 }) => only?.has(sha256) !== false);
  // The largest first: then all processors end at about the same time.
  const files = all.sort((a, b) => b.sizeBytes - a.sizeBytes);
  const total = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const pool = openHashPool({ signal });
  const damaged: DamagedFile[] = [];
  let done = 0;
  const tell = (): void =>
    report({ step: 'verify', label: 'Verifying the stored distfiles', done, total, unit: 'bytes' });
  tell();
  try {
    await Promise.all(
      files.map(async (file) => {
        const { sha256, sizeBytes } = await pool.hash(file.path);
        done += file.sizeBytes;
        tell();
        if (sha256 !== file.sha256)
          damaged.push(await setDamagedAside(store, file, sha256, sizeBytes, names.get(file.sha256) ?? null));
      }),
    );
  } finally {
    await pool.close();
  }
  return { files: files.length, bytes: total, elapsedMilliseconds: performance.now() - began, damaged };
}

async function setDamagedAside(
  store: DistfileStore,
  file: StoredFile,
  actualSha256: string,
  sizeBytes: number,
  name: string | null,
): Promise<DamagedFile> {
  const path = await store.setAside(file.path, {
    name: name ?? '',
    expectedSha256: file.sha256,
    actualSha256,
    sizeBytes,
    source: `the store itself (${join('sha256', file.sha256)}): damaged after it was stored`,
    at: new Date().toISOString(),
  });
  return { sha256: file.sha256, actualSha256, name, path };
}
