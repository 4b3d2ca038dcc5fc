// What the one host that watches a run does with it: writes its record and its events, ends QEMU when there is nothing left to wait for, and
// gives the final verdict. Every step can be the last before a kill -9: the next owner goes on from what is on disk.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConsoleReport, Milestone } from '../../shared/model/console.ts';
import type { RunEvent, RunRecord } from '../../shared/model/run.ts';
import { formatDuration } from '../../shared/units.ts';
import { judge } from '../formats/console/verdict.ts';
import { appendEvents, eventNow, readEvents } from './event-log.ts';
import { openMachineKeeper } from './machine-keeper.ts';
import { RESET_BY_HAND } from './machine-watch.ts';
import { isAlive } from './process-identity.ts';
import { openPortKeeper, serialVerdict } from '../serial-run/port-keeper.ts';
import { acceleratorFaultIn, readQemuOutput } from './qemu-output.ts';
import { pauseQemu } from './qmp.ts';
import { exists, RUN_FILES, type RunFolder, writeRunRecord } from './run-folder.ts';
import { endProcess, type StopWaits } from './stop-ladder.ts';

/** builder-hex0 repeats a failing read for ever (builder-hex0 a2781242, stage2 read_sectors_16): the log would grow without end. */
const ENDLESS = 'disk-read-error';
const HOPELESS: readonly (string | null)[] = [ENDLESS, 'handover-hang']; // Nothing can come after these.

const ATTACHED = 'Another host watches this run now.';
const ATTACHED_MILLISECONDS = 2000;

export interface OwnerOptions {
  folder: RunFolder;
  record: RunRecord;
  waits: StopWaits & {
    /** How long a guest that is over may take to end QEMU by itself. */
    graceMilliseconds: number;
    /** Between two tries to talk to a QEMU that does not answer. */
    quietMilliseconds: number;
  };
  freeBytes: (path: string) => Promise<number>;
  signal: AbortSignal;
  onRecord: (record: RunRecord) => void;
  /** The machine changed its state, or was saved: time for a look. */
  onMachine: () => void;
}

export interface RunOwner {
  /** Take over a run that another host started; true when its QEMU lives. */
  attach(): Promise<boolean>;
  /** Look at the process and at what the log says; `gone` when QEMU has ended and the log must be read to its end. */
  step(report: ConsoleReport, quietMilliseconds: number): Promise<'live' | 'gone'>;
  /** QEMU's word for the machine's state, null while it is not known. */
  machineState(): string | null;
  /** The host slept for so long, or its clock was set: negative when back. */
  noticeJump(milliseconds: number): Promise<void>;
  /** Stop listening to QEMU. */
  close(): void;
  /** The verdict. `exit`: how the process ended, when this host is its parent. `lost`: it ended while nobody watched. */
  finish(report: ConsoleReport, end: { lost: boolean; exit: string | null; at: Date }): Promise<void>;
}

export async function openRunOwner(options: OwnerOptions): Promise<RunOwner> {
  const { folder, waits, signal, onRecord } = options;
  let record = options.record;
  const before = await readEvents(folder.events);
  const written = new Set(before.map(milestoneKey));
  const isSerial = record.kind === 'serial';
  const keeper = (isSerial ? openPortKeeper : openMachineKeeper)({
    folder,
    record: () => record,
    save,
    tell,
    freeBytes: options.freeBytes,
    answered: before.filter(({ kind }) => kind === 'answered').length,
    wasReset: before.some(({ kind, text }) => kind === 'restarted' && text === RESET_BY_HAND),
    retryMilliseconds: waits.quietMilliseconds,
    signal,
    onChange: options.onMachine,
  });
  let ladder: Promise<RunRecord['stoppedBy']> | null = null;
  let overSince: number | null = null;
  let attachedAt: number | null = null;
  let fault: string | null = null;

  async function save(change: Partial<RunRecord>): Promise<void> {
    record = { ...record, ...change };
    await writeRunRecord(folder, record);
    onRecord(record);
  }

  async function tell(events: RunEvent[]): Promise<void> {
    // Told with the first news, or after a while: a host that only had a look leaves no trace.
    const told =
      attachedAt !== null && (events.length > 0 || Date.now() - attachedAt >= ATTACHED_MILLISECONDS);
    await appendEvents(folder.events, told ? [eventNow('attached', ATTACHED), ...events] : events);
    if (told) attachedAt = null;
  }

  /** Those that are new. */
  async function recordMilestones(report: ConsoleReport): Promise<Milestone[]> {
    const told = report.milestones
      .map((milestone) => ({ milestone, event: eventNow('milestone', milestone.label, milestone.offset) }))
      .filter(({ event }) => !written.has(milestoneKey(event)));
    await tell(told.map(({ event }) => event));
    for (const { event } of told) written.add(milestoneKey(event));
    return told.map(({ milestone }) => milestone);
  }

  function climb(): void {
    const { process } = record;
    if (process === null || ladder !== null) return;
    ladder = endProcess(folder.path, process, waits, signal);
    // A process that outlives even SIGKILL is tried again; an abort means that this host gives up watching.
    ladder.then(
      () => undefined,
      () => (ladder = null),
    );
  }

  async function beginStop(reason: NonNullable<RunRecord['stopReason']>): Promise<void> {
    const text = {
      user: 'A user asked to stop.',
      goal: 'The goal is reached.',
      failure: 'Nothing more can come.',
    };
    await save({ state: 'stopping', stopReason: reason });
    await tell([eventNow('stop-asked', text[reason])]);
    climb();
  }

  /** A machine that can come to nothing any more, for somebody to look at. One that prints for ever is paused, or it would fill the disk. */
  async function keep(sentence: string, endless: boolean): Promise<void> {
    if (record.hold?.by === 'fault') return;
    const text = `${sentence} The machine is kept for a look at it, until somebody stops the run.`.slice(
      0,
      500,
    );
    await save({ hold: { by: 'fault', since: new Date().toISOString(), text } });
    await tell([eventNow('fault', text)]);
    if (endless) await pauseQemu(folder.path, { timeoutMilliseconds: waits.afterQuitMilliseconds, signal });
  }

  return {
    async attach() {
      if (record.process === null || !(await isAlive(record.process))) return false;
      attachedAt = Date.now();
      if (record.state === 'starting') await save({ state: 'running', startedAt: new Date().toISOString() });
      return true;
    },
    machineState: () => keeper.state(),
    close: () => keeper.close(),
    async noticeJump(milliseconds) {
      const span = formatDuration(Math.abs(milliseconds));
      const text =
        milliseconds > 0
          ? `This host slept, or its clock was set forward, by ${span}.`
          : `This host’s clock was set back by ${span}.`;
      await tell([eventNow('clock', text)]);
    },
    async step(report, quietMilliseconds) {
      const fresh = await recordMilestones(report);
      if (record.process === null || !(await isAlive(record.process))) return 'gone';
      if (record.state === 'stopping') {
        climb();
        return 'live';
      }
      if (await exists(folder.stopRequest)) {
        await beginStop('user');
        return 'live';
      }
      fault ??= await faultOf(folder, record, keeper.state());
      await keeper.step(report, fresh);
      const verdict = judge(report, {
        goal: record.goal,
        processEnded: false,
        stopped: false,
        acceleratorFault: fault,
        // A real machine may print on its screen from some point on: its silence says nothing.
        quietMilliseconds: record.hold === null && !isSerial ? quietMilliseconds : 0,
        accelerator: record.accelerator.used,
      });
      const reached = verdict?.outcome === 'passed';
      const hopeless =
        verdict?.outcome === 'failed' && (report.over || fault !== null || HOPELESS.includes(verdict.cause));
      if (!reached && !hopeless) return 'live';
      // Somebody pressed the reset button and wants to see what comes; the verdict tells of it at the end.
      if (verdict.cause === 'machine-restarted' && keeper.wasReset()) return 'live';
      if (hopeless && record.machine.onFault === 'keep') {
        await keep(verdict.sentence, verdict.cause === ENDLESS);
        return 'live';
      }
      overSince ??= Date.now();
      // Only a guest that says that it is over can end QEMU by itself, which is the cleaner end.
      const mayEnd = report.over && fault === null;
      if (!mayEnd || Date.now() - overSince >= waits.graceMilliseconds)
        await beginStop(reached ? 'goal' : 'failure');
      return 'live';
    },
    async finish(report, { lost, exit, at }) {
      await recordMilestones(report);
      const stoppedBy = ladder === null ? record.stoppedBy : await ladder.catch(() => null);
      const output = await readQemuOutput(folder.qemuLog);
      const asked = record.stopReason === 'user' || (await exists(folder.stopRequest));
      const judged = judge(report, {
        goal: record.goal,
        processEnded: true,
        stopped: asked,
        lost: (lost || isSerial) && !asked,
        acceleratorFault: fault ?? acceleratorFaultIn(output),
        hostOutOfSpace: record.hold?.by === 'host-space',
        // Nothing more could come: a silence that was too long then is not forgotten now.
        ...(record.stopReason === 'failure' || record.hold?.by === 'fault'
          ? { quietMilliseconds: Number.MAX_SAFE_INTEGER }
          : {}),
        accelerator: record.accelerator.used,
        qemuOutput: [output, exit ?? ''].filter((text) => text !== '').join('\n'),
      });
      const verdict = judged !== null && isSerial ? serialVerdict(judged) : judged;
      const state = verdict?.outcome === 'lost' ? 'lost' : 'ended';
      const last = (await readEvents(folder.events)).at(-1);
      if (last?.kind !== 'ended' && last?.kind !== 'lost')
        await tell([eventNow(state, verdict?.sentence ?? '', report.bytes)]);
      // A boot check makes nothing that could be looked at.
      if (record.image.kind !== 'boot-check') await writeFile(folder.resultsDue, '').catch(() => undefined);
      await save({
        state,
        hold: null,
        endedAt: at.toISOString(),
        stoppedBy,
        stopReason: record.stopReason ?? (asked ? 'user' : null),
        verdict,
        report,
      });
      const left = [RUN_FILES.serialSocket, RUN_FILES.monitorSocket, RUN_FILES.eventSocket].map((name) =>
        join(folder.path, name),
      );
      await Promise.all([...left, folder.stopRequest].map((path) => rm(path, { force: true })));
    },
  };
}

/** Why the accelerator gave up: QEMU's own words, or the state that it left the machine in. */
async function faultOf(
  folder: RunFolder,
  record: RunRecord,
  runState: string | null,
): Promise<string | null> {
  if (record.accelerator.used === 'tcg') return null;
  const said = acceleratorFaultIn(await readQemuOutput(folder.qemuLog));
  return said ?? (runState === 'internal-error' ? 'QEMU paused the machine: internal-error' : null);
}

function milestoneKey(event: { kind: string; text: string; offset: number | null }): string {
  return `${event.kind} ${event.offset ?? ''} ${event.text}`;
}
