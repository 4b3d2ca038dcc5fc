// From an image to a run's folder with its record and a fresh disk, ready to be launched (launch-run.ts).
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Goal } from '../../shared/model/console.ts';
import type { ImageRecord } from '../../shared/model/image.ts';
import { machineOptions, type MachineOptions, type MachineWishes } from '../../shared/model/machine.ts';
import type { AcceleratorChoice, RunRecord } from '../../shared/model/run.ts';
import type { ProgressReport } from '../jobs.ts';
import { removeTree } from '../checkout/work-tree.ts';
import { atPath, osCodeOf } from '../os-errors.ts';
import type { AcceleratorDecision } from './accelerators.ts';
import { diskPathFor } from '../image/image-files.ts';
import { copyDisk } from './disk-copy.ts';
import { appendEvents, eventNow } from './event-log.ts';
import type { Qemu } from './find-qemu.ts';
import {
  kernelCommandLine,
  type MachineSettings,
  programOf,
  runArguments,
  type RunPaths,
} from './qemu-command.ts';
import { createOverlay, overlayNameFor } from './overlay.ts';
import { claimRun, type RunClaim } from './run-claim.ts';
import { createRunId, RUN_FILES, type RunFolder, runFolderAt, writeRunRecord } from './run-folder.ts';

/** An image of the data folder, or a file that the user named with the record that stands beside it. */
export interface StartableImage {
  id?: string;
  path: string;
  record: ImageRecord;
}

export interface StartRequest {
  image: StartableImage;
  goal: Goal;
  accelerator: AcceleratorChoice;
  memoryMiB: number;
  cores: number;
  /** What is not named is as DEFAULT_MACHINE_OPTIONS has it. */
  machine?: MachineWishes | undefined;
  /** A Linux kernel, for an image that does not start by itself. */
  kernelPath?: string | undefined;
  /** Recorded as they are. */
  assisted?: RunRecord['assisted'];
  guestMirror?: RunRecord['guestMirror'];
}

export interface StartContext {
  signal: AbortSignal;
  report: (progress: ProgressReport) => void;
}

export interface PreparedRun {
  folder: RunFolder;
  record: RunRecord;
  claim: RunClaim;
  /** What its log holds already; nothing when it is not named. */
  logBytes?: number;
  /** The program that runs it, where that is not the record's argument vector itself. */
  program?: readonly string[];
}

/** A folder with a record and a fresh disk. On an error or an abort nothing of it is left. */
export async function prepareRun(
  runs: string,
  request: StartRequest,
  machine: { qemu: Qemu; decision: AcceleratorDecision },
  context: StartContext & { onCreated: (id: string) => void },
): Promise<PreparedRun> {
  const { folder, claim } = await createFolder(runs);
  context.onCreated(folder.id);
  try {
    await mkdir(folder.disks);
    await writeFile(folder.image, JSON.stringify(request.image.record));
    await (await open(folder.serialLog, 'a', 0o600)).close();
    const record = firstRecord(folder, request, machine);
    await writeRunRecord(folder, record);
    await appendEvents(folder.events, [
      eventNow('created', `Created from ${record.image.label}.`),
      ...machine.decision.probes.map((probe) =>
        eventNow('probed', `${probe.accelerator.toUpperCase()}: ${probe.reason} (${probe.milliseconds} ms)`),
      ),
    ]);
    if (request.kernelPath !== undefined)
      await copyKernel(request.kernelPath, join(folder.path, KERNEL_FILE));
    const { disks } = request.image.record;
    for (const disk of disks)
      await copyDisk(
        diskPathFor(request.image.path, disk.role, disks[0].role),
        join(folder.disks, disk.file),
        disk,
        context,
      );
    if (record.machine.checkpoints)
      for (const { file, sizeBytes } of disks) await createOverlay(folder.disks, file, sizeBytes);
    context.signal.throwIfAborted();
    return { folder, record, claim };
  } catch (error) {
    await removeFolder(runs, folder.id);
    throw error;
  }
}

/** The run keeps the kernel that it was started with. */
const KERNEL_FILE = 'kernel';

async function copyKernel(from: string, to: string): Promise<void> {
  await atPath(from, () => copyFile(from, to, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL));
}

/** Take a run's folder away: at once by name, then for good. */
export async function removeFolder(runs: string, id: string): Promise<void> {
  const removed = join(runs, `${REMOVED_PREFIX}${id}-${randomBytes(4).toString('hex')}`);
  await atPath(join(runs, id), async () => {
    await rename(join(runs, id), removed);
    await rm(removed, { recursive: true, force: true }).catch((error: unknown) => {
      // A sandbox may have left folders that not even their owner may write to.
      if (osCodeOf(error) !== 'EACCES') throw error;
      return removeTree(removed);
    });
  });
}

/** Folders on their way out; a host that was killed meanwhile leaves them. */
export const REMOVED_PREFIX = '.removed-';

export async function createFolder(runs: string): Promise<{ folder: RunFolder; claim: RunClaim }> {
  for (;;) {
    const folder = runFolderAt(runs, createRunId(new Date()));
    try {
      // Its monitor socket commands QEMU: nobody else may reach it.
      await mkdir(folder.path, { mode: 0o700 });
    } catch (error) {
      if (osCodeOf(error) === 'EEXIST') continue;
      return await atPath(folder.path, () => Promise.reject(error as Error));
    }
    const claim = await claimRun(folder.path);
    if (claim !== null) return { folder, claim };
  }
}

function firstRecord(
  folder: RunFolder,
  request: StartRequest,
  { qemu, decision }: { qemu: Qemu; decision: AcceleratorDecision },
): RunRecord {
  const { image, goal, accelerator, memoryMiB, cores } = request;
  const machine = machineOptions(request.machine);
  const { record } = image;
  const { entries } = record.disks[0];
  return {
    version: 1,
    id: folder.id,
    kind: 'qemu',
    goal,
    state: 'starting',
    createdAt: new Date().toISOString(),
    startedAt: null,
    endedAt: null,
    image: {
      id: image.id ?? null,
      label:
        labelOf(image) + (request.assisted === undefined || request.assisted === null ? '' : ', assisted'),
      kind: record.kind,
      sha256: record.disks[0].sha256,
      inputDigest: record.inputDigest,
      streamEntries: entries.directories + entries.files,
      streamBytes: entries.streamBytes,
    },
    memoryMiB,
    cores,
    accelerator: { asked: accelerator, ...decision },
    qemu,
    machine,
    hold: null,
    resumedFrom: null,
    assisted: request.assisted ?? null,
    guestMirror: request.guestMirror ?? null,
    serial: null,
    sandbox: null,
    argv: [
      qemu.path,
      ...runArguments(settingsOf(request, machine, { qemu, decision }), pathsOf(record.disks, machine)),
    ],
    process: null,
    stoppedBy: null,
    stopReason: null,
    verdict: null,
    report: null,
  };
}

/** What QEMU is told about the machine. */
export function settingsOf(
  { goal, memoryMiB, cores, kernelPath }: Pick<StartRequest, 'goal' | 'memoryMiB' | 'cores' | 'kernelPath'>,
  { bus, paused }: MachineOptions,
  { qemu, decision }: { qemu: Qemu; decision: Pick<AcceleratorDecision, 'used'> },
): MachineSettings {
  return {
    accelerator: decision.used,
    memoryMiB,
    cores,
    goal,
    bus,
    program: programOf(qemu.path),
    machineVersion: null,
    paused,
    kernel:
      kernelPath === undefined
        ? null
        : { path: KERNEL_FILE, commandLine: kernelCommandLine('/dev/sda1', 'ext3') },
  };
}

function pathsOf(disks: ImageRecord['disks'], { checkpoints }: MachineOptions): RunPaths {
  return {
    ...RUN_FILES,
    disks: disks.map(({ role, file }) =>
      checkpoints
        ? { role, path: `disks/${overlayNameFor(file)}`, format: 'qcow2' }
        : { role, path: `disks/${file}`, format: 'raw' },
    ),
  };
}

function labelOf({ id, path, record }: StartableImage): string {
  if (record.kind === 'boot-check') return 'Boot check';
  return id === undefined ? basename(path) : checkoutLabel(record);
}

/** live-bootstrap and its version, for people. */
export function checkoutLabel(record: Pick<ImageRecord, 'checkout' | 'inputDigest' | 'goal'>): string {
  const version = record.checkout?.commit?.slice(0, 8) ?? record.inputDigest.slice(0, 8);
  return `live-bootstrap ${version}${record.goal === 'stage0' ? ', stage0' : ''}`;
}
