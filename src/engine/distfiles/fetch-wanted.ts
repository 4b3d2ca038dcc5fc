// A fetch from beginning to end: what is missing, the user's folders, the mirrors in their order, the download, the record of what failed.
import { syncFolder } from '../atomic-file.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { DistfileReport, WantedDistfile } from '../../shared/model/distfile.ts';
import type { Mirror, MirrorHealth } from '../../shared/model/mirror.ts';
import type { DistfileSettings } from '../../shared/model/settings.ts';
import type { JobContext } from '../jobs.ts';
import { listArchives, listMirrors } from '../mirror/known-mirrors.ts';
import {
  checkMirror,
  chooseSample,
  orderMirrors,
  readHealths,
  writeHealths,
} from '../mirror/mirror-health.ts';
import type { SettingsFile } from '../settings.ts';
import type { EvidenceLog } from './evidence-log.ts';
import { writeFailures } from './failure-record.ts';
import { fetchAll, type FetchAllResult } from './fetch-all.ts';
import { createFetchProgress } from './fetch-progress.ts';
import { indexFolders } from './folder-index.ts';
import { openGitSnapshots } from './git-snapshot.ts';
import { type HashPool, openHashPool } from './hash-pool.ts';
import { createHostGate } from './host-gate.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import type { FetchLimits } from './limits.ts';
import type { LiveTable } from './live-table.ts';
import { planSources } from './source-plan.ts';
import type { DistfileStore } from './store.ts';

/** What this fetch does otherwise than the settings say. */
export interface FetchChoices {
  /** Asked before all others. */
  mirrors: readonly string[];
  /** Searched besides those of the settings. */
  folders: readonly string[];
  change: Partial<Omit<DistfileSettings, 'folders' | 'ownMirrors'>>;
}

export interface FetchSetting {
  store: DistfileStore;
  evidence: EvidenceLog;
  live: LiveTable;
  settings: SettingsFile;
  env: NodeJS.ProcessEnv;
  limits: FetchLimits;
  paths: { folderCache: string; failures: string; healths: string };
}

/** Snapshots at a time: each keeps a processor busy. */
const SNAPSHOTS_AT_A_TIME = 2;
/** A look at the mirrors is good for so long; a few requests each tell enough to choose the order. */
const HEALTH_HOURS = 12;
const HEALTH_SAMPLE = 4;

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
  const progress = createFetchProgress(absent.length, report);
  try {
    const folders = [...choices.folders, ...settings.folders];
    const found =
      absent.length === 0
        ? new Map<string, string[]>()
        : await searchFolders(folders, pool, { signal, report, paths });
    const remote = absent.filter(({ sha256 }) => !found.has(sha256));
    const mirrors = await bestMirrors(listMirrors(settings, choices.mirrors), remote, {
      client,
      signal,
      paths,
      report,
    });
    const archives = listArchives(settings);
    const result = await fetchAll(absent, {
      tools: {
        ...{ store, evidence, client, pool, limits, signal },
        git: openGitSnapshots(store, { env, map: all.checkout.map }),
      },
      gate: createHostGate({
        perHost: (host) => (host === 'git' ? SNAPSHOTS_AT_A_TIME : settings.parallelPerHost),
        downAfter: limits.hostDownAfter,
        downMilliseconds: limits.hostDownMilliseconds,
      }),
      ...{ live, progress },
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
    return describeReport(
      files.length,
      files.length - absent.length,
      result,
      progress.receivedBytes,
      await sizesOf(store, result),
    );
  } catch (error) {
    if (!signal.aborted) throw error;
    const here = (await store.list()).filter(({ sha256 }) =>
      files.some((one) => one.sha256 === sha256),
    ).length;
    const kept = `${here} of ${files.length} distfiles are in the store, and half-fetched ones go on where they stopped.`;
    throw new SeedbedError('CANCELLED', { kept }, { cause: error });
  } finally {
    client.close();
    await pool.close();
  }
}

/** Hashes → paths in the user's folders. A folder that is away just now (a stick) is no reason to stop. */
async function searchFolders(
  folders: readonly string[],
  pool: HashPool,
  { signal, report, paths }: Pick<JobContext, 'signal' | 'report'> & Pick<FetchSetting, 'paths'>,
): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const folder of new Set(folders)) {
    const files = await indexFolders([folder], {
      pool,
      signal,
      cachePath: paths.folderCache,
      onFile: (done, total) =>
        report({ step: `folder ${folder}`, label: `Looking into ${folder}`, done, total, unit: 'files' }),
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof SeedbedError && (error.code === 'NOT_FOUND' || error.code === 'PERMISSION_DENIED'))
        return [];
      throw error;
    });
    for (const { sha256, path } of files) found.set(sha256, [...(found.get(sha256) ?? []), path]);
  }
  return found;
}

/** Mirrors that are on, best first; asked how they are when that was not known lately and it matters. */
async function bestMirrors(
  listed: readonly Mirror[],
  absent: readonly WantedDistfile[],
  {
    client,
    signal,
    paths,
    report,
  }: { client: HttpClient; signal: AbortSignal } & Pick<FetchSetting, 'paths'> & Pick<JobContext, 'report'>,
): Promise<Mirror[]> {
  const mirrors = listed.filter(({ on }) => on);
  const known = await readHealths(paths.healths);
  const isFresh = ({ checkedAt }: MirrorHealth): boolean =>
    Date.now() - Date.parse(checkedAt) < HEALTH_HOURS * 3_600_000;
  const lately = new Map(known.filter(isFresh).map((health) => [health.url, health]));
  const unknown = mirrors.filter(({ url, origin }) => origin !== 'command' && !lately.has(url));
  if (mirrors.length < 2 || unknown.length === 0 || absent.length <= HEALTH_SAMPLE)
    return orderMirrors(mirrors, [...lately.values()]);
  report({ step: 'mirrors', label: 'Asking the mirrors', done: 0, total: unknown.length, unit: 'steps' });
  const sample = chooseSample(absent, HEALTH_SAMPLE);
  const fresh = await Promise.all(unknown.map((mirror) => checkMirror(mirror, sample, { client, signal })));
  await writeHealths(paths.healths, fresh);
  return orderMirrors(mirrors, [...lately.values(), ...fresh]);
}

async function sizesOf(store: DistfileStore, { stored }: FetchAllResult): Promise<number> {
  const sizes = await Promise.all(
    stored.map(async ({ sha256 }) => (await store.find(sha256))?.sizeBytes ?? 0),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

function describeReport(
  files: number,
  alreadyThere: number,
  { stored, missing }: FetchAllResult,
  receivedBytes: number,
  addedBytes: number,
): DistfileReport {
  return {
    files,
    alreadyThere,
    added: stored.length,
    addedBytes,
    receivedBytes,
    missing: missing.map(({ wanted: { name, sha256, urls, git, steps }, failures }) => ({
      ...{ name, sha256, urls, git, steps },
      failures,
    })),
    wrong: [],
  };
}
