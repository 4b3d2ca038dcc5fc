// A run's folder: what stands in it, its id, and its record, which is only ever replaced whole (docs/ARCHITECTURE.md, "State is files").
import { randomInt } from 'node:crypto';
import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SeedbedError } from '../../shared/errors.ts';
import { RunRecord } from '../../shared/model/run.ts';
import { replaceFile } from '../atomic-file.ts';
import { atPath, osCodeOf } from '../os-errors.ts';

export interface RunFolder {
  id: string;
  path: string;
  record: string;
  events: string;
  serialLog: string;
  qemuLog: string;
  disks: string;
  /** Records of what was saved in the disks' overlays. */
  checkpoints: string;
  /** The image's record as it was at the start: what the boot check must print outlives the image. */
  image: string;
  /** The steps that it will go through (run-steps.ts). */
  steps: string;
  /** When the log had how many bytes (log-times.ts). */
  logTimes: string;
  /** Written when the run has ended (run-insight.ts). */
  timeline: string;
  /** There from the moment that a user asked to stop: it outlives the host that was asked. */
  stopRequest: string;
  /** There from the end of a run until somebody has read its results (results/collect-due.ts). */
  resultsDue: string;
}

/** Names inside the folder that QEMU is told; it runs with the folder as its working directory. */
export const RUN_FILES = {
  serialLog: 'serial.log',
  qemuLog: 'qemu.log',
  serialSocket: 'serial.sock',
  monitorSocket: 'qmp.sock',
  eventSocket: 'events.sock',
} as const;

export function runFolderAt(runs: string, id: string): RunFolder {
  const path = join(runs, id);
  return {
    id,
    path,
    record: join(path, 'run.json'),
    events: join(path, 'events.jsonl'),
    serialLog: join(path, RUN_FILES.serialLog),
    qemuLog: join(path, RUN_FILES.qemuLog),
    disks: join(path, 'disks'),
    checkpoints: join(path, 'checkpoints'),
    image: join(path, 'image.json'),
    steps: join(path, 'steps.json'),
    logTimes: join(path, 'log-times.jsonl'),
    timeline: join(path, 'timeline.json'),
    stopRequest: join(path, 'stop-asked'),
    resultsDue: join(path, 'results-due'),
  };
}

const ID = /^\d{8}-\d{4}-[a-z0-9]{4}$/;
/** Letters and digits that are not taken for one another. */
const ID_ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789';

/** `20261120-1322-k3f9`: the minute (UTC) and four characters by chance. */
export function createRunId(now: Date): string {
  const digits = now.toISOString().replace(/\D/g, '');
  const tail = Array.from({ length: 4 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${tail}`;
}

export function isRunId(text: string): boolean {
  return ID.test(text);
}

/** Ids of all folders that can be runs, oldest minute first. */
export async function listRunIds(runs: string): Promise<string[]> {
  const names = await atPath(runs, () => readdir(runs));
  return names.filter(isRunId).sort();
}

/** The record, or null when there is none (the host was killed before it wrote one). Throws RECORD_INVALID. */
export async function readRunRecord(folder: RunFolder): Promise<RunRecord | null> {
  let text: string;
  try {
    text = await readFile(folder.record, 'utf8');
  } catch (error) {
    if (osCodeOf(error) === 'ENOENT' || osCodeOf(error) === 'ENOTDIR') return null;
    return atPath(folder.record, () => Promise.reject(error as Error));
  }
  // What a power cut left of the first record of a run: nothing was started yet.
  return text === '' ? null : parseRunRecord(text, folder.record);
}

function parseRunRecord(text: string, path: string): RunRecord {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SeedbedError('RECORD_INVALID', { path, reason: 'it is not JSON' }, { cause });
  }
  const parsed = RunRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const reason = `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unknown form'}`;
  throw new SeedbedError('RECORD_INVALID', { path, reason }, { cause: parsed.error });
}

export async function writeRunRecord(folder: RunFolder, record: RunRecord): Promise<void> {
  await replaceFile(folder.record, `${JSON.stringify(record, null, 2)}\n`);
}

/** States in which a QEMU may live. */
export function isLive(record: { state: RunRecord['state'] }): boolean {
  return record.state === 'starting' || record.state === 'running' || record.state === 'stopping';
}

/** Whether one of its files is there. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
