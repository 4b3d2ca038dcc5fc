// Asks one source for one file until it has given it, or has been asked enough.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Source, Transport, WantedDistfile } from '../../shared/model/distfile.ts';
import { adoptFile } from './adopt-file.ts';
import { download } from './download.ts';
import { type EvidenceLog, sourceWords, transportOf } from './evidence-log.ts';
import { FetchFailure, isFetchFailure, isPassing } from './fetch-failure.ts';
import type { GitSnapshots } from './git-snapshot.ts';
import type { HashPool } from './hash-pool.ts';
import type { HostNews } from './host-gate.ts';
import type { HttpClient } from './http-client.ts';
import type { FetchLimits } from './limits.ts';
import { openPartial, type PartialFile } from './partial-file.ts';
import { retryDelay } from './retry-delay.ts';
import { type DistfileStore, removeIfThere } from './store.ts';
import type { WriteThread } from './write-thread.ts';

/** What every source of a fetch shares. */
export interface FetchTools {
  store: DistfileStore;
  evidence: EvidenceLog;
  client: HttpClient;
  thread: WriteThread;
  git: GitSnapshots;
  pool: HashPool;
  limits: FetchLimits;
  signal: AbortSignal;
}

export interface TryHooks {
  onBytes: (doneBytes: number, totalBytes: number | null, cameBytes: number) => void;
  /** Take a place at the host for one try; call the result to give it back. */
  enter: () => Promise<() => void>;
  /** How the host behaved; false when it is not to be asked again for now. */
  onHost: (news: HostNews) => boolean;
}

export interface Delivery {
  sizeBytes: number;
  transport: Transport;
  note: string;
}

/** The file is in the store when this comes back. Throws FetchFailure with `tries` counted by `onTry`; other errors end the whole fetch. */
export async function trySource(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  hooks: TryHooks & { onTry: () => void },
): Promise<Delivery> {
  switch (source.kind) {
    case 'folder':
      hooks.onTry();
      return tryFolder(wanted, source, tools);
    case 'git':
      hooks.onTry();
      return tryGit(wanted, source, tools, hooks);
    case 'mirror':
    case 'upstream':
    case 'archive':
      return tryAddress(wanted, source, tools, hooks);
  }
}

async function tryFolder(
  wanted: WantedDistfile,
  source: Source,
  { store, pool }: FetchTools,
): Promise<Delivery> {
  const sizeBytes = await adoptFile(store, pool, source.at, wanted.sha256);
  if (sizeBytes !== null) return { sizeBytes, transport: 'file', note: '' };
  throw new FetchFailure('wrong-bytes', 'the file has changed since its hash was taken');
}

async function tryGit(
  wanted: WantedDistfile,
  source: Source,
  { store, git, evidence, signal }: FetchTools,
  hooks: TryHooks,
): Promise<Delivery> {
  if (wanted.git === null) throw new FetchFailure('git', 'there is no repository');
  const temporary = store.temporaryPath();
  const leave = await hooks.enter();
  try {
    const made = await git.make(wanted.git, wanted.name, temporary, { signal, onProgress: () => undefined });
    hooks.onBytes(made.sizeBytes, made.sizeBytes, 0);
    if (made.sha256 === wanted.sha256) {
      await store.commit(temporary, wanted.sha256);
      return { sizeBytes: made.sizeBytes, transport: 'git', note: made.note };
    }
    await noteWrong(wanted, source, { ...made, transport: 'git' }, temporary, { store, evidence });
    throw new FetchFailure('wrong-bytes', `the snapshot has sha256 ${made.sha256} (${made.note})`);
  } finally {
    leave();
    await removeIfThere(temporary);
  }
}

async function tryAddress(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  hooks: TryHooks & { onTry: () => void },
): Promise<Delivery> {
  const { limits, signal } = tools;
  let triesWithoutProgress = 0;
  let mayBeginAnew = true;
  for (let tries = 1; ; tries += 1) {
    hooks.onTry();
    let cameBytes = 0;
    const count: TryHooks['onBytes'] = (done, total, came) => {
      cameBytes += came;
      hooks.onBytes(done, total, came);
    };
    try {
      const delivery = await tryOnce(wanted, source, tools, { ...hooks, onBytes: count });
      if (delivery !== null) return delivery;
      // Bytes of several tries did not make the file: once more, all of them from here.
      if (!mayBeginAnew) throw new FetchFailure('wrong-bytes', 'its parts do not make the file');
      mayBeginAnew = false;
      continue;
    } catch (error) {
      if (!isFetchFailure(error)) throw error;
      const isUseful = hooks.onHost(newsOf(error, cameBytes));
      triesWithoutProgress = cameBytes > 0 ? 1 : triesWithoutProgress + 1;
      const isEnough = triesWithoutProgress >= limits.tries || tries >= limits.triesWithProgress;
      const delay = retryDelay(triesWithoutProgress, Math.random(), error.retryAfterSeconds, limits);
      if (!isPassing(error.reason) || isEnough || !isUseful || delay === null) throw error;
      await sleep(delay, undefined, { signal });
    }
  }
}

function newsOf({ reason, message }: FetchFailure, cameBytes: number): HostNews {
  if (reason === 'unreachable' || (reason === 'stalled' && cameBytes === 0))
    return { kind: 'silence', detail: message };
  return { kind: isPassing(reason) ? 'burden' : 'answer' };
}

/** One request. null when what an earlier try had left turned out to be of another file: it is forgotten now. */
async function tryOnce(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  { enter, onBytes, onHost }: TryHooks,
): Promise<Delivery | null> {
  const { store, thread, client, limits, signal } = tools;
  const partial = await openPartial(store, thread, wanted.sha256);
  let isOpen = true;
  try {
    // An earlier process may have been killed between the last byte and the rename.
    if (partial.sizeBytes > 0 && (await partial.digest()) === wanted.sha256) {
      const from = partial.origin?.url ?? source.at;
      isOpen = false;
      await partial.commit();
      return {
        sizeBytes: partial.sizeBytes,
        transport: transportOf(from.startsWith('http:')),
        note: `came from ${from} in an earlier run`,
      };
    }
    const leave = await enter();
    const got = await download(source.at, partial, {
      ...{ client, signal, onBytes },
      largestFileBytes: limits.largestFileBytes,
    }).finally(leave);
    onHost({ kind: 'answer' });
    const note = got.finalUrl === source.at ? '' : `redirected to ${got.finalUrl}`;
    const joined =
      partial.origin?.isJoined === true ? `${note === '' ? '' : '; '}begun at another source` : '';
    isOpen = false;
    if (got.sha256 === wanted.sha256) {
      await partial.commit();
      return {
        sizeBytes: partial.sizeBytes,
        transport: transportOf(got.isPlain),
        note: `${note}${joined}`,
      };
    }
    await refuse(wanted, source, tools, partial, got);
    return null;
  } finally {
    if (isOpen) await partial.keep().catch(() => undefined);
  }
}

/** The whole file came and is another one: keep it aside and throw, unless some of its bytes came from elsewhere or long ago. */
async function refuse(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  partial: PartialFile,
  got: { sha256: string; isPlain: boolean; isResumed: boolean },
): Promise<void> {
  const { sizeBytes } = partial;
  const path = await partial.detach();
  if (got.isResumed) {
    await removeIfThere(path);
    return;
  }
  await noteWrong(wanted, source, { ...got, sizeBytes, transport: transportOf(got.isPlain) }, path, tools);
  throw new FetchFailure('wrong-bytes', `its sha256 is ${got.sha256} (${sizeBytes} bytes)`);
}

async function noteWrong(
  wanted: WantedDistfile,
  source: Source,
  got: { sha256: string; sizeBytes: number; transport: Transport },
  path: string,
  { store, evidence }: Pick<FetchTools, 'store' | 'evidence'>,
): Promise<void> {
  const { name, sha256: expectedSha256 } = wanted;
  const { sha256: actualSha256, sizeBytes, transport } = got;
  await store.setAside(path, {
    name,
    expectedSha256,
    actualSha256,
    sizeBytes,
    source: `${sourceWords(source)} (${source.at})`,
    at: new Date().toISOString(),
  });
  await evidence.add({
    event: 'wrong',
    name,
    sha256: expectedSha256,
    actualSha256,
    sizeBytes,
    source,
    transport,
    note: '',
  });
}
