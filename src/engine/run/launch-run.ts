// From a prepared run to a QEMU that is seen alive. What a killed host leaves behind at any step is either nothing that lives or a record that names it.
import { stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { atPath } from '../os-errors.ts';
import { appendEvents, eventNow } from './event-log.ts';
import { launchDetached, type LaunchedProcess } from './launch.ts';
import { type PreparedRun, removeFolder } from './prepare-run.ts';
import { readQemuOutput } from './qemu-output.ts';
import { queryRunState } from './qmp.ts';
import { type RunFolder, writeRunRecord } from './run-folder.ts';
import type { RunTracker, TrackerOptions } from './run-tracker.ts';
import { endProcess, type StopWaits } from './stop-ladder.ts';

export interface LaunchOptions {
  env: NodeJS.ProcessEnv;
  waits: StopWaits;
  signal: AbortSignal;
  /** Done when QEMU answers, before the run counts as running. */
  prepareMachine?: (folder: RunFolder, record: RunRecord) => Promise<void>;
  /** Follow the run from now on. */
  track: (folder: RunFolder, record: RunRecord, started: TrackerOptions['started']) => Promise<RunTracker>;
}

/** QEMU answers on its monitor at once when its options are right; a busy host may need much longer. */
const ALIVE_WITHIN_MILLISECONDS = 60_000;
/** For the record of a start that failed: it is written at once, except on a full disk. */
const RECORDED_WITHIN_MILLISECONDS = 5000;

/** Comes back when QEMU lives and is followed. Throws QEMU_START_FAILED or CANCELLED, with no QEMU left and what it said kept as an ended run. */
export async function launchRun(prepared: PreparedRun, options: LaunchOptions): Promise<RunRecord> {
  const { folder, claim, logBytes = 0 } = prepared;
  const { record, launched } = await startProcess(prepared, options.env).catch(async (error: unknown) => {
    await removeFolder(dirname(folder.path), folder.id);
    throw error;
  });
  const started = { claim, exited: launched.exited };
  try {
    const seen = await waitUntilAlive(folder, { ...launched, logBytes }, options.signal);
    if (!seen.alive) {
      const output = (await readQemuOutput(folder.qemuLog)).slice(-1000);
      throw new SeedbedError('QEMU_START_FAILED', { output, exit: seen.exit });
    }
    await options.prepareMachine?.(folder, record);
    const running: RunRecord = { ...record, state: 'running' };
    await writeRunRecord(folder, running);
    await options.track(folder, running, started);
    return running;
  } catch (error) {
    const cancelled = options.signal.aborted;
    if (cancelled) await writeFile(folder.stopRequest, '').catch(() => undefined);
    await endProcess(folder.path, launched.identity, options.waits);
    const tracker = await options.track(folder, record, started);
    await Promise.race([tracker.done, sleep(RECORDED_WITHIN_MILLISECONDS, undefined, { ref: false })]);
    if (!cancelled) throw error;
    const kept = `The run ${folder.id} is kept, with its log.`;
    throw new SeedbedError('CANCELLED', { kept }, { cause: error });
  }
}

/** The record names the process before the process becomes QEMU. */
async function startProcess(
  { folder, record, program }: PreparedRun,
  env: NodeJS.ProcessEnv,
): Promise<{ record: RunRecord; launched: LaunchedProcess }> {
  const launched = await launchDetached(folder, program ?? record.argv, env);
  try {
    const named = { ...record, process: launched.identity, startedAt: new Date().toISOString() };
    await writeRunRecord(folder, named);
    await appendEvents(folder.events, [eventNow('started', startedText(record))]);
    launched.go();
    return { record: named, launched };
  } catch (error) {
    launched.abandon();
    throw error;
  }
}

function startedText({ accelerator, qemu, sandbox }: RunRecord): string {
  if (sandbox !== null) return `${sandbox.tool}. ${sandbox.restsOn}`;
  return `QEMU ${qemu?.version ?? ''} with ${accelerator.used?.toUpperCase() ?? ''}. ${accelerator.reason}`;
}

/** `alive` when its monitor answers or its machine has printed something; else how it ended. */
async function waitUntilAlive(
  folder: RunFolder,
  { exited, logBytes }: { exited: Promise<string>; logBytes: number },
  signal: AbortSignal,
): Promise<{ alive: true } | { alive: false; exit: string }> {
  const end: { words: string | null } = { words: null };
  void exited.then((words) => (end.words = words));
  const deadline = Date.now() + ALIVE_WITHIN_MILLISECONDS;
  while (Date.now() < deadline) {
    signal.throwIfAborted();
    const { words } = end;
    const answered = await queryRunState(folder.path, { timeoutMilliseconds: 2000, signal }).then(
      () => true,
      () => false,
    );
    if (answered) return { alive: true };
    if (words !== null) {
      // A machine that printed and is gone again was alive: short boots end before they are asked.
      const { size } = await atPath(folder.serialLog, () => stat(folder.serialLog));
      return size > logBytes ? { alive: true } : { alive: false, exit: words };
    }
    await sleep(20, undefined, { signal });
  }
  return { alive: false, exit: `its monitor did not answer in ${ALIVE_WITHIN_MILLISECONDS / 1000} s` };
}
