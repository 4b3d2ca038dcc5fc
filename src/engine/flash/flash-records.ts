// The records of written drives: flashes/<id>/flash.json, replaced whole, and beside it how far a writing came, which only grows.
import { randomBytes } from 'node:crypto';
import { appendFile, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeedbedError, SeedbedError } from '../../shared/errors.ts';
import { FlashRecord, type FlashSummary } from '../../shared/model/flash.ts';
import { writeFileAtomically } from '../atomic-file.ts';
import { atPath } from '../os-errors.ts';
import { isAlive } from '../run/process-identity.ts';
import { digestOfChunks } from './chunk-hashes.ts';

export interface FlashRecords {
  /** Newest first; what cannot be read is left out. */
  list(): Promise<FlashSummary[]>;
  /** Throws FLASH_RECORD_NOT_FOUND, RECORD_INVALID. */
  get(id: string): Promise<FlashRecord>;
  save(record: FlashRecord): Promise<void>;
  pathOf(id: string): string;
  /** All chunks below this number were written. */
  note(id: string, writtenUpTo: number): Promise<void>;
  /** How far the latest unfinished writing of these chunks to that drive came; 0 when there is none. */
  resumable(driveId: string, chunksSha256: string): Promise<number>;
}

const RECORD_FILE = 'flash.json';
const JOURNAL_FILE = 'journal';
/** A terabyte's record has 17 MB of hashes. */
const LONGEST_RECORD_BYTES = 128 * 1024 * 1024;

export function openFlashRecords(root: string): FlashRecords {
  const place = (id: string, file: string): string => join(root, id, file);

  async function get(id: string): Promise<FlashRecord> {
    const path = place(id, RECORD_FILE);
    const found = await readFlashRecord(path).catch((error: unknown) => {
      if (isSeedbedError(error) && error.code === 'NOT_FOUND')
        throw new SeedbedError('FLASH_RECORD_NOT_FOUND', { record: id });
      throw error;
    });
    return asItIs(found);
  }

  async function all(): Promise<FlashRecord[]> {
    const names = await readdir(root).catch(() => []);
    const records = await Promise.all(names.map((name) => get(name).catch(() => null)));
    return records.filter((one) => one !== null).sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  return {
    get,
    pathOf: (id) => place(id, RECORD_FILE),
    list: async () => (await all()).map(summaryOf),
    async save(record) {
      await atPath(root, () => mkdir(join(root, record.id), { recursive: true }));
      await writeFileAtomically(place(record.id, RECORD_FILE), `${JSON.stringify(record)}\n`);
    },
    note: (id, writtenUpTo) => atPath(root, () => appendFile(place(id, JOURNAL_FILE), `${writtenUpTo}\n`)),
    async resumable(driveId, chunksSha256) {
      const latest = (await all()).find(
        (one) => one.drive.id === driveId && one.chunksSha256 === chunksSha256,
      );
      if (latest === undefined || latest.state === 'written') return 0;
      const lines = (await readFile(place(latest.id, JOURNAL_FILE), 'utf8').catch(() => '')).split('\n');
      // The last line may have been cut off.
      const last = Number(lines.at(-2) ?? 0);
      return Number.isSafeInteger(last) ? Math.max(last, latest.writtenUpTo) : latest.writtenUpTo;
    },
  };
}

/** A writing whose process is gone was cut off. */
async function asItIs(record: FlashRecord): Promise<FlashRecord> {
  if (record.state !== 'writing' || record.writer === null || (await isAlive(record.writer))) return record;
  const message = 'Seedbed ended while it wrote. Nothing starts from the drive; --resume goes on.';
  return { ...record, state: 'failed', failure: { code: 'CUT_OFF', message } };
}

export function summaryOf(record: FlashRecord): FlashSummary {
  const summary: Partial<FlashRecord> = { ...record };
  delete summary.chunks;
  return summary as FlashSummary;
}

export function newFlashId(now: Date): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}-${randomBytes(3).toString('hex')}`;
}

/** A record, also one that another computer wrote. Throws NOT_FOUND, RECORD_INVALID when it is none or contradicts itself. */
export async function readFlashRecord(path: string): Promise<FlashRecord> {
  const text = await atPath(path, () => readFile(path, 'utf8'));
  const invalid = (reason: string): SeedbedError => new SeedbedError('RECORD_INVALID', { path, reason });
  if (text.length > LONGEST_RECORD_BYTES) throw invalid('it is too long.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON.');
  }
  const parsed = FlashRecord.safeParse(value);
  if (!parsed.success) throw invalid('it is not a record of a written drive.');
  if (digestOfChunks(parsed.data.chunks) !== parsed.data.chunksSha256)
    throw invalid('the hashes of its chunks are not those that it names.');
  return parsed.data;
}
