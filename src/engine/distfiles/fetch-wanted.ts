// A fetch from beginning to end: what is missing, the user's folders, the mirrors in their order, the download, the record of what failed.
import { syncFolder } from '../atomic-file.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { DistfileReport, WantedDistfile } from '../../shared/model/distfile.ts';
import type { DistfileSettings } from '../../shared/model/settings.ts';
import type { JobContext } from '../jobs.ts';
import { listArchives, listMirrors } from '../mirror/known-mirrors.ts';
import type { SettingsFile } from '../settings.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { chooseMirrors, searchFolders } from './before-fetch.ts';
import { writeFailures } from './failure-record.ts';
import { fetchAll, type FetchAllResult } from './fetch-all.ts';
import { createFetchProgress } from './fetch-progress.ts';
import { openGitSnapshots } from './git-snapshot.ts';
import { openHashPool } from './hash-pool.ts';
import { createHostGate, type HostGate } from './host-gate.ts';
import { createHttpClient } from './http-client.ts';
import type { FetchLimits } from './limits.ts';
import type { LiveTable } from './live-table.ts';
import { planSources } from './source-plan.ts';
import type { DistfileStore } from './store.ts';
import { openWriteThread } from './write-thread.ts';

/** What this fetch does otherwise than the settings say. */
export interface FetchChoices {
  /** Asked before all others. */
  mirrors: readonly string[];
  /** Searched besides those of the settings. */
  folders: readonly string[];
  change: Partial<Omit<DistfileSettings, 'folders' | 'ownMirrors'>>;
}

/** Each keeps a processor busy. */
const SNAPSHOTS_AT_A_TIME = 2;

export interface FetchSetting {
  store: DistfileStore;
  evidence: EvidenceLog;
  live: LiveTable;
  settings: SettingsFile;
  env: NodeJS.ProcessEnv;
  limits: FetchLimits;
  paths: { folderCache: string; failures: string; healths: string };
}

export async function fetchWanted(
  wanted: readonly WantedDistfile[],
  choices: FetchChoices,
  { signal, report }: JobContext,
  { store, evidence, live, settings: file, env, limits, paths }: FetchSetting,
): Promise<DistfileReport> {
  const all = await file.get();
  const settings = { ...all.distfiles, ...choices.change };
  const files = [...new Map(wanted.map((one) => [one.sha256, one])).values()];
  const stored = new Set((await store.list()).map(({ sha256 }) => sha256));
  const absent = files.filter(({ sha256 }) => !stored.has(sha256));
  const client = createHttpClient(limits, env);
  const pool = openHashPool({ signal });
  const thread = openWriteThread();
  const progress = createFetchProgress(absent.length, report);
  try {
    const folders = [...choices.folders, ...settings.folders];
    const found =
      absent.length === 0
        ? new Map<string, string[]>()
        : await searchFolders(folders, { pool, signal, report, cachePath: paths.folderCache });
    const remote = absent.filter(({ sha256 }) => !found.has(sha256));
    const { mirrors, silent } = await chooseMirrors(listMirrors(settings, choices.mirrors), remote, {
      client,
      signal,
      report,
      recordPath: paths.healths,
    });
    const archives = listArchives(settings);
    const gate = openGate(settings, limits);
    for (const { url, detail } of silent)
      for (let time = 0; time < limits.hostDownAfter; time += 1)
        gate.report(new URL(url).host, { kind: 'silence', detail });
    const result = await fetchAll(absent, {
      tools: {
        ...{ store, evidence, client, thread, pool, limits, signal },
        git: openGitSnapshots(store, { env, map: all.checkout.map }),
      },
      ...{ gate, live, progress },
      parallel: settings.parallel,
      sourcesOf: (one) =>
        planSources(one, { settings, mirrors, archives, found: found.get(one.sha256) ?? [] }),
    });
    await syncFolder(store.files);
    const failures = result.missing.map(({ wanted: { sha256 }, failures: why }) => [sha256, why] as const);
    await writeFailures(
      paths.failures,
      absent.map(({ sha256 }) => sha256),
      new Map(failures),
    );
    return describeReport(files.length, files.length - absent.length, result, progress.receivedBytes);
  } catch (error) {
    if (!signal.aborted) throw error;
    const here = (await store.list()).filter(({ sha256 }) =>
      files.some((one) => one.sha256 === sha256),
    ).length;
    const kept = `${here} of ${files.length} distfiles are in the store, and half-fetched ones go on where they stopped.`;
    throw new SeedbedError('CANCELLED', { kept }, { cause: error });
  } finally {
    client.close();
    await thread.close();
    await pool.close();
  }
}

export function openGate(
  { parallelPerHost }: Pick<DistfileSettings, 'parallelPerHost'>,
  { hostDownAfter, hostDownMilliseconds }: FetchLimits,
): HostGate {
  return createHostGate({
    perHost: (host) => (host === 'git' ? SNAPSHOTS_AT_A_TIME : parallelPerHost),
    downAfter: hostDownAfter,
    downMilliseconds: hostDownMilliseconds,
  });
}

function describeReport(
  files: number,
  alreadyThere: number,
  { stored, storedBytes, missing }: FetchAllResult,
  receivedBytes: number,
): DistfileReport {
  return {
    files,
    alreadyThere,
    added: stored.length,
    addedBytes: storedBytes,
    receivedBytes,
    missing: missing.map(({ wanted: { name, sha256, urls, git, steps }, failures }) => ({
      ...{ name, sha256, urls, git, steps },
      failures,
    })),
    wrong: [],
  };
}
