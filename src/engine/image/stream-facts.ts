// Reads the source stream of an image file: what it holds, what it uses of builder-hex0's limits, where it ends.
import { createHash, type Hash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { describeError } from '../../shared/error-texts.ts';
import { SeedbedError } from '../../shared/errors.ts';
import type { Budget } from '../../shared/model/image.ts';
import { BUILDER_HEX0_LIMITS } from '../formats/builder-hex0.ts';
import { crc32, formatCrc32 } from '../formats/crc32.ts';
import { createSrcDecoder } from '../formats/src-decoder.ts';
import { checkBudgets, checkSrcName, createBudgetMeter, type SrcEntry } from '../formats/srcfs.ts';
import type { BuildOptions } from './image-plan.ts';
import { readRange } from './read-range.ts';

export interface StreamEntry extends SrcEntry {
  /** Of its first byte in the image. */
  offsetBytes: number;
  sha256: string;
  /** Only when it was asked for. */
  crc32: string | null;
}

export interface StreamFacts {
  /** Offset of the first byte that is neither entry nor command. */
  endBytes: number;
  /** Offset of the first command; null when there is none. */
  commandsAtBytes: number | null;
  directories: number;
  files: number;
  payloadBytes: number;
  commands: string[];
  budgets: Budget[];
  /** Null when there are more than builder-hex0 can take: then nobody needs their hashes. */
  entries: StreamEntry[] | null;
  warnings: string[];
}

/** live-bootstrap's stream ends with 4 commands, the boot check's with none. */
const MOST_COMMANDS = 100;

/** Past these nothing can boot, and a file full of holes could keep us busy for days. */
const MOST_ENTRIES = 4 * BUILDER_HEX0_LIMITS.files;
const MOST_BYTES = 2 * 1024 * 1024 * 1024;

/** Throws IMAGE_UNREADABLE for what builder-hex0 could not read either, and for a stream that the file does not hold whole. */
export async function readStream(
  handle: FileHandle,
  path: string,
  range: { fromBytes: number; toBytes: number; withCrc32: boolean },
  { signal, report }: BuildOptions,
): Promise<StreamFacts> {
  const facts = createCollector(path, range.withCrc32);
  const decoder = createSrcDecoder(facts, path, range.fromBytes);
  let at = range.fromBytes;
  for await (const bytes of readRange(handle, path, range, signal)) {
    at += decoder.push(bytes);
    if (decoder.ended) {
      if (at > range.fromBytes) return facts.finish(at);
      throw new SeedbedError('IMAGE_UNREADABLE', { path, reason: 'its source stream is empty' });
    }
    report?.({ step: 'read', label: 'Reading the source stream', done: at, total: null, unit: 'bytes' });
  }
  const reason = `its source stream stops ${decoder.place} at byte ${at}, where the file ends`;
  throw new SeedbedError('IMAGE_UNREADABLE', { path, reason });
}

interface Collector {
  entry(entry: SrcEntry, offset: number): void;
  payload(bytes: Uint8Array): void;
  entryEnd(): void;
  command(text: string, offset: number): void;
  finish(endBytes: number): StreamFacts;
}

function createCollector(path: string, withCrc32: boolean): Collector {
  const unreadable = (reason: string): SeedbedError => new SeedbedError('IMAGE_UNREADABLE', { path, reason });
  const meter = createBudgetMeter();
  const entries: StreamEntry[] = [];
  const commands: string[] = [];
  const refusals: string[] = [];
  let commandsAtBytes: number | null = null;
  let current: { entry: SrcEntry; offset: number; hash: Hash; sum: number } | null = null;
  const count = { directories: 0, files: 0, payloadBytes: 0 };
  return {
    entry(entry, offset) {
      if (
        count.directories + count.files >= MOST_ENTRIES ||
        count.payloadBytes + entry.sizeBytes > MOST_BYTES
      )
        throw unreadable('its stream holds more than any machine could take');
      meter.addEntry(entry);
      if (entry.sizeBytes === 0) count.directories += 1;
      else count.files += 1;
      count.payloadBytes += entry.sizeBytes;
      if (refusals.length === 0 && entry.path !== '.') refusals.push(...refusalOf(entry.path));
      const tooMany = count.directories + count.files > BUILDER_HEX0_LIMITS.files;
      current = tooMany ? null : { entry, offset, hash: createHash('sha256'), sum: 0 };
    },
    payload(bytes) {
      if (current === null) return;
      current.hash.update(bytes);
      if (withCrc32) current.sum = crc32(bytes, current.sum);
    },
    entryEnd() {
      if (current !== null)
        entries.push({
          ...current.entry,
          offsetBytes: current.offset,
          sha256: current.hash.digest('hex'),
          crc32: withCrc32 ? formatCrc32(current.sum) : null,
        });
      current = null;
    },
    command(text, offset) {
      // The boot check's own sums stand at the end of its stream; they follow from the entries.
      if (text.startsWith('sum ')) return;
      if (commands.length >= MOST_COMMANDS)
        throw new SeedbedError('IMAGE_UNREADABLE', {
          path,
          reason: 'its stream holds far too many commands',
        });
      commands.push(text);
      commandsAtBytes ??= offset;
      meter.addCommand(text);
    },
    finish: (endBytes) => ({
      endBytes,
      commandsAtBytes,
      ...count,
      commands,
      budgets: meter.budgets(),
      entries: count.directories + count.files > BUILDER_HEX0_LIMITS.files ? null : entries,
      warnings: [...refusals, ...overdrawn(meter.budgets())],
    }),
  };
}

function refusalOf(path: string): string[] {
  return complaintOf(() => checkSrcName(path));
}

function overdrawn(budgets: readonly Budget[]): string[] {
  return budgets.flatMap((budget) => complaintOf(() => checkBudgets([budget])));
}

/** What `check` throws, as a sentence. */
function complaintOf(check: () => void): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [describeError(error).message];
  }
}
