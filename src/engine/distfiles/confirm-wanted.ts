// Asks the other sources of stored files for the same bytes, and keeps who agrees: one mirror that gave a file proves less than three.
// Nothing that comes is stored; it is hashed and forgotten.
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { orderMirrors, readHealths } from '../mirror/mirror-health.ts';
import { listArchives, listMirrors } from '../mirror/known-mirrors.ts';
import type { ConfirmReport, Evidence, Source, WantedDistfile } from '../../shared/model/distfile.ts';
import type { JobContext } from '../jobs.ts';
import { searchFolders } from './before-fetch.ts';
import { transportOf } from './evidence-log.ts';
import { FetchFailure, failureOfStatus, isFetchFailure } from './fetch-failure.ts';
import { hostOf } from './fetch-file.ts';
import { type FetchChoices, type FetchSetting, openGate } from './fetch-wanted.ts';
import { type GitSnapshots, openGitSnapshots } from './git-snapshot.ts';
import { openHashPool } from './hash-pool.ts';
import type { HostGate } from './host-gate.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import type { Delivery } from './note-delivery.ts';
import { planSources } from './source-plan.ts';
import { removeIfThere } from './store.ts';

/** What one source gave. */
type Given = Delivery & { sha256: string };

/** Throws CANCELLED's reason and what makes going on useless. What was found out until then is kept. */
export async function confirmWanted(
  wanted: readonly WantedDistfile[],
  choices: FetchChoices,
  { signal, report }: JobContext,
  setting: FetchSetting,
): Promise<ConfirmReport> {
  const { store, evidence, live, env, limits, paths } = setting;
  const all = await setting.settings.get();
  const settings = { ...all.distfiles, ...choices.change };
  const here = new Set((await store.list()).map(({ sha256 }) => sha256));
  const files = wanted.filter(({ sha256 }) => here.has(sha256));
  const known = await evidence.read();
  const client = createHttpClient(limits, env);
  const pool = openHashPool({ signal });
  const gate = openGate(settings, limits);
  const git = openGitSnapshots(store, { env, map: all.checkout.map });
  const outcome: ConfirmReport = {
    files: files.length,
    agreed: 0,
    confirmed: 0,
    receivedBytes: 0,
    wrong: [],
    silent: [],
  };

  async function ask(file: WantedDistfile, source: Source): Promise<void> {
    const { name, sha256 } = file;
    try {
      const given = await askSource(file, source, {
        client,
        git,
        gate,
        signal,
        temporaryPath: store.temporaryPath(),
        largestFileBytes: limits.largestFileBytes,
      });
      const { sha256: actual, ...delivery } = given;
      outcome.receivedBytes += source.kind === 'folder' ? 0 : delivery.sizeBytes;
      const isSame = actual === sha256;
      if (isSame) outcome.agreed += 1;
      else outcome.wrong.push({ name, source, actualSha256: actual });
      await evidence.add({
        ...{ event: isSame ? 'agreed' : 'wrong', name, sha256, actualSha256: isSame ? null : actual },
        ...{ source, ...delivery },
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!isFetchFailure(error)) throw error;
      outcome.silent.push({ name, source, detail: error.message });
    }
  }

  try {
    const folders = [...choices.folders, ...settings.folders];
    const found = await searchFolders(folders, { pool, signal, report, cachePath: paths.folderCache });
    const mirrors = orderMirrors(
      listMirrors(settings, choices.mirrors).filter(({ on }) => on),
      await readHealths(paths.healths),
    );
    const archives = listArchives(settings);
    const queue = files.values();
    let done = 0;
    const tell = (): void =>
      report({
        step: 'confirm',
        label: `Asking other sources (${outcome.agreed} agree)`,
        done,
        total: files.length,
        unit: 'files',
      });
    const loop = async (): Promise<void> => {
      for (const file of queue) {
        signal.throwIfAborted();
        const before = outcome.agreed;
        const at = found.get(file.sha256) ?? [];
        for (const source of others(
          planSources(file, { settings, mirrors, archives, found: at }),
          known.get(file.sha256),
        ))
          await ask(file, source);
        if (outcome.agreed > before || hasAgreement(known.get(file.sha256))) outcome.confirmed += 1;
        done += 1;
        live.touch(file.sha256);
        tell();
      }
    };
    tell();
    await Promise.all(Array.from({ length: settings.parallel }, loop));
    return outcome;
  } finally {
    client.close();
    await pool.close();
  }
}

/** Those that the file did not come from and that have not agreed before. */
function others(sources: readonly Source[], known: Evidence | undefined): Source[] {
  const asked = new Set([known?.stored, ...(known?.agreed ?? [])].map((line) => line?.source.at));
  return sources.filter(({ at }) => !asked.has(at));
}

function hasAgreement(known: Evidence | undefined): boolean {
  return (known?.agreed.length ?? 0) > 0;
}

interface AskTools {
  client: HttpClient;
  git: GitSnapshots;
  gate: HostGate;
  signal: AbortSignal;
  temporaryPath: string;
  largestFileBytes: number;
}

/** Throws FetchFailure. A folder's file was hashed when the folder was searched. */
async function askSource(
  file: WantedDistfile,
  source: Source,
  { client, git, gate, signal, temporaryPath, largestFileBytes }: AskTools,
): Promise<Given> {
  if (source.kind === 'folder') {
    const { size } = await stat(source.at);
    return { sha256: file.sha256, sizeBytes: size, transport: 'file', note: '' };
  }
  const host = hostOf(source);
  const down = gate.whyDown(host);
  if (down !== null) throw new FetchFailure('host-down', down);
  const leave = await gate.enter(host, signal);
  try {
    if (source.kind !== 'git' || file.git === null) {
      const given = await hashAddress(source.at, client, { signal, limit: largestFileBytes });
      gate.report(host, { kind: 'answer' });
      return given;
    }
    const made = await git.make(file.git, file.name, temporaryPath, { signal, onProgress: () => undefined });
    return { ...made, transport: 'git' };
  } catch (error) {
    if (isFetchFailure(error) && (error.reason === 'unreachable' || error.reason === 'stalled'))
      gate.report(host, { kind: 'silence', detail: error.message });
    throw error;
  } finally {
    leave();
    await removeIfThere(temporaryPath);
  }
}

async function hashAddress(
  address: string,
  client: HttpClient,
  { signal, limit }: { signal: AbortSignal; limit: number },
): Promise<Given> {
  const answer = await client.ask(address, { signal });
  if (answer.status !== 200) {
    answer.discard();
    throw failureOfStatus(answer.status, answer.headers['retry-after']);
  }
  const hash = createHash('sha256');
  let sizeBytes = 0;
  await answer.read((bytes) => {
    hash.update(bytes);
    sizeBytes += bytes.length;
    return sizeBytes <= limit
      ? null
      : Promise.reject(new FetchFailure('too-large', `it is larger than ${limit} bytes`));
  });
  const note = answer.url.href === address ? '' : `redirected to ${answer.url.href}`;
  return { sha256: hash.digest('hex'), sizeBytes, transport: transportOf(answer.isPlain), note };
}
