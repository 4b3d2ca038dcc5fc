// Writes one disk to one drive: everything is looked at again, the helper does it, and what it did becomes a record.
import type { Done, HelperArguments, Phase } from '../../helper/protocol.ts';
import { describeError } from '../../shared/error-texts.ts';
import { SeedbedError, toSeedbedError } from '../../shared/errors.ts';
import type { DriveIdentity } from '../../shared/model/drive.ts';
import { FLASH_RECORD_VERSION, type FlashRecord, type FlashTarget } from '../../shared/model/flash.ts';
import { CHUNK_BYTES } from '../../helper/protocol.ts';
import type { Drives } from '../drives/drives.ts';
import type { JobContext } from '../jobs.ts';
import type { HelperCommand } from './elevation.ts';
import { foldFailure } from './fold-failure.ts';
import { type FlashRecords, newFlashId } from './flash-records.ts';
import { nameDrive, type PlannedTarget, refuse } from './plan-flash.ts';
import { identifyProcess } from '../run/process-identity.ts';
import { runHelper } from './run-helper.ts';

export interface WriteOptions {
  drives: Drives;
  records: FlashRecords;
  command: HelperCommand;
  imageId: string | null;
  eject: boolean;
  resume: boolean;
}

const PHASES: Record<Phase, string> = {
  check: 'Checking the drive',
  wipe: 'Wiping both ends',
  write: 'Writing',
  sync: 'Waiting until the drive has everything',
  head: 'Writing the first MiB',
  verify: 'Reading everything back',
  eject: 'Letting go of the drive',
};
/** How often the journal learns how far it came, in chunks. */
const JOURNAL_CHUNKS = 8;

/** The record as it stands on disk at the end, whichever end it was: its error is thrown afterwards. */
export async function writeTarget(
  planned: PlannedTarget,
  options: WriteOptions,
  { signal, report }: JobContext,
  onRecord: (record: FlashRecord) => void,
): Promise<FlashRecord> {
  const { target, chunks } = planned;
  const { drives, records, resume } = options;
  const { drive } = await drives
    .showFor(target.drive.drive.id, {
      path: target.imagePath,
      sizeBytes: target.imageBytes,
    })
    .then((now) => {
      refuseChanged(target.drive.drive.identity, now.drive.identity, nameDrive(target.drive));
      refuse(now);
      return now;
    });
  const name = nameDrive(target.drive);
  const resumeUpTo = resume ? await records.resumable(drive.id, target.chunksSha256) : 0;
  let record = { ...firstRecord(planned, options, name), writer: await identifyProcess(process.pid) };
  const keep = async (change: Partial<FlashRecord>): Promise<void> => {
    record = { ...record, ...change };
    await records.save(record);
    onRecord(record);
  };
  await keep({});
  let noted = 0;
  let notes = Promise.resolve();
  try {
    const end = await runHelper({
      command: options.command,
      given: argumentsFor(target, drive.identity, drive.path, {
        eject: options.eject,
        unmount: drive.uses.some(({ weight }) => weight === 'unmount'),
      }),
      chunks,
      resumeUpTo,
      signal,
      onProgress({ phase, doneBytes, totalBytes, writtenUpTo }) {
        if (phase === 'eject' && !options.eject) return;
        const label = `${PHASES[phase]}: ${name}`;
        report({ step: `${phase} ${drive.path}`, label, done: doneBytes, total: totalBytes, unit: 'bytes' });
        if (phase !== 'write' || writtenUpTo < noted + JOURNAL_CHUNKS) return;
        noted = writtenUpTo;
        notes = notes.then(() => records.note(record.id, writtenUpTo)).catch(() => undefined);
      },
    });
    await notes;
    if ('failure' in end) throw foldFailure(end, name, target.imagePath);
    await keep({ ...doneFacts(end.done), state: 'written', writtenUpTo: chunkTotal(target.imageBytes) });
    return record;
  } catch (error) {
    await notes;
    const { code, message } = describeError(error);
    const state = toSeedbedError(error).code === 'CANCELLED' ? 'cancelled' : 'failed';
    await keep({ state, endedAt: new Date().toISOString(), writtenUpTo: noted, failure: { code, message } });
    throw error;
  }
}

/** Throws FLASH_IDENTITY_CHANGED. */
function refuseChanged(was: DriveIdentity, is: DriveIdentity, drive: string): void {
  for (const key of ['kernelName', 'diskseq', 'majorMinor', 'sizeBytes', 'model', 'serial', 'wwn'] as const)
    if (was[key] !== is[key])
      throw new SeedbedError('FLASH_IDENTITY_CHANGED', {
        drive,
        detail: `its ${key} was ${String(was[key])} and is ${String(is[key])}`,
      });
}

/** Throws FLASH_PLATFORM for a drive without a kernel's number. */
export function argumentsFor(
  target: Pick<FlashTarget, 'imagePath' | 'imageBytes' | 'chunksSha256'>,
  { majorMinor, sizeBytes, diskseq, serial, wwn, model }: DriveIdentity,
  device: string,
  { eject, unmount }: { eject: boolean; unmount: boolean },
): HelperArguments {
  if (majorMinor === null) throw new SeedbedError('FLASH_PLATFORM', { platform: process.platform });
  return {
    mode: 'write',
    device,
    identity: { majorMinor, sizeBytes, diskseq, serial, wwn, model },
    image: target.imagePath,
    imageBytes: target.imageBytes,
    chunksSha256: target.chunksSha256,
    unmount,
    eject,
  };
}

function firstRecord(
  { target, chunks, inputDigest }: PlannedTarget,
  { imageId }: WriteOptions,
  name: string,
): FlashRecord {
  const now = new Date();
  const { role, imageBytes, sha256, drive } = target;
  return {
    version: FLASH_RECORD_VERSION,
    id: newFlashId(now),
    state: 'writing',
    startedAt: now.toISOString(),
    endedAt: null,
    writer: null,
    image: { id: imageId, role, sizeBytes: imageBytes, sha256, inputDigest },
    drive: { id: drive.drive.id, name, identity: drive.drive.identity },
    chunkBytes: CHUNK_BYTES,
    chunksSha256: target.chunksSha256,
    chunks,
    writtenUpTo: 0,
    verifiedBytes: 0,
    zeroing: 'none',
    writtenBytes: 0,
    zeroedBytes: 0,
    resumedChunks: 0,
    timings: {},
    peakMemoryBytes: 0,
    unmounted: [],
    ejectProblem: null,
    failure: null,
  };
}

function doneFacts(done: Done): Partial<FlashRecord> {
  const { timings, ...facts } = done;
  return { ...facts, timings: { ...timings }, endedAt: new Date().toISOString() };
}

function chunkTotal(imageBytes: number): number {
  return Math.ceil(imageBytes / CHUNK_BYTES);
}
