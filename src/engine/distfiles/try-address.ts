// Asks one address for one file: again after passing failures, from where the bytes ended, and once more from the beginning when they do not fit.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Source, WantedDistfile } from '../../shared/model/distfile.ts';
import { download } from './download.ts';
import { transportOf } from './evidence-log.ts';
import { FetchFailure, isFetchFailure, isPassing } from './fetch-failure.ts';
import type { FetchTools, TryHooks } from './fetch-tools.ts';
import type { HostNews } from './host-gate.ts';
import { noteStored, noteWrong } from './note-delivery.ts';
import { openPartial, type PartialFile } from './partial-file.ts';
import { retryDelay } from './retry-delay.ts';
import { removeIfThere } from './store.ts';

/** Size of the file, which is in the store then. */
export async function tryAddress(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  hooks: TryHooks,
): Promise<number> {
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
      const sizeBytes = await tryOnce(wanted, source, tools, { ...hooks, onBytes: count });
      if (sizeBytes !== null) return sizeBytes;
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

/** One request; size of the file, stored then. null when what an earlier try had left turned out to be of another file: it is forgotten now. */
async function tryOnce(
  wanted: WantedDistfile,
  source: Source,
  tools: FetchTools,
  { enter, onBytes, onHost }: TryHooks,
): Promise<number | null> {
  const { store, evidence, thread, client, limits, signal } = tools;
  const partial = await openPartial(store, thread, wanted.sha256);
  let isOpen = true;
  try {
    // An earlier process may have been killed between the last byte and the rename.
    if (partial.sizeBytes > 0 && (await partial.digest()) === wanted.sha256) {
      const from = partial.origin?.url ?? source.at;
      const delivery = { transport: transportOf(from.startsWith('http:')), note: 'came in an earlier run' };
      await noteStored(wanted, source, { sizeBytes: partial.sizeBytes, ...delivery }, evidence);
      isOpen = false;
      await partial.commit();
      return partial.sizeBytes;
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
    if (got.sha256 === wanted.sha256) {
      const delivery = { transport: transportOf(got.isPlain), note: `${note}${joined}` };
      await noteStored(wanted, source, { sizeBytes: partial.sizeBytes, ...delivery }, evidence);
      isOpen = false;
      await partial.commit();
      return partial.sizeBytes;
    }
    isOpen = false;
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
  const delivery = { sizeBytes, transport: transportOf(got.isPlain), note: '' };
  await noteWrong(wanted, source, { ...delivery, sha256: got.sha256 }, path, tools);
  throw new FetchFailure('wrong-bytes', `its sha256 is ${got.sha256} (${sizeBytes} bytes)`);
}
