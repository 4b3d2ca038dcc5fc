// One run in one host: follows its log and its record, and owns it (run-owner.ts) when no other living host does. Takes over when the owner is gone.
import type { ConsoleReport } from '../../shared/model/console.ts';
import type { RunRecord, RunSnapshot } from '../../shared/model/run.ts';
import type { Timeline } from '../../shared/model/timeline.ts';
import { describeError } from '../../shared/error-texts.ts';
import { createTopic, type Topic } from '../broadcast.ts';
import { createAwakeClock } from './awake-clock.ts';
import { type LogTail, openLogTail } from './log-tail.ts';
import { openMachineFacts } from './machine-facts.ts';
import { claimRun, type RunClaim } from './run-claim.ts';
import { isLive, readRunRecord, type RunFolder } from './run-folder.ts';
import type { RunInsight } from './run-insight.ts';
import { openRunOwner, type RunOwner } from './run-owner.ts';
import { composeSnapshot, type MachineFacts } from './snapshot.ts';
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
  /** Made for this tracker alone: it reads the log. */
  insight: RunInsight;
  waits: TrackerWaits;
  /** By the host that started the run: its claim, and the news of QEMU's end. */
  started?: { claim: RunClaim; exited: Promise<string> };
  freeBytes: (path: string) => Promise<number>;
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
  timeline(): Timeline;
  /** Look now. */
  nudge: () => void;
  /** Stop following. The run goes on. */
  close(): Promise<void>;
}

/** Between two looks at a log that grows all the time. The end of the process is looked at when it comes. */
const LEAST_WAIT_MILLISECONDS = 150;
const REFRESH_MILLISECONDS = 1000; // Views see the time pass.
/** A busy host misses seconds; more is a sleep, or a clock that was set. */
const JUMP_MILLISECONDS = 30_000;
/** After an error of the file system: full disks and the like pass. */
const RETRY_MILLISECONDS = 1000;

export function trackRun(options: TrackerOptions): RunTracker {
  const { folder, waits, onChange, insight } = options;
  const { reader } = insight;
  const closing = new AbortController();
  const wakeup = createWakeup();
  const [sorted, ready] = [deferred(), deferred()];
  const log = { bytes: 0, sizeBytes: 0, changedAt: 0, quietMilliseconds: 0 };
  const clock = createAwakeClock();
  const facts = openMachineFacts({ folder, freeBytes: options.freeBytes });
  const take = (bytes: Uint8Array): void => reader.push(bytes);
  let { record } = options;
  let claim: RunClaim | null = options.started?.claim ?? null;
  let owner: RunOwner | null = null;
  let seenAlive = options.started !== undefined;
  let exit: string | null = null;
  let trouble: string | null = null;
  let claimedAt = 0;
  let quietFrom: number | null = null;
  let published = { at: 0, key: '', record };
  const topic = createTopic(composeSnapshot(record, reader.report(), { ...log, outlook: null }));
  void options.started?.exited.then((words) => {
    exit = words;
    wakeup.hurry();
  });

  /** How long nothing was printed, in time in which the machine could have: not while it is held, nor while the host sleeps. */
  async function noticeTime(tail: LogTail): Promise<void> {
    const { awakeMilliseconds, missedMilliseconds } = clock.tick();
    ({ sizeBytes: log.sizeBytes, changedAt: log.changedAt } = await tail.facts());
    if (quietFrom === null) {
      const since = Math.max(log.changedAt, Date.parse(record.startedAt ?? record.createdAt));
      quietFrom = awakeMilliseconds - Math.max(0, Date.now() - since);
    } else if (tail.offset() !== log.bytes || (record.hold !== null && record.hold.by !== 'fault'))
      quietFrom = awakeMilliseconds;
    log.bytes = tail.offset();
    log.quietMilliseconds = awakeMilliseconds - quietFrom;
    if (Math.abs(missedMilliseconds) >= JUMP_MILLISECONDS) await owner?.noticeJump(missedMilliseconds);
    await facts.refresh(record);
    const missed = Math.abs(missedMilliseconds) >= JUMP_MILLISECONDS ? missedMilliseconds : 0;
    await insight.look({ bytes: log.bytes, missedMilliseconds: missed, owns: owner !== null });
  }

  function compose(report: ConsoleReport, known?: MachineFacts): RunSnapshot {
    const outlook = isLive(record) ? insight.outlook(report, record, log.quietMilliseconds) : null;
    const bytes = Math.max(log.bytes, log.sizeBytes); // The end of a long log is there before it was read.
    return composeSnapshot(record, report, { ...log, bytes, outlook }, known);
  }

  function publish(report: ConsoleReport): void {
    const at = Date.now();
    const known = { ...facts.now(), pause: trouble, state: owner?.machineState() ?? null };
    const key = `${log.bytes} ${log.sizeBytes} ${trouble ?? ''} ${known.state ?? ''} ${known.checkpoints.length}`;
    const same = published.key === key && published.record === record;
    if (same && at - published.at < REFRESH_MILLISECONDS) return;
    published = { at, key, record };
    topic.set(compose(report, known));
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
      freeBytes: options.freeBytes,
      onMachine: wakeup.nudge,
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
  async function look(tail: LogTail): Promise<boolean> {
    if (owner === null && !(await lookAsReader())) {
      const report = await readRest(tail);
      publish(record.report ?? report);
      return false;
    }
    const report = reader.report();
    if (owner !== null) {
      if ((await owner.step(report, log.quietMilliseconds)) === 'gone') {
        const last = await readRest(tail);
        const at = !seenAlive && log.bytes > 0 ? new Date(log.changedAt) : new Date();
        await insight.look({ bytes: log.bytes, missedMilliseconds: 0, owns: true });
        await owner.finish(last, { lost: !seenAlive, exit, at });
        await insight.keep(last, record).catch(() => undefined);
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
        await noticeTime(tail);
        try {
          if (!(await look(tail))) return;
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
        const least = tail.offset() > before ? LEAST_WAIT_MILLISECONDS : 0;
        await wakeup.wait(waits.pollMilliseconds, least);
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
      owner?.close();
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
    timeline: () => insight.timeline(reader.report(), record),
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
