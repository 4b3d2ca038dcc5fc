// A new run that goes on from a checkpoint of another one: its overlays with everything saved in them, its log up to that moment, the same machine.
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { copyFile, link, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { SeedbedError } from '../../shared/errors.ts';
import type { Checkpoint } from '../../shared/model/machine.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import { listCheckpoints, loadSnapshot } from './checkpoints.ts';
import { appendEvents, eventNow, readEvents } from './event-log.ts';
import type { Qemu } from './find-qemu.ts';
import { checkSpace } from './preflight.ts';
import { createFolder, type PreparedRun, removeFolder, type StartContext } from './prepare-run.ts';
import { continueQemu } from './qmp.ts';
import { type RunFolder, writeRunRecord } from './run-folder.ts';

export interface ResumeRequest {
  folder: RunFolder;
  record: RunRecord;
  checkpoint: Checkpoint;
  paused: boolean;
}

/** Files of a run that say what it is made of; those that are there. */
const CARRIED = ['image.json', 'steps.json', 'kernel'];
const MACHINE_MILLISECONDS = 30_000;

/** Throws CHECKPOINT_NOT_FOUND. */
export async function findCheckpoint(folder: RunFolder, id: string): Promise<Checkpoint> {
  const all = await listCheckpoints(folder);
  const found = id === 'latest' ? all.at(-1) : all.find((one) => one.id === id);
  if (found !== undefined) return found;
  const known = all.map((one) => one.id).join(', ');
  throw new SeedbedError('CHECKPOINT_NOT_FOUND', {
    run: folder.id,
    checkpoint: id,
    known: known === '' ? 'none' : known,
  });
}

/** A folder that is ready to be launched. On an error or an abort nothing of it is left. */
export async function prepareResumed(
  runs: string,
  { folder: from, record: old, checkpoint, paused }: ResumeRequest,
  qemu: Qemu,
  context: StartContext & { onCreated: (id: string) => void },
): Promise<PreparedRun> {
  await checkSpace(runs, await sizeOfOverlays(from.disks));
  const { folder, claim } = await createFolder(runs);
  context.onCreated(folder.id);
  try {
    await mkdir(folder.disks);
    for (const name of CARRIED) await carry(join(from.path, name), join(folder.path, name));
    await copyPart(from.serialLog, folder.serialLog, checkpoint.logBytes, context);
    const record = resumedRecord(folder, { old, checkpoint, paused, qemu });
    await writeRunRecord(folder, record);
    // What the log told before keeps the times at which it was told.
    const earlier = (await readEvents(from.events)).filter(
      ({ kind, offset }) =>
        (kind === 'milestone' || kind === 'answered') && (offset ?? 0) <= checkpoint.logBytes,
    );
    const text = `Goes on from checkpoint ${checkpoint.id} of run ${from.id}.`;
    await appendEvents(folder.events, [...earlier, eventNow('created', text, checkpoint.logBytes)]);
    await copyDisks(from.disks, folder.disks, context);
    context.signal.throwIfAborted();
    return { folder, record, claim, logBytes: checkpoint.logBytes };
  } catch (error) {
    await removeFolder(runs, folder.id);
    throw error;
  }
}

/** Memory and disks as they were; then it goes on, unless it is to wait. Throws CHECKPOINT_UNAVAILABLE. */
export async function restoreMachine(
  folder: RunFolder,
  record: RunRecord,
  checkpoint: Checkpoint,
  signal: AbortSignal,
): Promise<void> {
  try {
    await loadSnapshot(folder.path, checkpoint.id, record, signal);
    if (!record.machine.paused)
      await continueQemu(folder.path, { timeoutMilliseconds: MACHINE_MILLISECONDS, signal });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new SeedbedError('CHECKPOINT_UNAVAILABLE', { run: folder.id, reason }, { cause: error });
  }
}

function resumedRecord(
  folder: RunFolder,
  { old, checkpoint, paused, qemu }: { old: RunRecord; checkpoint: Checkpoint; paused: boolean; qemu: Qemu },
): RunRecord {
  return {
    ...old,
    id: folder.id,
    state: 'starting',
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    qemu,
    machine: { ...old.machine, paused },
    hold: null,
    resumedFrom: { run: old.id, checkpoint: checkpoint.id },
    argv: resumedArguments(old, qemu),
    process: null,
    stoppedBy: null,
    stopReason: null,
    verdict: null,
    report: null,
  };
}

/** The same machine, standing still: a state fits its own version only, and `pc` is the newest that a QEMU knows. */
export function resumedArguments(old: Pick<RunRecord, 'argv' | 'qemu'>, qemu: Qemu): string[] {
  const version = /^\d+\.\d+/.exec(old.qemu?.version ?? '')?.[0];
  const [, ...words] = old.argv;
  const same = words
    .filter((word) => word !== '-S')
    .map((word, index, all) =>
      all[index - 1] === '-machine' && version !== undefined
        ? word.replace(/^pc,/, `pc-i440fx-${version},`)
        : word,
    );
  return [qemu.path, ...same, '-S'];
}

/** What is below the overlays never changes: both runs share it where the file system can, so that it outlives either. */
async function copyDisks(from: string, to: string, context: StartContext): Promise<void> {
  for (const name of await atPath(from, () => readdir(from))) {
    if (name.endsWith('.qcow2')) await copyOverlay(join(from, name), join(to, name), context);
    else await share(join(from, name), join(to, name));
  }
}

async function share(from: string, to: string): Promise<void> {
  await atPath(to, async () => {
    try {
      await link(from, to);
    } catch (error) {
      if (osCodeOf(error) === 'ENOSPC') throw error;
      await copyFile(from, to, constants.COPYFILE_FICLONE);
    }
  });
}

async function copyOverlay(from: string, to: string, context: StartContext): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE | constants.COPYFILE_EXCL);
  } catch {
    await copyPart(from, to, (await atPath(from, () => stat(from))).size, context);
  }
}

/** The first bytes of a file as a file. */
async function copyPart(
  from: string,
  to: string,
  bytes: number,
  { signal, report }: StartContext,
): Promise<void> {
  let done = 0;
  const count = new Transform({
    transform(piece: Buffer, _encoding, next) {
      done += piece.length;
      report({ step: 'copy', label: 'Taking over what was saved', done, total: bytes, unit: 'bytes' });
      next(null, piece);
    },
  });
  await atPath(to, async () => {
    const output = createWriteStream(to, { mode: 0o600 });
    if (bytes === 0) await pipeline([], output, { signal });
    else await pipeline(createReadStream(from, { end: bytes - 1 }), count, output, { signal });
  });
  if (done !== bytes) throw new SeedbedError('FILE_CHANGED', { path: from });
}

async function carry(from: string, to: string): Promise<void> {
  await atPath(from, async () => {
    try {
      await copyFile(from, to);
    } catch (error) {
      if (osCodeOf(error) !== 'ENOENT') throw error;
    }
  });
}

async function sizeOfOverlays(disks: string): Promise<number> {
  const names = (await atPath(disks, () => readdir(disks))).filter((name) => name.endsWith('.qcow2'));
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(disks, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
