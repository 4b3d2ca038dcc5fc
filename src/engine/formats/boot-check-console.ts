// The boot check's console lines as data, and the comparison with what was written on the image.
// Source of truth: resources/boot-check/README.md ("Console lines", "Exit codes"); the lines are printed by stage1.hex0 and stage2.hex0.
import type { BootCheckEntry } from '../../shared/model/console.ts';

/** Why a boot check ends with `verdict: failed`; the words as printed. */
export const BOOT_CHECK_REASONS = [
  'no-lba', // the BIOS has no int 13h extensions for the boot drive
  'a20', // address line 20 stays off after int 15h AX=2401h
  'memory-short', // usable memory from 1 MiB up ends below 0xBC000000
  'memory-bad', // a probed address did not give back what was written
  'interrupt', // int 0x80 came back wrong, or the processor raised an exception
  'disk-error', // int 13h failed inside the medium, retries included
  'stream-truncated', // NUL or the end of the medium where the stream should go on
  'stream-damaged', // bad syntax, or sums that differ from the stream's own `sum` line
] as const;
export type BootCheckReason = (typeof BOOT_CHECK_REASONS)[number];

/** QEMU's exit status for each verdict when it has `-device isa-debug-exit,iobase=0xf4`: the value written, times two, plus one. */
export const BOOT_CHECK_EXIT_STATUS: Readonly<Record<'passed' | BootCheckReason, number>> = {
  passed: 33, // 0x10
  'no-lba': 35, // 0x11
  a20: 37, // 0x12
  'memory-short': 39, // 0x13
  'memory-bad': 41, // 0x14
  interrupt: 43, // 0x15
  'disk-error': 45, // 0x16
  'stream-truncated': 47, // 0x17
  'stream-damaged': 49, // 0x18
};

/** One line of the console, in the order in which the boot check prints them. `memory` also precedes `memory-short`. */
export type BootCheckLine =
  | { kind: 'title'; version: number }
  | { kind: 'disk' }
  | { kind: 'a20' }
  | { kind: 'memory'; mebibytes: number }
  | { kind: 'interrupt' }
  | { kind: 'probe' }
  | { kind: 'entry'; entry: BootCheckEntry }
  | { kind: 'stream'; entries: number; payloadBytes: number; crc32: string }
  | { kind: 'verdict'; outcome: 'passed' }
  | { kind: 'verdict'; outcome: 'failed'; reason: BootCheckReason; disk: BootCheckDiskError | null };

/** int 13h's status byte and the first sector of the read that failed. Only with reason `disk-error`. */
export interface BootCheckDiskError {
  status: number;
  lba: number;
}

const FIXED: Readonly<Record<string, BootCheckLine>> = {
  'disk: int 13h extensions ok': { kind: 'disk' },
  'a20: ok': { kind: 'a20' },
  'interrupt: int 0x80 ok': { kind: 'interrupt' },
  'probe: ok': { kind: 'probe' },
  'verdict: passed': { kind: 'verdict', outcome: 'passed' },
};
const TITLE = /^Seedbed boot check (\d{1,4})$/;
const MEMORY = /^memory: (\d{1,8}) MiB contiguous from 1 MiB$/;
const ENTRY = /^entry (\d{1,10}) ([0-9a-f]{8}) ([!-~]{1,1024})$/;
const STREAM = /^stream: (\d{1,10}) entries, (\d{1,10}) bytes, crc32 ([0-9a-f]{8})$/;
const FAILED = /^verdict: failed ([a-z0-9-]+)(?: status ([0-9a-f]{2}) lba (\d{1,10}))?$/;

/** One logical line (rows joined, no line end) as data; null when it is none of the boot check's lines. */
export function parseBootCheckLine(line: string): BootCheckLine | null {
  if (line.length > 1200) return null;
  if (Object.hasOwn(FIXED, line)) return FIXED[line] ?? null;
  switch (line.charCodeAt(0)) {
    case 0x53: // S
      return parseTitle(line);
    case 0x6d: // m
      return parseMemory(line);
    case 0x65: // e
      return parseEntry(line);
    case 0x73: // s
      return parseStream(line);
    case 0x76: // v
      return parseFailed(line);
    default:
      return null;
  }
}

function parseTitle(line: string): BootCheckLine | null {
  const version = TITLE.exec(line)?.[1];
  return version === undefined ? null : { kind: 'title', version: Number(version) };
}

function parseMemory(line: string): BootCheckLine | null {
  const mebibytes = MEMORY.exec(line)?.[1];
  return mebibytes === undefined ? null : { kind: 'memory', mebibytes: Number(mebibytes) };
}

function parseEntry(line: string): BootCheckLine | null {
  const [, size, crc32, path] = ENTRY.exec(line) ?? [];
  if (size === undefined || crc32 === undefined || path === undefined) return null;
  return { kind: 'entry', entry: { path, sizeBytes: Number(size), crc32 } };
}

function parseStream(line: string): BootCheckLine | null {
  const [, entries, bytes, crc32] = STREAM.exec(line) ?? [];
  if (entries === undefined || bytes === undefined || crc32 === undefined) return null;
  return { kind: 'stream', entries: Number(entries), payloadBytes: Number(bytes), crc32 };
}

function parseFailed(line: string): BootCheckLine | null {
  const [, word, status, lba] = FAILED.exec(line) ?? [];
  const reason = BOOT_CHECK_REASONS.find((known) => known === word);
  if (reason === undefined) return null;
  const disk =
    status === undefined || lba === undefined
      ? null
      : { status: Number.parseInt(status, 16), lba: Number(lba) };
  if ((reason === 'disk-error') !== (disk !== null)) return null;
  return { kind: 'verdict', outcome: 'failed', reason, disk };
}

/** Where two lists of entries part: `expected` is null for an entry too many, `seen` for one that never came. */
export interface BootCheckDifference {
  index: number;
  expected: BootCheckEntry | null;
  seen: BootCheckEntry | null;
}

/** The first entry that the console names otherwise than the image holds it, or null when both lists are the same. */
export function compareBootCheckEntries(
  expected: readonly BootCheckEntry[],
  seen: readonly BootCheckEntry[],
): BootCheckDifference | null {
  const count = Math.max(expected.length, seen.length);
  for (let index = 0; index < count; index += 1) {
    const wanted = expected[index] ?? null;
    const found = seen[index] ?? null;
    if (wanted === null || found === null || !sameEntry(wanted, found))
      return { index, expected: wanted, seen: found };
  }
  return null;
}

function sameEntry(a: BootCheckEntry, b: BootCheckEntry): boolean {
  return a.path === b.path && a.sizeBytes === b.sizeBytes && a.crc32 === b.crc32;
}
