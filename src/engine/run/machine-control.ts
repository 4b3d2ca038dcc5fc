// What people do with the machine of a living run, from any host: QEMU is asked directly, and the host that watches the run notes what came of it.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import { DISK_FILES, DiskRole } from '../../shared/model/image.ts';
import type { Checkpoint, DiskStatistics } from '../../shared/model/machine.ts';
import type { RunRecord, RunSnapshot } from '../../shared/model/run.ts';
import { diskPathFor } from '../image/image-files.ts';
import { listCheckpoints, saveAndTell } from './checkpoints.ts';
import { formatScript, onTerminal, SCRIPT_NOTE } from './posix-script.ts';
import { rolesOf } from './qemu-command.ts';
import { continueQemu, pauseQemu, pressPower, queryDisks, resetQemu } from './qmp.ts';
import type { QmpOptions } from './qmp-client.ts';
import { isLive, type RunFolder } from './run-folder.ts';
import type { RunStore } from './run-store.ts';
import { captureScreen } from './screen.ts';
import { typeOnConsole } from './serial-input.ts';

export interface MachineControl {
  /** Each throws RUN_NOT_RUNNING, and MACHINE_REFUSED with QEMU's words. */
  pause(id: string): Promise<RunSnapshot>;
  resume(id: string): Promise<RunSnapshot>;
  powerDown(id: string): Promise<RunSnapshot>;
  reset(id: string): Promise<RunSnapshot>;
  /** The VGA screen as PNG. */
  screen(id: string, signal?: AbortSignal): Promise<Uint8Array>;
  statistics(id: string, signal?: AbortSignal): Promise<DiskStatistics[]>;
  /** Throws CONSOLE_BUSY when the guest does not take it. */
  type(id: string, text: string, signal?: AbortSignal): Promise<void>;
  /** Throws CHECKPOINT_UNAVAILABLE, DISK_FULL. */
  checkpoint(id: string, label: string, signal?: AbortSignal): Promise<Checkpoint>;
  checkpoints(id: string): Promise<Checkpoint[]>;
  /** `imagePath`: the first disk of the image that the run was started from, when it is still there. */
  command(id: string, imagePath: string | null): Promise<{ argv: string[]; folder: string; script: string }>;
}

const ANSWER_MILLISECONDS = 15_000;
const TAKEN_MILLISECONDS = 10_000;
/** The host that watches the run notes a pause at once, unless it hangs. */
const NOTED_MILLISECONDS = 3000;
const POLL_MILLISECONDS = 25;

export function createMachineControl(store: RunStore): MachineControl {
  async function living(id: string): Promise<{ folder: RunFolder; record: RunRecord }> {
    const record = await store.recordOf(id);
    if (!isLive(record)) throw new SeedbedError('RUN_NOT_RUNNING', { run: id, state: record.state });
    return { folder: store.folderOf(id), record };
  }

  async function ask<T>(
    id: string,
    what: string,
    question: (folder: RunFolder, options: QmpOptions) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    const { folder, record } = await living(id);
    if (record.kind === 'serial')
      throw new SeedbedError('MACHINE_REFUSED', {
        run: id,
        what,
        reason: 'it is a real machine, and Seedbed only has its serial port',
      });
    try {
      return await question(folder, { timeoutMilliseconds: ANSWER_MILLISECONDS, signal });
    } catch (error) {
      signal?.throwIfAborted();
      const reason = error instanceof Error ? error.message : String(error);
      throw new SeedbedError('MACHINE_REFUSED', { run: id, what, reason }, { cause: error });
    }
  }

  async function noted(id: string, isSo: (record: RunRecord) => boolean): Promise<RunSnapshot> {
    for (const until = performance.now() + NOTED_MILLISECONDS; performance.now() < until;) {
      const record = await store.recordOf(id);
      if (isSo(record) || !isLive(record)) break;
      store.trackerOf(id)?.nudge();
      await sleep(POLL_MILLISECONDS);
    }
    return store.snapshotOf(id);
  }

  return {
    async pause(id) {
      await ask(id, 'paused', ({ path }, options) => pauseQemu(path, options));
      return noted(id, ({ hold }) => hold !== null);
    },
    async resume(id) {
      await ask(id, 'let go on', ({ path }, options) => continueQemu(path, options));
      return noted(id, ({ hold }) => hold === null || hold.by === 'fault');
    },
    async powerDown(id) {
      await ask(id, 'switched off', ({ path }, options) => pressPower(path, options));
      return store.snapshotOf(id);
    },
    async reset(id) {
      await ask(id, 'reset', ({ path }, options) => resetQemu(path, options));
      return store.snapshotOf(id);
    },
    screen: (id, signal) => ask(id, 'photographed', captureScreen, signal),
    statistics: (id, signal) =>
      ask(id, 'asked for its disks', ({ path }, options) => queryDisks(path, options), signal),
    async type(id, text, signal) {
      const { folder, record } = await living(id);
      if (record.hold?.by === 'port') throw new SeedbedError('CONSOLE_BUSY', { run: id });
      await typeOnConsole(folder, text, { timeoutMilliseconds: TAKEN_MILLISECONDS, signal });
    },
    async checkpoint(id, label, signal) {
      const { folder, record } = await living(id);
      return saveAndTell(folder, record, { label, why: 'asked', signal });
    },
    async checkpoints(id) {
      await store.recordOf(id);
      return listCheckpoints(store.folderOf(id));
    },
    async command(id, imagePath) {
      const record = await store.recordOf(id);
      const folder = store.folderOf(id).path;
      const { argv } = record;
      if (record.sandbox !== null)
        return { argv, folder, script: formatScript(argv, [sandboxNote(id, record.image.label)]) };
      const [first = 'boot'] = rolesOf(argv);
      const words = onTerminal(argv, {
        disk: (role) =>
          imagePath === null
            ? join(folder, 'disks', DISK_FILES[DiskRole.catch('boot').parse(role)])
            : diskPathFor(imagePath, DiskRole.catch('boot').parse(role), DiskRole.catch('boot').parse(first)),
        other: (name) => join(folder, name),
      });
      const notes = [`The machine of run ${id} (${record.image.label}), without Seedbed.`, SCRIPT_NOTE];
      return { argv, folder, script: formatScript(words, notes) };
    },
  };
}

function sandboxNote(id: string, label: string): string {
  return `The sandbox of run ${id} (${label}), without Seedbed. It goes on in the tree as the run left it: for another run prepare another tree.`;
}
