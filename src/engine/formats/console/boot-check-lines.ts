// Seedbed's boot check: its lines into the report, and the comparison with what the image holds.
// Source of truth: resources/boot-check; the lines themselves: ../boot-check-console.ts.
import type { BootCheckEntry, CauseCode } from '../../../shared/model/console.ts';
import {
  type BootCheckDifference,
  type BootCheckLine,
  type BootCheckReason,
  compareBootCheckEntries,
  parseBootCheckLine,
} from '../boot-check-console.ts';
import { failHere } from './failures.ts';
import { rule } from './rules.ts';
import { addMilestone, type BootCheckState, lineText, type ReaderState } from './state.ts';

const MAX_ENTRIES = 20_000;
/** `entry SIZE CRC PATH` with a path of 1024 characters. */
const MAX_LINE_LENGTH = 1200;

export const BOOT_CHECK_RULES = [rule('Seedbed boot check ', readBootCheckLine)];

export const BOOT_CHECK_CAUSES: { [R in BootCheckReason]: CauseCode } = {
  'no-lba': 'boot-check-machine',
  a20: 'boot-check-machine',
  interrupt: 'boot-check-machine',
  'memory-short': 'boot-check-memory-short',
  'memory-bad': 'boot-check-memory-bad',
  'disk-error': 'boot-check-disk-error',
  'stream-truncated': 'boot-check-stream-truncated',
  'stream-damaged': 'boot-check-stream-damaged',
};
const MACHINE_WORDS: Partial<Record<BootCheckReason, string>> = {
  'no-lba': 'int 13h extensions',
  a20: 'address line A20',
  interrupt: 'software interrupt 0x80',
};

export function readBootCheckLine(state: ReaderState): boolean {
  const line = parseBootCheckLine(lineText(state, MAX_LINE_LENGTH));
  if (line === null) return false;
  if (line.kind === 'title') begin(state, line.version);
  else if (state.bootCheck !== null) read(state, state.bootCheck, line);
  return true;
}

function begin(state: ReaderState, version: number): void {
  if (version < 1) return;
  state.era = 'bootCheck';
  state.booted = true;
  state.setCutRows(true);
  state.suspect = null;
  state.bootCheck = {
    version,
    entries: [],
    offsets: [],
    overflow: false,
    verdict: null,
    reason: '',
    compared: false,
  };
  addPoint(state, { kind: 'title', version });
}

function read(state: ReaderState, check: BootCheckState, line: BootCheckLine): void {
  if (check.verdict !== null) return;
  if (line.kind === 'entry') addEntry(check, line.entry, state.line.offset);
  else if (line.kind !== 'verdict') addPoint(state, line);
  else if (line.outcome === 'passed') pass(state, check);
  else condemn(state, check, line);
}

function addPoint(state: ReaderState, line: Exclude<BootCheckLine, { kind: 'entry' | 'verdict' }>): void {
  addMilestone(state, `boot-check:${line.kind}`, pointLabel(line), state.line.offset);
}

function pointLabel(line: Exclude<BootCheckLine, { kind: 'entry' | 'verdict' }>): string {
  switch (line.kind) {
    case 'title':
      return 'The boot check started';
    case 'disk':
      return 'The BIOS reads disks by sector number';
    case 'a20':
      return 'Address line A20 works';
    case 'memory':
      return `${line.mebibytes} MiB of memory in one piece from 1 MiB on`;
    case 'interrupt':
      return 'Software interrupts work';
    case 'probe':
      return 'The memory keeps what is written to it';
    case 'stream':
      return `The stream was read: ${line.entries} entries, ${line.payloadBytes} bytes`;
  }
}

function addEntry(check: BootCheckState, entry: BootCheckEntry, offset: number): void {
  if (check.entries.length >= MAX_ENTRIES) {
    check.overflow = true;
    return;
  }
  check.entries.push(entry);
  check.offsets.push(offset);
}

function pass(state: ReaderState, check: BootCheckState): void {
  check.verdict = 'passed';
  state.over = true;
  addMilestone(state, 'boot-check:verdict', 'The boot check is content with the machine', state.line.offset);
  const difference = compare(state, check);
  if (difference === null) return;
  failHere(state, 'boot-check-wrong-bytes', describe(difference), evidenceOf(check, difference));
}

function condemn(
  state: ReaderState,
  check: BootCheckState,
  line: BootCheckLine & { kind: 'verdict'; outcome: 'failed' },
): void {
  check.verdict = 'failed';
  check.reason = line.reason;
  state.over = true;
  const { reason, disk } = line;
  if (reason === 'stream-damaged') {
    const difference = compare(state, check);
    const known = difference !== null && difference.seen !== null && difference.expected !== null;
    failHere(
      state,
      BOOT_CHECK_CAUSES[reason],
      known ? describe(difference) : '',
      known ? evidenceOf(check, difference) : [],
    );
    return;
  }
  const place =
    disk === null ? '' : `BIOS status 0x${disk.status.toString(16).padStart(2, '0')} at sector ${disk.lba}`;
  failHere(state, BOOT_CHECK_CAUSES[reason], MACHINE_WORDS[reason] ?? place);
}

function compare(state: ReaderState, check: BootCheckState): BootCheckDifference | null {
  if (state.expectedBootCheck === null) return null;
  check.compared = true;
  const difference = compareBootCheckEntries(state.expectedBootCheck, check.entries);
  if (difference !== null || !check.overflow) return difference;
  return { index: check.entries.length, expected: null, seen: null };
}

function evidenceOf(check: BootCheckState, { index, seen }: BootCheckDifference) {
  const offset = check.offsets[index];
  if (seen === null || offset === undefined) return [];
  return [{ offset, text: `entry ${seen.sizeBytes} ${seen.crc32} ${seen.path}`.slice(0, 500) }];
}

function describe({ expected, seen }: BootCheckDifference): string {
  if (seen === null) return expected === null ? 'more entries' : `${expected.path} was not read`;
  if (expected === null) return `${seen.path} is not on the image`;
  if (expected.path !== seen.path) return `${seen.path} instead of ${expected.path}`;
  return `${seen.path} has ${sum(seen)} instead of ${sum(expected)}`;
}

function sum({ sizeBytes, crc32 }: BootCheckEntry): string {
  return `${sizeBytes} bytes, CRC-32 ${crc32}`;
}
