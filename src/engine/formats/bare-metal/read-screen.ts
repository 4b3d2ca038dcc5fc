// Explains what a person typed off the screen of a real machine that was started with the boot check. Pure.
// Source of what is meant: resources/boot-check/README.md; what to do: shared/model/causes.ts.
import type { BootCheckEntry } from '../../../shared/model/console.ts';
import {
  SCREEN_POINTS,
  type ScreenFinding,
  type ScreenPoint,
  type ScreenReading,
} from '../../../shared/model/bare-metal.ts';
import { causeText } from '../../../shared/model/causes.ts';
import type { BootCheckReason } from '../boot-check-console.ts';
import { BOOT_CHECK_CAUSES } from '../console/boot-check-lines.ts';
import { entriesText, streamText } from './screen-entries.ts';
import { describeFirmware } from './firmware-messages.ts';
import { readScreenLines, type ScreenLine } from './screen-lines.ts';

const TITLES: Record<ScreenPoint, string> = {
  title: 'The boot check starts',
  disk: 'The BIOS reads disks by sector number (int 13h extensions)',
  a20: 'Address line A20: memory above 1 MiB can be reached',
  memory: 'Memory in one piece from 1 MiB to 3008 MiB',
  interrupt: '32-bit mode, software interrupts, and back to the BIOS',
  probe: 'The memory keeps what is written to it',
  entries: 'Every byte of the stream is read',
  stream: 'The sums of the stream are right',
  verdict: 'The verdict',
};
const PASSED_BEFORE = 'Passed: the lines that follow could not stand there otherwise.';
/** Where each reason shows; stage1 says the first and the last of them before any title. */
const POINT_OF: Record<BootCheckReason, ScreenPoint> = {
  'no-lba': 'disk',
  a20: 'a20',
  'memory-short': 'memory',
  'memory-bad': 'probe',
  interrupt: 'interrupt',
  'disk-error': 'entries',
  'stream-truncated': 'entries',
  'stream-damaged': 'stream',
};
/** (0xBC000000 - 1 MiB) in MiB: what the boot check wants, by its own line (stage2.hex0, `memory`). */
const WANTED_MIB = 3007;

/** int 13h's status in AH (IBM PC/AT Technical Reference; Ralf Brown's Interrupt List, table 00234). */
const DISK_STATUS: Readonly<Record<number, string>> = {
  0x01: 'the BIOS does not know the command',
  0x02: 'no address mark',
  0x04: 'the sector was not found',
  0x08: 'DMA overrun',
  0x0a: 'a bad sector',
  0x0b: 'a bad track',
  0x0c: 'no medium',
  0x10: 'the data could not be corrected',
  0x20: 'the controller failed',
  0x40: 'the seek failed',
  0x80: 'the drive did not answer in time',
  0xaa: 'the drive was not ready',
  0xbb: 'an error without a name',
  0xe0: 'a status error',
};

type Verdict = Extract<ScreenLine, { kind: 'verdict' }>;

/** `expected`: what the image holds, when it is known. Takes any text. */
export function readScreen(text: string, expected: readonly BootCheckEntry[] | null): ScreenReading {
  const { lines, unread } = readScreenLines(text);
  const verdict = lines.findLast((line): line is Verdict => line.kind === 'verdict');
  if (lines.every(({ kind }) => kind === 'entry')) return notOurs(text, unread);
  const failedAt = verdict?.outcome === 'failed' && verdict.reason !== null ? POINT_OF[verdict.reason] : null;
  const reached = lastReached(lines, verdict, failedAt);
  const findings = SCREEN_POINTS.map((point): ScreenFinding => {
    const line = lines.findLast((one) => one.kind === (point === 'entries' ? 'entry' : point));
    const { mark, text: words } = judge(point, { line, lines, verdict, failedAt, reached, expected });
    return {
      point,
      title: TITLES[point],
      mark,
      text: words,
      typed: line?.typed ?? '',
      takenFor: line?.takenFor ?? '',
    };
  });
  return { ...conclude(lines, verdict, reached, findings), findings, unread: unread.slice(0, 50) };
}

interface Judging {
  line: ScreenLine | undefined;
  lines: readonly ScreenLine[];
  verdict: Verdict | undefined;
  failedAt: ScreenPoint | null;
  reached: number;
  expected: readonly BootCheckEntry[] | null;
}

/** Index of the last point that is known to be passed; -1 for none. */
function lastReached(
  lines: readonly ScreenLine[],
  verdict: Verdict | undefined,
  failedAt: ScreenPoint | null,
): number {
  if (verdict?.outcome === 'passed') return SCREEN_POINTS.length - 1;
  if (failedAt !== null) return SCREEN_POINTS.indexOf(failedAt) - 1;
  const points = lines
    .filter(({ kind }) => kind !== 'verdict')
    .map(({ kind }) => SCREEN_POINTS.indexOf(kind === 'entry' ? 'entries' : kind));
  return Math.max(-1, ...points);
}

function judge(point: ScreenPoint, judging: Judging): Pick<ScreenFinding, 'mark' | 'text'> {
  const { line, verdict, failedAt, reached } = judging;
  const index = SCREEN_POINTS.indexOf(point);
  if (point === 'verdict') return judgeVerdict(verdict);
  if (point === failedAt) return { mark: 'differs', text: failureText(verdict, line) };
  if (index > reached) return { mark: 'unknown', text: 'Not reached, or not typed.' };
  // A memory line also stands before its failure, and can contradict what follows.
  if (line?.kind === 'memory' && line.mebibytes !== null && line.mebibytes < WANTED_MIB)
    return {
      mark: 'differs',
      text: `${line.mebibytes} MiB would be too little (${WANTED_MIB} are needed), yet the check went on: look at the number again.`,
    };
  if (line?.kind === 'stream') return streamText(line, judging.expected);
  if (point === 'entries') return entriesText(judging.lines, judging.expected);
  if (line === undefined) return { mark: 'equal', text: PASSED_BEFORE };
  return {
    mark: 'equal',
    text: line.kind === 'memory' && line.mebibytes !== null ? `Passed: ${line.mebibytes} MiB.` : 'Passed.',
  };
}

function judgeVerdict(verdict: Verdict | undefined): Pick<ScreenFinding, 'mark' | 'text'> {
  if (verdict?.outcome === 'passed') return { mark: 'equal', text: 'Passed.' };
  if (verdict?.outcome === 'failed')
    return {
      mark: 'differs',
      text:
        verdict.reason === null
          ? 'Failed; the reason behind it could not be read.'
          : `Failed: ${verdict.reason}.`,
    };
  return { mark: 'unknown', text: 'No verdict was typed.' };
}

function failureText(verdict: Verdict | undefined, line: ScreenLine | undefined): string {
  if (verdict?.reason === 'memory-short' && line?.kind === 'memory' && line.mebibytes !== null) {
    const end = `Memory in one piece ends at ${line.mebibytes + 1} MiB; builder-hex0 uses addresses up to ${WANTED_MIB + 1} MiB.`;
    return line.mebibytes >= WANTED_MIB ? `${end} That would be enough: look at the number again.` : end;
  }
  if (verdict?.reason === 'disk-error') {
    const status =
      verdict.status === null ? null : (DISK_STATUS[verdict.status] ?? 'a status without a name');
    const where = verdict.lba === null ? '' : ` at sector ${verdict.lba} (byte ${verdict.lba * 512})`;
    return `A read failed five times${where}${status === null ? '' : `: ${status}`}.`;
  }
  return 'This is where the boot check ended.';
}

function conclude(
  lines: readonly ScreenLine[],
  verdict: Verdict | undefined,
  reached: number,
  findings: readonly ScreenFinding[],
): Pick<ScreenReading, 'outcome' | 'sentence' | 'hint'> {
  if (verdict?.outcome === 'passed') {
    const doubt = findings.find(({ mark }) => mark === 'differs');
    return {
      outcome: 'passed',
      sentence: 'The boot check passed: this machine has what builder-hex0 needs.',
      hint:
        doubt === undefined
          ? 'Flash the bootstrap image to the same drive, change nothing else, and go on with its checklist.'
          : `One line says otherwise than the verdict: look at it again on the screen (${doubt.title}).`,
    };
  }
  if (verdict?.outcome === 'failed' && verdict.reason !== null) {
    const cause = causeText(BOOT_CHECK_CAUSES[verdict.reason], '');
    return { outcome: 'failed', sentence: cause.sentence, hint: cause.hint };
  }
  if (verdict?.outcome === 'failed')
    return {
      outcome: 'failed',
      sentence: 'The boot check failed; why could not be read.',
      hint: 'Type the last line again, with the word behind “failed”.',
    };
  return unfinished(lines, reached);
}

function unfinished(
  lines: readonly ScreenLine[],
  reached: number,
): Pick<ScreenReading, 'outcome' | 'sentence' | 'hint'> {
  const next = SCREEN_POINTS[reached + 1] ?? 'verdict';
  const at =
    lines.length === 0
      ? 'Nothing of the boot check was read'
      : `No verdict yet. The last thing that passed: ${TITLES[SCREEN_POINTS[reached] ?? 'title']}`;
  return { outcome: 'unfinished', sentence: `${at}. Next comes: ${TITLES[next]}.`, hint: HANG_HINTS[next] };
}

const REREAD = 'If more stands on the screen, type its last lines too.';
const HANG_HINTS: Record<ScreenPoint, string> = {
  title: REREAD,
  disk: `${REREAD} If the machine stands here, its BIOS does not come back from int 13h: use another port or another drive.`,
  a20: `${REREAD} If the machine stands here, its BIOS does not come back from int 15h: update the firmware, or use another machine.`,
  memory: `${REREAD} If the machine stands here, its BIOS does not come back from asking for the memory map (int 15h, E820).`,
  interrupt: `${REREAD} If the machine stands or restarts here, it cannot go to 32-bit mode and back for the BIOS: switch CSM settings, update the firmware, or use another machine.`,
  probe: `${REREAD} If the machine stands here, some of its memory cannot be written: test the memory, and look for a hole in its map.`,
  entries: `${REREAD} If the machine stands here, the BIOS is slow or does not come back from reading: from USB this can take minutes; then try another port, or SATA.`,
  stream: `${REREAD} Entries still go by: wait. If the machine stands, the BIOS does not come back from reading; note the last entry.`,
  verdict: REREAD,
};

function notOurs(text: string, unread: string[]): ScreenReading {
  const firmware = describeFirmware(text);
  return {
    outcome: 'not-a-boot-check',
    sentence: firmware?.sentence ?? 'None of these lines is one of the boot check’s.',
    hint:
      firmware?.hint ??
      'Its first line is “Seedbed boot check 1”, its last begins with “verdict:”. For the console of a bootstrap use “Explain a log”.',
    findings: [],
    unread: unread.slice(0, 50),
  };
}
