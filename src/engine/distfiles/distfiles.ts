// The distfiles of a data folder: what is there, and everything that brings files in and out. Hosts reach it through the contract.
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import type {
  ConfirmReport,
  DistfileReport,
  DistfileRow,
  DistfileTable,
  PlannedSources,
  PruneReport,
  VerifyReport,
  WantedDistfile,
} from '../../shared/model/distfile.ts';
import type { JobContext } from '../jobs.ts';
import { claimRun } from '../run/run-claim.ts';
import type { SettingsFile } from '../settings.ts';
import { confirmWanted } from './confirm-wanted.ts';
import { openEvidenceLog } from './evidence-log.ts';
import { exportFolder, type ExportReport } from './export-folder.ts';
import { readFailures } from './failure-record.ts';
import { type FetchChoices, type FetchSetting, fetchWanted } from './fetch-wanted.ts';
import { openHashPool } from './hash-pool.ts';
import { importFrom } from './import-folder.ts';
import { DEFAULT_LIMITS, type FetchLimits } from './limits.ts';
import { listSources } from './list-sources.ts';
import { createLiveTable, describeRow, totalRows } from './live-table.ts';
import { pruneStore, type PruneOptions, tidyStore } from './prune-store.ts';
import { createReceiver, type FileReceiver } from './receive-files.ts';
import { type DistfileStore, openStore } from './store.ts';
import { verifyStore } from './verify-store.ts';
import { watchFolder } from './watch-folder.ts';

export interface Distfiles {
  store: DistfileStore;
  /** Path of the stored file with this hash, or null. */
  resolve(sha256: string): Promise<string | null>;
  list(wanted: readonly WantedDistfile[]): Promise<DistfileRow[]>;
  /** The whole table, then the rows that changed, at most ten times a second. */
  watch(wanted: readonly WantedDistfile[], signal?: AbortSignal): AsyncGenerator<DistfileTable, void, void>;
  /** Throws DISTFILES_BUSY, CANCELLED, DISK_FULL …; files that no source gave are in the report. */
  fetch(
    wanted: readonly WantedDistfile[],
    choices: FetchChoices,
    context: JobContext,
  ): Promise<DistfileReport>;
  verify(context: JobContext, only?: ReadonlySet<string>): Promise<VerifyReport>;
  /** Who else gives the same bytes of what is stored. */
  confirm(
    wanted: readonly WantedDistfile[],
    choices: FetchChoices,
    context: JobContext,
  ): Promise<ConfirmReport>;
  /** In which order the sources of each would be asked now; nobody is asked. */
  sources(wanted: readonly WantedDistfile[]): Promise<PlannedSources[]>;
  /** `from`: folders and files. */
  import(
    from: string | readonly string[],
    wanted: readonly WantedDistfile[],
    context: JobContext,
  ): Promise<DistfileReport>;
  /** Files that come in pieces; `run` is the work of a job. */
  receive(wanted: readonly WantedDistfile[], totalBytes: number): FileReceiver;
  /** Throws DISTFILES_INCOMPLETE when one of them is not stored. */
  exportTo(
    folder: string,
    wanted: readonly WantedDistfile[],
    context: JobContext & { link: boolean },
  ): Promise<ExportReport>;
  prune(options: PruneOptions): Promise<PruneReport>;
  /** Names under which files were stored, by hash. */
  names(): Promise<Map<string, string>>;
}

export interface DistfilesOptions {
  settings: SettingsFile;
  env: NodeJS.ProcessEnv;
  limits?: FetchLimits;
}

/** A page that sends nothing for so long is gone: nobody else may write to the store meanwhile. */
const RECEIVE_IDLE_MS = 30_000;

export async function openDistfiles(
  root: string,
  { settings, env, limits = DEFAULT_LIMITS }: DistfilesOptions,
): Promise<Distfiles> {
  const store = await openStore(root);
  const evidence = openEvidenceLog(root);
  const live = createLiveTable();
  /** Its changes are told row by row. */
  let ownWork = 0;
  const outside = watchFolder(store.files, () => {
    if (ownWork === 0) live.touchAll();
  });
  const paths = {
    folderCache: join(root, 'folder-cache.json'),
    failures: join(root, 'failures.json'),
    healths: join(root, 'mirrors.json'),
  };

  const setting: FetchSetting = { store, evidence, live, settings, env, limits, paths };

  /** One at a time writes to the store, whatever host it is in. */
  async function alone<T>(work: () => Promise<T>, { tidy = true } = {}): Promise<T> {
    const claim = await claimRun(root);
    if (claim === null) throw new SeedbedError('DISTFILES_BUSY', { path: root });
    ownWork += 1;
    try {
      if (tidy) await tidyStore(store);
      return await work();
    } finally {
      await outside.settle();
      ownWork -= 1;
      await claim.release();
    }
  }

  async function list(wanted: readonly WantedDistfile[]): Promise<DistfileRow[]> {
    const [sizes, known, failed] = await Promise.all([
      storedSizes(store, wanted),
      evidence.read(),
      readFailures(paths.failures),
    ]);
    return wanted.map((file) => {
      const now = live.get(file.sha256);
      const before = now.state === null ? (failed.get(file.sha256) ?? []) : [];
      const shown = before.length === 0 ? now : { ...now, state: 'failed' as const, failures: before };
      return describeRow(file, sizes.get(file.sha256) ?? null, shown, known.get(file.sha256));
    });
  }

  return {
    store,
    resolve: async (sha256) => (await store.find(sha256))?.path ?? null,
    list,
    async *watch(wanted, signal) {
      const rows = new Map<string, DistfileRow>();
      const stopLooking = outside.watch();
      try {
        for await (const changed of live.watchChanges(signal)) {
          const fresh = await list(
            changed === null ? wanted : wanted.filter((file) => changed.has(file.sha256)),
          );
          for (const row of fresh) rows.set(row.name, row);
          yield { totals: totalRows([...rows.values()]), rows: fresh };
        }
      } finally {
        stopLooking();
      }
    },
    fetch: (wanted, choices, context) => alone(() => fetchWanted(wanted, choices, context, setting)),
    confirm: (wanted, choices, context) =>
      orCancelled(context.signal, 'What was found out until then is kept.', () =>
        confirmWanted(wanted, choices, context, setting),
      ),
    sources: (wanted) => listSources(wanted, setting),
    verify: async ({ signal, report }, only) =>
      orCancelled(signal, 'Nothing was changed.', async () => {
        const found = await verifyStore(store, { signal, only, report, names: await evidence.names() });
        for (const { sha256 } of found.damaged) live.touch(sha256);
        return found;
      }),
    import: (from, wanted, { signal, report }) =>
      alone(() =>
        orCancelled(signal, 'Files that were imported stay.', () =>
          importFrom(typeof from === 'string' ? [from] : from, wanted, {
            ...{ store, evidence, signal, report },
            cachePath: paths.folderCache,
          }).finally(() => live.touchAll()),
        ),
      ),
    receive(wanted, totalBytes) {
      const receiver = createReceiver(wanted, {
        ...{ store, evidence, totalBytes },
        idleMilliseconds: RECEIVE_IDLE_MS,
        onStored: (sha256) => live.touch(sha256),
      });
      const run = (context: JobContext): Promise<DistfileReport> =>
        alone(() => receiver.run(context)).catch((error: unknown) => {
          receiver.fail(error);
          throw error;
        });
      return { ...receiver, run };
    },
    exportTo: async (folder, wanted, { signal, report, link }) => {
      const rows = await list(wanted);
      requireAll(rows);
      const pool = openHashPool({ signal });
      try {
        return await orCancelled(signal, 'Files that were written stay.', () =>
          exportFolder(folder, wanted, { store, pool, signal, link, report }),
        );
      } finally {
        await pool.close();
      }
    },
    prune: (options) =>
      alone(() => pruneStore(store, options).finally(() => live.touchAll()), { tidy: false }),
    names: () => evidence.names(),
  };
}

/** More rows than this are found quicker in a list of the whole store. */
const FEW_ROWS = 32;

async function storedSizes(
  store: DistfileStore,
  wanted: readonly WantedDistfile[],
): Promise<Map<string, number>> {
  const files =
    wanted.length > FEW_ROWS
      ? await store.list()
      : await Promise.all(wanted.map(({ sha256 }) => store.find(sha256)));
  return new Map(files.flatMap((file) => (file === null ? [] : [[file.sha256, file.sizeBytes]])));
}

/** Throws DISTFILES_INCOMPLETE when a file is not in the store. */
export function requireAll(rows: readonly DistfileRow[]): void {
  const missing = rows.filter(({ state }) => state !== 'present');
  const [first] = missing;
  if (first === undefined) return;
  throw new SeedbedError('DISTFILES_INCOMPLETE', {
    missing: missing.length,
    files: rows.length,
    first: first.name,
    why:
      (first.failures.find(({ cause }) => cause !== 'host-down') ?? first.failures[0])?.detail ??
      'it was not fetched yet',
  });
}

async function orCancelled<T>(signal: AbortSignal, kept: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw new SeedbedError('CANCELLED', { kept }, { cause: error });
    throw error;
  }
}
