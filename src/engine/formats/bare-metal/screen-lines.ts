// What a person typed off the boot check's screen, as lines of the boot check: typing mistakes put right, rows that were cut joined.
// The lines themselves: resources/boot-check/README.md, "Console lines".
import { BOOT_CHECK_REASONS, type BootCheckReason } from '../boot-check-console.ts';
import { closest, plain, readCrc32, readDecimal } from './alike.ts';

export type ScreenLine = { typed: string; takenFor: string } & (
  | { kind: 'title' | 'disk' | 'a20' | 'interrupt' | 'probe' }
  | { kind: 'memory'; mebibytes: number | null }
  | { kind: 'entry'; sizeBytes: number | null; crc32: string | null; path: string }
  | { kind: 'stream'; entries: number | null; payloadBytes: number | null; crc32: string | null }
  | {
      kind: 'verdict';
      outcome: 'passed' | 'failed' | null;
      reason: BootCheckReason | null;
      status: number | null;
      lba: number | null;
    }
);

export interface ScreenLines {
  lines: ScreenLine[];
  unread: string[];
}

const LONGEST_TEXT = 40_000;
const MOST_LINES = 1000;
const WHOLE = {
  title: 'Seedbed boot check 1',
  disk: 'disk: int 13h extensions ok',
  a20: 'a20: ok',
  interrupt: 'interrupt: int 0x80 ok',
  probe: 'probe: ok',
} as const;
const KEYWORDS = [
  'seedbed',
  'disk',
  'a20',
  'memory',
  'interrupt',
  'probe',
  'entry',
  'stream',
  'verdict',
  'passed',
  'failed',
] as const;
/** Printed behind a failed verdict on a real machine; says nothing. */
const PRESS_A_KEY = 'press a key to switch off';

export function readScreenLines(text: string): ScreenLines {
  const rows = text
    .slice(0, LONGEST_TEXT)
    .split(/\r?\n/)
    .slice(0, MOST_LINES)
    .map((row) => row.trim());
  const found: ScreenLines = { lines: [], unread: [] };
  for (const row of rows) {
    if (plain(row) === '' || closest(plain(row), [PRESS_A_KEY]) !== null) continue;
    // “disk-error” in a row of its own looks like the line about the disk.
    if (found.lines.at(-1)?.kind === 'verdict' && joinToLast(found.lines, row)) continue;
    const line = readRow(row);
    if (line !== null) found.lines.push(line);
    else if (!joinToLast(found.lines, row)) found.unread.push(row.slice(0, 200));
  }
  return found;
}

/** A row that begins nothing goes on with the row before it: the screen cuts at 80 columns, and people break lines where they like. */
function joinToLast(lines: ScreenLine[], row: string): boolean {
  const last = lines.at(-1);
  if (last === undefined || isComplete(last)) return false;
  const glue = last.kind === 'entry' && last.typed.length >= 79 ? '' : ' ';
  const joined = readRow(`${last.typed}${glue}${row}`);
  if (joined?.kind !== last.kind || (joined.kind === 'verdict' && joined.reason === null)) return false;
  lines[lines.length - 1] = joined;
  return true;
}

function isComplete(line: ScreenLine): boolean {
  switch (line.kind) {
    case 'memory':
      return line.mebibytes !== null;
    case 'entry':
      return line.path !== '' && line.typed.length < 79;
    case 'stream':
      return line.crc32 !== null;
    case 'verdict':
      if (line.outcome === 'passed') return true;
      return line.reason !== null && (line.reason !== 'disk-error' || line.lba !== null);
    default:
      return true;
  }
}

function readRow(row: string): ScreenLine | null {
  const [first = '', ...rest] = plain(row).split(' ');
  const keyword = closest(first, KEYWORDS);
  switch (keyword) {
    case null:
      return null;
    case 'seedbed':
      return withWhole('title', row);
    case 'disk':
    case 'a20':
    case 'interrupt':
    case 'probe':
      return withWhole(keyword, row);
    case 'memory':
      return readMemory(row, rest);
    case 'entry':
      return readEntry(row);
    case 'stream':
      return readStream(row, rest);
    case 'verdict':
      return readVerdict(row, rest);
    case 'passed':
    case 'failed':
      return readVerdict(row, [first, ...rest]);
  }
}

function withWhole(kind: keyof typeof WHOLE, typed: string): ScreenLine {
  return { kind, typed, takenFor: correction(typed, WHOLE[kind]) };
}

function correction(typed: string, meant: string): string {
  return typed === meant ? '' : meant;
}

function readMemory(typed: string, words: readonly string[]): ScreenLine {
  const unit = words.findIndex((word) => closest(word, ['mib', 'contiguous']) !== null);
  const mebibytes = readDecimal((unit < 0 ? words.slice(0, 1) : words.slice(0, unit)).join(''));
  const meant = mebibytes === null ? '' : `memory: ${mebibytes} MiB contiguous from 1 MiB`;
  return { kind: 'memory', typed, takenFor: correction(typed, meant === '' ? typed : meant), mebibytes };
}

function readEntry(typed: string): ScreenLine {
  const [, size = '', sum = '', ...path] = typed.split(/\s+/);
  const [sizeBytes, crc32] = [readDecimal(size), readCrc32(sum)];
  const meant = sizeBytes === null || crc32 === null ? typed : `entry ${sizeBytes} ${crc32} ${path.join('')}`;
  return { kind: 'entry', typed, takenFor: correction(typed, meant), sizeBytes, crc32, path: path.join('') };
}

function readStream(typed: string, words: readonly string[]): ScreenLine {
  const entries = readDecimal(words[0] ?? '');
  const payloadBytes = readDecimal(words[2] ?? '');
  const crc32 = readCrc32(words.at(-1) ?? '');
  const isWhole = entries !== null && payloadBytes !== null && crc32 !== null;
  const meant = isWhole ? `stream: ${entries} entries, ${payloadBytes} bytes, crc32 ${crc32}` : typed;
  return { kind: 'stream', typed, takenFor: correction(typed, meant), entries, payloadBytes, crc32 };
}

function readVerdict(typed: string, words: readonly string[]): ScreenLine {
  const outcome = closest(words[0] ?? '', ['passed', 'failed']);
  const after = words.slice(1);
  const statusAt = after.findIndex((word) => closest(word, ['status']) !== null);
  const reason =
    outcome === 'failed'
      ? closest((statusAt < 0 ? after : after.slice(0, statusAt)).join('-'), BOOT_CHECK_REASONS)
      : null;
  const status = statusAt < 0 ? null : readStatus(after[statusAt + 1] ?? '');
  const lba = statusAt < 0 ? null : readDecimal(after[statusAt + 3] ?? '');
  const place =
    reason === 'disk-error' && status !== null && lba !== null
      ? ` status ${status.toString(16).padStart(2, '0')} lba ${lba}`
      : '';
  const meant = outcome === null ? typed : ['verdict:', outcome, reason ?? ''].join(' ').trim() + place;
  return { kind: 'verdict', typed, takenFor: correction(typed, meant), outcome, reason, status, lba };
}

function readStatus(text: string): number | null {
  const digits = text.replaceAll('o', '0').replace(/[li|!]/g, '1');
  return /^[0-9a-f]{1,2}$/.test(digits) ? Number.parseInt(digits, 16) : null;
}
