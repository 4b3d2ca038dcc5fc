// Takes whatever is wanted out of folders and files, by hash: from a USB stick, another store, a mirror, an earlier download.
import { basename } from 'node:path';
import type { DistfileReport, Source, WantedDistfile } from '../../shared/model/distfile.ts';
import type { ProgressReport } from '../jobs.ts';
import { adoptFile } from './adopt-file.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { type FolderFile, indexFolders } from './folder-index.ts';
import { openHashPool } from './hash-pool.ts';
import type { DistfileStore } from './store.ts';

export interface ImportOptions {
  store: DistfileStore;
  evidence: EvidenceLog;
  cachePath: string;
  signal: AbortSignal;
  report: (progress: ProgressReport) => void;
}

export async function importFrom(
  from: readonly string[],
  wanted: readonly WantedDistfile[],
  { store, evidence, cachePath, signal, report }: ImportOptions,
): Promise<DistfileReport> {
  const pool = openHashPool({ signal });
  try {
    const label = from.length === 1 ? `Reading ${from[0]}` : `Reading ${from.length} folders and files`;
    const files = await indexFolders(from, {
      pool,
      signal,
      cachePath,
      onFile: (done, total) => report({ step: 'read', label, done, total, unit: 'files' }),
    });
    const found = new Map(files.map((file) => [file.sha256, file]));
    const missing: WantedDistfile[] = [];
    const take = (file: WantedDistfile, here: FolderFile): Promise<number | null> =>
      adoptFile(store, pool, here.path, file.sha256, () => evidence.add(lineFor('stored', file, here)));
    let alreadyThere = 0;
    let added = 0;
    let addedBytes = 0;
    for (const [index, file] of wanted.entries()) {
      signal.throwIfAborted();
      report({ step: 'import', label: 'Importing', done: index, total: wanted.length, unit: 'files' });
      const here = found.get(file.sha256);
      if ((await store.find(file.sha256)) !== null) {
        alreadyThere += 1;
        if (here !== undefined) await evidence.add(lineFor('agreed', file, here));
      } else if (here !== undefined && (await take(file, here)) !== null) {
        added += 1;
        addedBytes += here.sizeBytes;
      } else missing.push(file);
    }
    return {
      files: wanted.length,
      alreadyThere,
      added,
      addedBytes,
      receivedBytes: 0,
      missing: missing.map(({ name, sha256, urls, git, steps }) => ({
        ...{ name, sha256, urls, git, steps },
        failures: [],
      })),
      wrong: findNamesakes(files, missing),
    };
  } finally {
    await pool.close();
  }
}

/** Files with the name of a missing one, but other bytes: worth saying, since somebody meant them to fit. */
function findNamesakes(
  files: readonly FolderFile[],
  missing: readonly WantedDistfile[],
): DistfileReport['wrong'] {
  const names = new Set(missing.map(({ name }) => name));
  return files
    .filter(({ path }) => names.has(basename(path)))
    .map(({ path, sha256 }) => ({ path, name: basename(path), actualSha256: sha256 }));
}

function lineFor(
  event: 'stored' | 'agreed',
  { name, sha256 }: WantedDistfile,
  { path, sizeBytes }: FolderFile,
): Parameters<EvidenceLog['add']>[0] {
  const source: Source = { kind: 'folder', label: path, at: path };
  return { event, name, sha256, actualSha256: null, sizeBytes, source, transport: 'file', note: '' };
}
