// What the one host that watches a run does for its machine beside reading the log: explains why it stands still, pauses it before this host is full and
// lets it go on after, answers its questions, and saves it at jumps. Whatever fails here is tried again; the run itself never depends on it.
import type { ConsoleReport, Milestone } from '../../shared/model/console.ts';
import { isSeedbedError } from '../../shared/errors.ts';
import type { Hold } from '../../shared/model/machine.ts';
import type { RunEvent, RunRecord } from '../../shared/model/run.ts';
import { formatBytes } from '../../shared/units.ts';
import { dueAnswer } from './answer-script.ts';
import { isLeftBySaving, saveAndTell } from './checkpoints.ts';
import { eventNow } from './event-log.ts';
import { type MachineWatch, RESET_BY_HAND, watchMachine } from './machine-watch.ts';
import { continueQemu, pauseQemu, queryRunState } from './qmp.ts';
import type { RunFolder } from './run-folder.ts';
import { ENTER, typeOnConsole } from './serial-input.ts';
import { nextLookMilliseconds, spaceLimits } from './space-guard.ts';

export interface KeeperOptions {
  folder: RunFolder;
  record: () => RunRecord;
  save: (change: Partial<RunRecord>) => Promise<void>;
  tell: (events: RunEvent[]) => Promise<void>;
  /** Bytes that this host can still write where the run is. */
  freeBytes: (path: string) => Promise<number>;
  /** Answers that were given before, by whatever host. */
  answered: number;
  /** The reset button was pressed before. */
  wasReset: boolean;
  /** Between two tries to talk to a QEMU that does not answer, and to let a machine go on that found no space. */
  retryMilliseconds: number;
  signal: AbortSignal;
  onChange: () => void;
}

export interface MachineKeeper {
  /** QEMU's word for the machine's state, null while it is not known. */
  state(): string | null;
  /** Whether somebody has pressed the reset button. */
  wasReset(): boolean;
  /** One look. `fresh`: milestones that were not there at the last. */
  step(report: ConsoleReport, fresh: readonly Milestone[]): Promise<void>;
  close(): void;
}

/** Where another program takes over the machine, or hours of loading are done: the moments that are worth going back to. */
const JUMPS = new Set(['stream-loaded', 'stage0-verified', 'fiwix-root', 'linux']);
/** A prompt counts as one when nothing followed it for so long. */
const SETTLED_MILLISECONDS = 300;
const ANSWER_TAKEN_MILLISECONDS = 30_000;
const MONITOR_MILLISECONDS = 10_000;

export function openMachineKeeper(options: KeeperOptions): MachineKeeper {
  const { folder, record, save, tell, signal, retryMilliseconds } = options;
  const limits = spaceLimits(record().goal);
  const monitor = { timeoutMilliseconds: MONITOR_MILLISECONDS, signal };
  const watch: MachineWatch = watchMachine({
    runPath: folder.path,
    retryMilliseconds,
    onChange: options.onChange,
  });
  let { answered, wasReset } = options;
  let tail = { text: '', since: 0 };
  let nextLook = 0;
  let saving = false;

  async function hold(by: Hold['by'], text: string): Promise<void> {
    const change = { hold: { by, since: new Date().toISOString(), text } };
    await save(change);
    await tell([eventNow(by === 'fault' ? 'fault' : 'paused', text)]);
  }

  async function keepHold(state: string | null): Promise<void> {
    const known = record().hold;
    if (state === 'running' && known !== null && known.by !== 'fault') {
      await save({ hold: null });
      await tell([eventNow('resumed', 'The machine goes on.')]);
    } else if (known === null && state === 'io-error') {
      nextLook = performance.now() + retryMilliseconds;
      await hold(
        'host-space',
        'QEMU has paused the machine because its disk cannot be written: free space on this host, and it goes on by itself.',
      );
    } else if (known === null && (state === 'paused' || state === 'prelaunch')) await explainPause();
  }

  /** Somebody paused it, or it waits for its start; or a host was killed while it paused the machine for a while. */
  async function explainPause(): Promise<void> {
    const left = await isLeftBySaving(folder);
    if (left === 'saving') return;
    if (left === 'left') {
      await continueQemu(folder.path, monitor);
      return;
    }
    // What the watch knows may be a moment old.
    const now = await queryRunState(folder.path, monitor);
    if (now === 'prelaunch')
      await hold('user', 'The machine waits before its first instruction until somebody lets it go on.');
    else if (now === 'paused' && (await options.freeBytes(folder.disks)) < limits.lowBytes)
      await hold('host-space', shortOf(0));
    else if (now === 'paused') await hold('user', 'The machine is paused until somebody lets it go on.');
  }

  function shortOf(freeBytes: number): string {
    const left = freeBytes === 0 ? 'too little' : `only ${formatBytes(freeBytes)}`;
    return `The machine is paused because there is ${left} free space left on this host: with ${formatBytes(limits.enoughBytes)} it goes on by itself.`;
  }

  async function keepSpace(state: string | null): Promise<void> {
    if (state === null || performance.now() < nextLook) return;
    const free = await options.freeBytes(folder.disks);
    const held = record().hold?.by === 'host-space';
    nextLook = performance.now() + (held ? retryMilliseconds : nextLookMilliseconds(free, limits));
    if (held && free >= limits.enoughBytes && (state === 'paused' || state === 'io-error')) {
      await continueQemu(folder.path, monitor);
    } else if (!held && state === 'running' && free < limits.lowBytes) {
      // First the reason, so that a host that comes after a kill -9 knows it; a disk that is too full for it must not keep the machine running.
      await hold('host-space', shortOf(free)).catch(() => undefined);
      await pauseQemu(folder.path, monitor);
    }
  }

  async function answer(report: ConsoleReport): Promise<void> {
    const now = performance.now();
    if (report.tail !== tail.text) tail = { text: report.tail, since: now };
    const due = dueAnswer(record().machine.answers, answered, tail.text);
    if (due === null || now - tail.since < SETTLED_MILLISECONDS) return;
    answered += 1;
    // Told before it is typed: after a kill -9 nothing is typed twice.
    await tell([eventNow('answered', `Answer ${answered} to “${due.expect}”: ${due.answer}`, report.bytes)]);
    typeOnConsole(folder, due.answer + ENTER, {
      timeoutMilliseconds: ANSWER_TAKEN_MILLISECONDS,
      signal,
    }).catch((error: unknown) => {
      if (signal.aborted) return;
      const reason = error instanceof Error ? error.message : String(error);
      void tell([eventNow('machine', `Answer ${answered} was not taken: ${reason}`)]).catch(() => undefined);
    });
  }

  function saveAt(jump: Milestone): void {
    saving = true;
    void saveAndTell(folder, record(), { label: jump.id, why: 'jump', signal })
      .catch((error: unknown) => {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        return tell([eventNow('machine', `No checkpoint at “${jump.label}”: ${reason}`)]).catch(
          () => undefined,
        );
      })
      .finally(() => {
        saving = false;
        options.onChange();
      });
  }

  return {
    state: () => watch.state(),
    wasReset: () => wasReset,
    async step(report, fresh) {
      watch.look();
      const events = watch.take();
      if (events.length > 0) await tell(events);
      wasReset ||= events.some(({ text }) => text === RESET_BY_HAND);
      const state = watch.state();
      try {
        await keepSpace(state);
        await keepHold(state);
      } catch (error) {
        // QEMU does not answer now: the next look asks again. What this host cannot write, it says.
        if (signal.aborted || isSeedbedError(error)) throw error;
      }
      await answer(report);
      const jump = fresh.findLast(({ id }) => JUMPS.has(id));
      if (jump !== undefined && record().machine.checkpoints && !saving) saveAt(jump);
    },
    close: () => watch.close(),
  };
}
