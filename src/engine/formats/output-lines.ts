// What a console log says of outputs: checks of checksum lists, and builds that are over. The rest of the log is console/'s.
// Source: live-bootstrap 984b8322, steps/helpers.sh (build, bin_preseed, src_checksum); stage0-posix 45d90f59, mescc-tools-extra/sha256sum.c.
import { textOf } from './console/bytes.ts';
import { openLineSplitter } from './console/line-splitter.ts';

/** A line `NAME: OK` or `NAME: FAILED`. */
export interface OutputCheck {
  name: string;
  ok: boolean;
  offset: number;
}

/** A build by bash that is over. A prebuilt one does not say which pass it is. */
export interface OutputBuild {
  step: string;
  pass: number | null;
  prebuilt: boolean;
}

export interface OutputLines {
  checks: OutputCheck[];
  builds: OutputBuild[];
}

export interface OutputReader {
  push(bytes: Uint8Array): void;
  lines(): OutputLines;
}

/** Test suites print such lines, too; a log of any kind is bounded. */
const MOST = 100_000;
/** No line that is looked for is longer: a package's name and a few words. */
const LONGEST = 400;
const CHECK = /^(\S{1,300}): (OK|FAILED)$/;
const BEGIN = /^(\S{1,200}): beginning build using script pass(\d{1,4})\.sh$/;
const DONE = /^(\S{1,200}): build successful$/;
const PREBUILT = /^(\S{1,200}): installing prebuilt package\.$/;
/** The kernels write to the port themselves: rows are no longer cut at 80 columns, until firmware starts again. */
const KERNEL = /(?:Fiwix kernel v|Linux version )\d/;
const FIRMWARE = /^SeaBIOS \(version /;

const LETTER_D = 0x44;
const LETTER_K = 0x4b;

/** Feed a log in order, in any pieces. */
export function openOutputReader(): OutputReader {
  const checks: OutputCheck[] = [];
  const builds: OutputBuild[] = [];
  const passes = new Map<string, number>();

  function read(text: string, offset: number): void {
    const [, name, verdict] = CHECK.exec(text) ?? [];
    if (name !== undefined) {
      if (checks.length < MOST) checks.push({ name, ok: verdict === 'OK', offset });
      return;
    }
    const [, begun, pass] = BEGIN.exec(text) ?? [];
    if (begun !== undefined) passes.set(begun, Number(pass));
    const done = DONE.exec(text)?.[1];
    const prebuilt = PREBUILT.exec(text)?.[1];
    const step = done ?? prebuilt;
    if (step === undefined || builds.length >= MOST) return;
    builds.push({
      step,
      pass: done === undefined ? null : (passes.get(step) ?? null),
      prebuilt: done === undefined,
    });
  }

  const splitter = openLineSplitter({
    line(bytes, start, end, offset) {
      if (end - start > LONGEST || end === start) return;
      const last = bytes[end - 1];
      const first = bytes[start];
      // Nearly all lines are compilers' and end otherwise; what these ends let through is looked at.
      if (last !== LETTER_K && last !== LETTER_D && !mayTell(last, first)) return;
      const text = textOf(bytes, start, end, LONGEST);
      if (KERNEL.test(text)) splitter.setCutRows(false);
      else if (FIRMWARE.test(text)) splitter.setCutRows(true);
      read(text, offset);
    },
    cutRow: () => undefined,
  });
  splitter.setCutRows(true);
  return { push: (bytes) => splitter.push(bytes), lines: () => ({ checks, builds }) };
}

const TELLING_ENDS = codesOf('l.h)]0123456789');
const TELLING_BEGINS = codesOf('SFL[ ');

/** `successful`, `package.`, `passN.sh`, or a banner of firmware or a kernel. */
function mayTell(last: number | undefined, first: number | undefined): boolean {
  return (last !== undefined && TELLING_ENDS.has(last)) || (first !== undefined && TELLING_BEGINS.has(first));
}

function codesOf(letters: string): ReadonlySet<number> {
  return new Set(Array.from(letters, (letter) => letter.charCodeAt(0)));
}
