// One run in one host: follows its log and its record, and owns it (run-owner.ts) when no other living host does. Takes over when the owner is gone.
import type { BootCheckEntry, ConsoleReport } from '../../shared/model/console.ts';
import type { RunRecord, RunSnapshot } from '../../shared/model/run.ts';
import { describeError } from '../../shared/error-texts.ts';
import { createTopic, type Topic } from '../broadcast.ts';
import { openConsoleReader } from '../formats/console/grammar.ts';
import { type LogTail, openLogTail } from './log-tail.ts';
import { continueQemu, queryRunState } from './qmp.ts';
import { claimRun, type RunClaim } from './run-claim.ts';
import { isLive, readRunRecord, type RunFolder } from './run-folder.ts';
import { openRunOwner, type RunOwner } from './run-owner.ts';
import { composeSnapshot, NO_FACTS } from './snapshot.ts';
import type { StopWaits } from './stop-ladder.ts';
import { createWakeup, deferred, watchPath } from './wakeup.ts';

export interface TrackerWaits extends StopWaits {
  /** How often a quiet log is looked at. */
  pollMilliseconds: number;
  /** How often a host that only reads tries to take over. */
  claimMilliseconds: number;
  /** How long a guest that is over may take to end QEMU by itself. */
  graceMilliseconds: number;
  /** After so much silence QEMU is asked whether it holds the machine, and as often again. */
  quietMilliseconds: number;
}

export interface TrackerOptions {
  folder: RunFolder;
  record: RunRecord;
  expectedBootCheck: readonly BootCheckEntry[];
  waits: TrackerWaits;
  /** By the host that started the run: its claim, and the news of QEMU's end. */
  started?: { claim: RunClaim; exited: Promise<string> };
  onChange: () => void;
}

export interface RunTracker {
  topic: Topic<RunSnapshot>;
  /** The role is clear, and a run whose process had gone has its verdict. */
  sorted: Promise<void>;
  /** The log was read to where it ended then. */
  ready: Promise<void>;
  /** The tracker has ended: the run is over, or this host gave up following it. */
  done: Promise<void>;
  /** Look now. */
  nudge: () => void;
  /** Stop following. The run goes on. */
  close(): Promise<void>;
}

/** Between two looks at a log that grows all the time. */
const LEAST_MILLISECONDS = 30;
/** Views see the time pass. */
const REFRESH_MILLISECONDS = 1000;
/** After an error of the file system: full disks and the like pass. */
const RETRY_MILLISECONDS = 1000;

export function trackRun(options: TrackerOptions): RunTracker {
  const { folder, waits, onChange } = options;
  const reader = openConsoleReader(
    options.expectedBootCheck.length === 0 ? {} : { expectedBootCheck: options.expectedBootCheck },
  );
  const closing = new AbortController();
  const wakeup = createWakeup();
  const [sorted, ready] = [deferred(), deferred()];
  const log = { bytes: 0, changedAt: 0 };
  const monitor = watchMachine(folder, waits);
  const take = (bytes: Uint8Array): void => reader.push(bytes);
  let { record } = options;
  let claim: RunClaim | null = options.started?.claim ?? null;
  let owner: RunOwner | null = null;
  let seenAlive = options.started !== undefined;
  let exit: string | null = null;
  let trouble: string | null = null;
  let claimedAt = 0;
  let published = { at: 0, bytes: -1, record, pause: null as string | null };
  const topic = createTopic(composeSnapshot(record, reader.report(), log));
  void options.started?.exited.then((words) => {
    exit = words;
    wakeup.nudge();
  });

  function publish(report: ConsoleReport): void {
    const at = Date.now();
    const pause = trouble ?? monitor.pause();
    const same = published.bytes === log.bytes && published.record === record && published.pause === pause;
    if (same && at - published.at < REFRESH_MILLISECONDS) return;
    published = { at, bytes: log.bytes, record, pause };
    topic.set(composeSnapshot(record, report, log, { ...NO_FACTS, pause, state: monitor.state() }));
  }

  function setRecord(next: RunRecord): void {
    const changed = next.state !== record.state;
    record = next;
    if (changed) onChange();
  }

  async function becomeOwner(): Promise<void> {
    claimedAt = Date.now();
    // A folder that cannot be written (full, or another user's) can still be read.
    claim ??= await claimRun(folder.path).catch(() => null);
    if (claim === null) return;
    const current = await readRunRecord(folder);
    if (current === null || !isLive(current)) return;
    owner = await openRunOwner({
      folder,
      record: current,
      waits,
      signal: closing.signal,
      onRecord: setRecord,
    });
    if (options.started === undefined) seenAlive = await owner.attach();
  }

  /** Only the owner changes a record; others see it change. False when there is nothing more to follow. */
  async function lookAsReader(): Promise<boolean> {
    if (Date.now() - claimedAt >= waits.claimMilliseconds) await becomeOwner();
    if (owner !== null) return true;
    const current = await readRunRecord(folder);
    if (current !== null) setRecord(current);
    return current !== null && isLive(current);
  }

  async function readRest(tail: LogTail): Promise<ConsoleReport> {
    while (!(await tail.read(take, closing.signal)));
    log.bytes = tail.offset();
    return reader.report();
  }

  /** One look at everything; false when the run is over. */
  async function look(tail: LogTail, caughtUp: boolean): Promise<boolean> {
    if (owner === null && !(await lookAsReader())) {
      const report = await readRest(tail);
      publish(record.report ?? report);
      return false;
    }
    const report = reader.report();
    if (owner !== null) {
      const quiet = Date.now() - Math.max(log.changedAt, Date.parse(record.startedAt ?? record.createdAt));
      if (caughtUp) monitor.look(quiet);
      if ((await owner.step(report, monitor.state())) === 'gone') {
        const last = await readRest(tail);
        const at = !seenAlive && log.bytes > 0 ? new Date(log.changedAt) : new Date();
        await owner.finish(last, { lost: !seenAlive, exit, at });
        publish(last);
        return false;
      }
      seenAlive = true;
    }
    sorted.resolve();
    publish(report);
    return true;
  }

  async function follow(): Promise<void> {
    const tail = await openLogTail(folder.serialLog, 'a+');
    const unwatch = watchPath(folder.serialLog, wakeup.nudge);
    try {
      while (!closing.signal.aborted) {
        const before = tail.offset();
        const caughtUp = await tail.read(take, closing.signal);
        log.bytes = tail.offset();
        log.changedAt = await tail.changedAt();
        try {
          if (!(await look(tail, caughtUp))) return;
          trouble = null;
        } catch (error) {
          if (isAbort(error)) return;
          const { code, message } = describeError(error);
          if (code === 'NOT_FOUND') return; // The run was removed.
          trouble = message;
          publish(reader.report());
          await wakeup.wait(RETRY_MILLISECONDS);
        }
        if (!caughtUp) continue;
        ready.resolve();
        await wakeup.wait(waits.pollMilliseconds, tail.offset() > before ? LEAST_MILLISECONDS : 0);
      }
    } finally {
      unwatch();
      await tail.close();
    }
  }

  async function run(): Promise<void> {
    try {
      await follow();
    } catch {
      // The folder was removed, or this host closes: nothing to follow either way.
    } finally {
      await claim?.release();
      sorted.resolve();
      ready.resolve();
      topic.end();
      onChange();
    }
  }

  const done = run();
  return {
    topic,
    sorted: sorted.promise,
    ready: ready.promise,
    done,
    nudge: wakeup.nudge,
    async close() {
      closing.abort();
      wakeup.nudge();
      await done;
    },
  };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

/** QEMU's own view of the machine, asked only in long silences. A full host disk pauses the machine: it is told to go on each time. */
function watchMachine(
  folder: RunFolder,
  waits: TrackerWaits,
): { look(quietMilliseconds: number): void; state(): string | null; pause(): string | null } {
  let state: string | null = null;
  let askedAt = 0;
  async function ask(): Promise<void> {
    const options = { timeoutMilliseconds: waits.quietMilliseconds };
    try {
      state = await queryRunState(folder.path, options);
      if (state === 'io-error') await continueQemu(folder.path, options);
    } catch {
      // It ends, or somebody else talks to it; the process itself is watched elsewhere.
    }
  }
  return {
    look(quietMilliseconds) {
      if (quietMilliseconds < waits.quietMilliseconds) state = null;
      else if (Date.now() - askedAt >= waits.quietMilliseconds) {
        askedAt = Date.now();
        void ask();
      }
    },
    state: () => state,
    pause: () =>
      state === 'io-error'
        ? 'QEMU has paused the machine because its disk cannot be written: free space on this host, and it goes on by itself.'
        : null,
  };
}
