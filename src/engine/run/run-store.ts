// The runs folder as this host sees it: records read from disk, and a tracker for every run that lives. Reconciles what killed hosts left.
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import type { RunRecord, RunSnapshot } from '../../shared/model/run.ts';
import type { Timeline } from '../../shared/model/timeline.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { openConsoleReader } from '../formats/console/grammar.ts';
import { listCheckpoints } from './checkpoints.ts';
import { isClaimed } from './run-claim.ts';
import { isLive, isRunId, listRunIds, readRunRecord, type RunFolder, runFolderAt } from './run-folder.ts';
import { openInsight, readTimeline } from './run-insight.ts';
import { type RunTracker, trackRun, type TrackerOptions, type TrackerWaits } from './run-tracker.ts';
import { composeSnapshot, NO_FACTS } from './snapshot.ts';
import { REMOVED_PREFIX, removeFolder } from './prepare-run.ts';

/** A folder without a record is left alone for so long: its host may be about to write one. */
const ABANDONED_AFTER_MILLISECONDS = 60_000;

/** A list waits so long for the verdict on a run that ended while nobody watched: a very long log takes longer. */
const SORTING_MILLISECONDS = 2000;

export interface RunStore {
  /** The record as it is now. Throws RUN_NOT_FOUND, RECORD_INVALID. */
  recordOf(id: string): Promise<RunRecord>;
  /** Throws RUN_NOT_FOUND for what cannot be an id. */
  folderOf(id: string): RunFolder;
  /** Records of all runs that can be read, newest first. Begins to track runs that other hosts started. */
  records(): Promise<RunRecord[]>;
  snapshotOf(id: string): Promise<RunSnapshot>;
  timelineOf(id: string): Promise<Timeline>;
  trackerOf(id: string): RunTracker | null;
  track: (folder: RunFolder, record: RunRecord, started?: TrackerOptions['started']) => Promise<RunTracker>;
  /** Leave a run alone while this host starts it. */
  hold(id: string): void;
  unhold(id: string): void;
  close(): Promise<void>;
}

export interface RunStoreOptions {
  waits: TrackerWaits;
  freeBytes: (path: string) => Promise<number>;
  onChange: () => void;
}

export function openRunStore(runs: string, { waits, freeBytes, onChange }: RunStoreOptions): RunStore {
  const trackers = new Map<string, RunTracker>();
  /** Also those that another one has replaced, when a run that this host starts was watched before it ran. */
  const all = new Set<RunTracker>();
  const held = new Set<string>();
  const cache = new Map<string, { version: string; record: RunRecord }>();
  let closed = false;

  function folderOf(id: string): RunFolder {
    if (!isRunId(id)) throw new SeedbedError('RUN_NOT_FOUND', { run: id });
    return runFolderAt(runs, id);
  }

  /** The record, parsed again only when the file was replaced. */
  async function readCached(folder: RunFolder): Promise<RunRecord | null> {
    const facts = await stat(folder.record, { bigint: true }).catch(() => null);
    if (facts === null) return null;
    const version = `${facts.ino} ${facts.mtimeNs} ${facts.size}`;
    const known = cache.get(folder.id);
    if (known?.version === version) return known.record;
    const record = await readRunRecord(folder);
    if (record !== null) cache.set(folder.id, { version, record });
    return record;
  }

  async function track(
    folder: RunFolder,
    record: RunRecord,
    started?: TrackerOptions['started'],
  ): Promise<RunTracker> {
    const early = trackers.get(folder.id);
    if (early !== undefined && started === undefined) return early;
    const insight = await openInsight(folder, record);
    const known = trackers.get(folder.id);
    if (known !== undefined && started === undefined) return known;
    // A host that closes while it looks around follows nothing any more: a tracker made now would never be closed.
    if (closed) throw new SeedbedError('RUN_NOT_RUNNING', { run: folder.id, state: record.state });
    const tracker = trackRun({
      folder,
      record,
      insight,
      waits,
      freeBytes,
      onChange,
      ...(started === undefined ? {} : { started }),
    });
    trackers.set(folder.id, tracker);
    all.add(tracker);
    void tracker.done.then(() => {
      all.delete(tracker);
      if (trackers.get(folder.id) === tracker) trackers.delete(folder.id);
    });
    return tracker;
  }

  async function lookAt(id: string): Promise<RunRecord | null> {
    const folder = runFolderAt(runs, id);
    try {
      const record = await readCached(folder);
      if (record === null) await removeAbandoned(runs, folder);
      else if (isLive(record) && !held.has(id) && !closed) {
        const tracker = await track(folder, record);
        await Promise.race([tracker.sorted, sleep(SORTING_MILLISECONDS, undefined, { ref: false })]);
        return tracker.topic.get().record;
      }
      return record;
    } catch (error) {
      // A record of a newer Seedbed or a damaged one, or a run that is being removed: not for the list.
      if (isSeedbedError(error)) return null;
      throw error;
    }
  }

  return {
    folderOf,
    async recordOf(id) {
      const record = trackers.get(id)?.topic.get().record ?? (await readCached(folderOf(id)));
      if (record === null) throw new SeedbedError('RUN_NOT_FOUND', { run: id });
      return record;
    },
    async records() {
      const found = await Promise.all((await listRunIds(runs)).map(lookAt));
      for (const id of cache.keys()) if (!found.some((record) => record?.id === id)) cache.delete(id);
      return found
        .filter((record) => record !== null)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || b.id.localeCompare(a.id));
    },
    async snapshotOf(id) {
      const tracker = trackers.get(id);
      if (tracker !== undefined) {
        await tracker.ready;
        return tracker.topic.get();
      }
      const folder = folderOf(id);
      const record = await readCached(folder);
      if (record === null) throw new SeedbedError('RUN_NOT_FOUND', { run: id });
      const facts = await stat(folder.serialLog).catch(() => null);
      const log = { bytes: facts?.size ?? 0, quietMilliseconds: 0, outlook: null };
      return composeSnapshot(record, record.report ?? openConsoleReader().report(), log, {
        ...NO_FACTS,
        checkpoints: record.machine.checkpoints ? await listCheckpoints(folder) : [],
      });
    },
    async timelineOf(id) {
      const tracker = trackers.get(id);
      if (tracker !== undefined) {
        await tracker.ready;
        return tracker.timeline();
      }
      const folder = folderOf(id);
      const record = await readCached(folder);
      if (record === null) throw new SeedbedError('RUN_NOT_FOUND', { run: id });
      return readTimeline(folder, record);
    },
    trackerOf: (id) => trackers.get(id) ?? null,
    track,
    hold: (id) => void held.add(id),
    unhold: (id) => void held.delete(id),
    async close() {
      closed = true;
      await Promise.all([...all].map((tracker) => tracker.close()));
    },
  };
}

/** A folder whose host was killed before it wrote a record: nothing was started in it. */
async function removeAbandoned(runs: string, folder: RunFolder): Promise<void> {
  const { mtimeMs } = await atPath(folder.path, () => stat(folder.path));
  if (Date.now() - mtimeMs < ABANDONED_AFTER_MILLISECONDS || (await isClaimed(folder.path))) return;
  await removeFolder(runs, folder.id);
}

/** Finish what a host that was killed in mid removal had begun. */
export async function removeLeftovers(runs: string): Promise<void> {
  const names = await atPath(runs, () => readdir(runs));
  for (const name of names.filter((one) => one.startsWith(REMOVED_PREFIX)))
    await rm(join(runs, name), { recursive: true, force: true }).catch((error: unknown) => {
      if (osCodeOf(error) === null) throw error;
    });
}
