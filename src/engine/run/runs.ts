// All runs of a data folder: start, list, watch, read, stop. The truth is on disk; this follows it (docs/ARCHITECTURE.md, "A run").
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { Image } from '../../shared/model/image.ts';
import type { LogChunk, LogMatch, RunEvent, RunSnapshot, RunSummary } from '../../shared/model/run.ts';
import type { Timeline } from '../../shared/model/timeline.ts';
import type { DataFolder } from '../data-folder.ts';
import { openAcceleratorMemory } from './accelerator-memory.ts';
import type { ProbeContext } from './accelerators.ts';
import { readEvents } from './event-log.ts';
import { createMachineControl, type MachineControl } from './machine-control.ts';
import { readLogChunk } from './log-reader.ts';
import { searchLog } from './log-search.ts';
import { createSerialRuns, type SerialRuns } from '../serial-run/attach-serial.ts';
import { type HostMemory, hostMemory } from './preflight.ts';
import { isLive, type RunFolder } from './run-folder.ts';
import { freeBytesAt } from './space-guard.ts';
import { openRunStore, removeLeftovers } from './run-store.ts';
import type { RunTracker, TrackerWaits } from './run-tracker.ts';
import { summarise } from './snapshot.ts';
import { removeFolder, type StartContext } from './prepare-run.ts';
import { type CheckpointRemover, createCheckpointRemover } from './remove-checkpoint.ts';
import { createRunStarter, type RunStarter } from './run-starter.ts';
import { createSandboxStarter, type SandboxStarter } from '../sandbox/start-sandbox.ts';
import { endProcess, STOP_WAITS } from './stop-ladder.ts';
import { createWakeup } from './wakeup.ts';

export type { StartableImage, StartRequest } from './prepare-run.ts';

export interface Runs extends CheckpointRemover, MachineControl, RunStarter, SandboxStarter, SerialRuns {
  /** Newest first. */
  list(): Promise<RunSummary[]>;
  watchList(signal?: AbortSignal): AsyncGenerator<RunSummary[], void, void>;
  show(id: string): Promise<RunSnapshot>;
  /** Ends after the final snapshot. */
  watch(id: string, signal?: AbortSignal): AsyncGenerator<RunSnapshot, void, void>;
  events(id: string): Promise<RunEvent[]>;
  /** Stages and steps with their times. */
  timeline(id: string): Promise<Timeline>;
  /** A piece of the serial log from an offset; never waits for more. */
  readLog(id: string, fromBytes: number, limitBytes: number): Promise<LogChunk>;
  searchLog(
    id: string,
    words: string,
    fromBytes: number,
    direction: 'forward' | 'backward',
    signal?: AbortSignal,
  ): Promise<LogMatch | null>;
  /** Comes back when QEMU has ended and the verdict is there. Throws RUN_NOT_RUNNING. */
  stop(id: string): Promise<RunSnapshot>;
  remove(id: string): Promise<void>;
  /** The id that is meant by `latest`, by the beginning of an id, or by its last four characters. Throws RUN_NOT_FOUND, RUN_AMBIGUOUS. */
  resolveId(name: string): Promise<string>;
  /** Stop following. Runs go on. */
  close(): Promise<void>;
}

export interface RunsDependencies {
  images: { buildIntoStore(request: { kind: 'boot-check' }, context: StartContext): Promise<Image> };
  /** Program and arguments of Seedbed's command line, for what outlives this host; null where there is none. */
  command?: readonly string[] | null;
  env?: NodeJS.ProcessEnv;
  waits?: Partial<TrackerWaits>;
  memory?: HostMemory;
  /** How much can still be written where a path is. */
  freeBytes?: (path: string) => Promise<number>;
  kvmDevice?: string;
  probeTimeouts?: ProbeContext['timeouts'];
}

const WAITS: TrackerWaits = {
  ...STOP_WAITS,
  pollMilliseconds: 250,
  claimMilliseconds: 1000,
  graceMilliseconds: 2000,
  quietMilliseconds: 10_000,
};
/** How often the list of runs is looked at for what other hosts did, while somebody watches it. */
const LIST_POLL_MILLISECONDS = 1000;
/** So long the host that watches a run has to take up a stop request; then the one that was asked ends QEMU itself. */
const REQUEST_TAKEN_MILLISECONDS = 3000;

/** Opens the runs of a data folder and reconciles: living ones are followed, ended ones get their verdict. */
export async function openRuns(folder: DataFolder, dependencies: RunsDependencies): Promise<Runs> {
  const { images, env = process.env, memory = hostMemory } = dependencies;
  const waits = { ...WAITS, ...dependencies.waits };
  const listWakeups = new Set<() => void>();
  const closing = new AbortController();
  const nudgeLists = (): void => {
    for (const nudge of listWakeups) nudge();
  };
  const { freeBytes = freeBytesAt } = dependencies;
  const store = openRunStore(folder.runs, { waits, freeBytes, onChange: nudgeLists });
  await removeLeftovers(folder.runs);
  const reconciled = store.records().then(
    () => undefined,
    () => undefined,
  );

  const starter = createRunStarter({
    runs: folder.runs,
    store,
    accelerators: openAcceleratorMemory(folder.root),
    bootCheck: (context) => images.buildIntoStore({ kind: 'boot-check' }, context),
    env,
    waits,
    memory,
    kvmDevice: dependencies.kvmDevice,
    probeTimeouts: dependencies.probeTimeouts,
    onChange: nudgeLists,
  });

  const serial = createSerialRuns({
    runs: folder.runs,
    store,
    command: dependencies.command ?? null,
    env,
    waits,
    onChange: nudgeLists,
  });
  const sandboxes = createSandboxStarter({
    runs: folder.runs,
    store,
    env,
    waits,
    command: dependencies.command ?? null,
    onChange: nudgeLists,
  });

  async function stop(id: string): Promise<RunSnapshot> {
    const run = store.folderOf(id);
    const record = await store.recordOf(id);
    if (!isLive(record)) throw new SeedbedError('RUN_NOT_RUNNING', { run: id, state: record.state });
    const tracker = await store.track(run, record);
    await tracker.sorted;
    // On a full disk there is no request; then the host that was asked ends QEMU itself.
    await writeFile(run.stopRequest, '').catch(() => undefined);
    tracker.nudge();
    await Promise.race([tracker.done, endUnattended(run, tracker)]);
    return store.snapshotOf(id);
  }

  /** The host that watches a run may hang: then the one that was asked ends QEMU. */
  async function endUnattended(run: RunFolder, tracker: RunTracker): Promise<void> {
    await sleep(REQUEST_TAKEN_MILLISECONDS, undefined, { ref: false });
    const { record } = tracker.topic.get();
    if (record.state === 'stopping' || !isLive(record) || record.process === null) return tracker.done;
    await endProcess(run.path, record.process, waits);
    await Promise.race([tracker.done, sleep(REQUEST_TAKEN_MILLISECONDS, undefined, { ref: false })]);
  }

  async function resolveId(name: string): Promise<string> {
    const records = await store.records();
    if (name === 'latest' && records[0] !== undefined) return records[0].id;
    const matches = records
      .map((record) => record.id)
      .filter((id) => name !== '' && (id.startsWith(name) || id.endsWith(`-${name}`)));
    const exact = matches.find((id) => id === name);
    if (exact !== undefined) return exact;
    const [match, ...others] = matches;
    if (match === undefined) throw new SeedbedError('RUN_NOT_FOUND', { run: name });
    if (others.length > 0)
      throw new SeedbedError('RUN_AMBIGUOUS', { run: name, matches: matches.slice(0, 10).join(', ') });
    return match;
  }

  async function* watchList(signal?: AbortSignal): AsyncGenerator<RunSummary[], void, void> {
    const wakeup = createWakeup();
    const ended = (): boolean => signal?.aborted === true || closing.signal.aborted;
    listWakeups.add(wakeup.nudge);
    signal?.addEventListener('abort', wakeup.nudge);
    closing.signal.addEventListener('abort', wakeup.nudge);
    try {
      for (let last = ''; !ended();) {
        const list = (await store.records()).map(summarise);
        const now = JSON.stringify(list);
        if (now !== last) yield list;
        last = now;
        if (!ended()) await wakeup.wait(LIST_POLL_MILLISECONDS, 100);
      }
    } finally {
      listWakeups.delete(wakeup.nudge);
      signal?.removeEventListener('abort', wakeup.nudge);
      closing.signal.removeEventListener('abort', wakeup.nudge);
    }
  }

  async function* watch(id: string, signal?: AbortSignal): AsyncGenerator<RunSnapshot, void, void> {
    const record = await store.recordOf(id);
    const tracker = isLive(record) ? await store.track(store.folderOf(id), record) : null;
    if (tracker === null) yield await store.snapshotOf(id);
    else yield* tracker.topic.watch({ signal });
  }

  return {
    ...createMachineControl(store),
    ...createCheckpointRemover(store, env),
    ...starter,
    ...sandboxes,
    ...serial,
    async list() {
      await reconciled;
      return (await store.records()).map(summarise);
    },
    watchList,
    async show(id) {
      await reconciled;
      return store.snapshotOf(id);
    },
    watch,
    async timeline(id) {
      await reconciled;
      return store.timelineOf(id);
    },
    async events(id) {
      await store.recordOf(id);
      return readEvents(store.folderOf(id).events);
    },
    async readLog(id, fromBytes, limitBytes) {
      const mayGrow = isLive(await store.recordOf(id));
      return readLogChunk(store.folderOf(id).serialLog, { fromBytes, limitBytes, mayGrow });
    },
    async searchLog(id, words, fromBytes, direction, signal) {
      await store.recordOf(id);
      return searchLog(store.folderOf(id).serialLog, { words, fromBytes, direction, signal });
    },
    stop,
    async remove(id) {
      const record = await store.recordOf(id);
      if (isLive(record)) throw new SeedbedError('RUN_STILL_RUNNING', { run: id });
      await removeFolder(folder.runs, id);
      nudgeLists();
    },
    resolveId,
    async close() {
      closing.abort();
      await store.close();
      await reconciled;
    },
  };
}
