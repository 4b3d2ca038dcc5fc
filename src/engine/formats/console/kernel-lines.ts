// Eras E to J as far as two kernels speak: Fiwix and Linux starting, giving up, running out of space, switching off.
// Source of truth: lwext4 make_fiwix_initrd.c and kexec-fiwix.c in live-bootstrap 984b8322; Fiwix v1.5.0-lb1 kernel/{main,kexec}.c, exit.c;
// Linux 4.14 init/version.c, kernel/{panic,reboot}.c; live-bootstrap steps/jump/move_disk.sh, steps/improve/get_network.sh.
import { ascii, hasAt } from './bytes.ts';
import { fail, failHere, stepName, suspectLine, wentOn } from './failures.ts';
import { rule } from './rules.ts';
import { addMilestone, lineText, type ReaderState } from './state.ts';
import { builtToEnd } from './step-traces.ts';

const NO_SPACE = ascii('No space left on device');
const PANIC = ascii('Kernel panic - not syncing: ');
const SMALL_E = 0x65;
const BRACKET = 0x5b;
const SPACE = 0x20;
const CAPITAL_F = 0x46;

export const KERNEL_RULES = [
  rule(' ', readFiwixBanner),
  rule('Fiwix kernel v', readFiwixBanner),
  rule('mounted root device (', readFiwixRoot),
  rule('WARNING: the last user process has exited.', readFiwixEnd),
  rule('PANIC: in ', readFiwixPanic),
  rule('** ', readFiwixIdle),
  rule('[', readPrintk),
  rule('Linux version ', readPrintk),
  rule('Kernel panic - not syncing: ', readPrintk),
  rule('reboot: ', readPrintk),
  rule('Timeout reached for ', readTimeout),
];

function readFiwixBanner(state: ReaderState): boolean {
  if (state.era === 'bash' || state.era === 'linux' || !isIndentedF(state)) return false;
  const version = /^\s*Fiwix kernel v(\S{1,40}) for i386 architecture/.exec(lineText(state, 200))?.[1];
  if (version === undefined) return false;
  state.era = 'fiwix';
  state.setCutRows(false);
  wentOn(state);
  state.steps.jumped('fiwix', state.line.offset);
  addMilestone(state, 'fiwix', `Fiwix ${version} started`, state.line.offset);
  return true;
}

/** Build output is full of indented lines; the banner is the one with an F. */
function isIndentedF({ line: { bytes, start, end } }: ReaderState): boolean {
  let at = start;
  while (at < end && bytes[at] === SPACE) at += 1;
  return bytes[at] === CAPITAL_F && at < end;
}

function readFiwixRoot(state: ReaderState): boolean {
  if (state.era !== 'fiwix') return false;
  addMilestone(state, 'fiwix-root', 'Fiwix mounted its root', state.line.offset);
  return true;
}

/** PID 1 has ended. A hand-over to Linux goes through reboot(2) and does not say this. */
function readFiwixEnd(state: ReaderState): boolean {
  if (!isUnderFiwix(state)) return false;
  failBuild(state, 'ended-early', 'the last process under Fiwix ended');
  state.over = true;
  return true;
}

function readFiwixPanic(state: ReaderState): boolean {
  if (!isUnderFiwix(state)) return false;
  failHere(state, 'kernel-panic', `Fiwix, ${lineText(state, 200)}`, state.recent.evidence(5));
  state.over = true;
  return true;
}

function readFiwixIdle(state: ReaderState): boolean {
  if (!isUnderFiwix(state) || !/^\*\*\s+Safe to Power Off\s+\*\*$/.test(lineText(state, 100))) return false;
  failBuild(state, 'ended-early', 'Fiwix stopped');
  state.over = true;
  return true;
}

function isUnderFiwix(state: ReaderState): boolean {
  return state.era === 'fiwix' || (state.era === 'bash' && !state.linuxSeen);
}

/** A kernel that ends in the middle of a build ends because of it: bash runs with `set -e` as the first process. */
export function failBuild(
  state: ReaderState,
  otherwise: 'ended-early' | 'kernel-panic',
  words: string,
): void {
  const step = stepName(state);
  if (step === '') fail(state, otherwise, words);
  else fail(state, 'build-failed', step);
}

/** Kernel words with or without the time that printk puts before them. */
const PRINTK =
  /^(\[ *\d+\.\d{6}\] )?(Linux version|Kernel panic - not syncing:|reboot:(?= (?:Power down|Restarting system|System halted))) (.{0,200})/;

function readPrintk(state: ReaderState): boolean {
  const match = PRINTK.exec(lineText(state));
  if (match === null) return false;
  const [, time, words, rest = ''] = match;
  // A running system shows its version in other output, too.
  if (words === 'Linux version' && state.linuxSeen && time === undefined) return false;
  if (words === 'Linux version') readLinux(state, rest);
  else if (words === 'reboot:') readReboot(state, rest);
  else panic(state, rest);
  return true;
}

function readLinux(state: ReaderState, rest: string): void {
  if (state.era === 'bootCheck') return;
  state.era = 'move';
  state.linuxSeen = true;
  state.package = null;
  state.steps.jumped('linux', state.line.offset);
  state.setCutRows(false);
  wentOn(state);
  addMilestone(state, 'linux', `Linux ${rest.split(' ')[0] ?? ''} started`, state.line.offset);
}

/** Upstream's last act (steps/improve/after.sh) is sysrq `o`. Only a power-off with nothing left half done is the end that was wanted. */
function readReboot(state: ReaderState, rest: string): void {
  if (!state.linuxSeen || state.over) return;
  if (rest === 'Power down' && isFinished(state)) {
    const { offset } = state.line;
    state.steps.finish(offset);
    addMilestone(state, 'finished', 'live-bootstrap finished and switched the machine off', offset);
  } else failBuild(state, 'ended-early', `reboot: ${rest}`);
  state.over = true;
}

/** Nothing is half done, nothing looked wrong, and where the steps are known for certain the last build was seen to end. */
function isFinished(state: ReaderState): boolean {
  if (state.era !== 'linux' || state.buildsDone === 0) return false;
  if (state.suspect !== null || state.failure !== null) return false;
  const trace = state.steps.running();
  if (trace !== null && trace.step.directive === 'build') return false;
  return !state.exactSteps || builtToEnd(state.steps.traces());
}

function panic(state: ReaderState, rest: string): void {
  // Every failing script under Linux looks like this (live-bootstrap issues 353, 288).
  if (rest.startsWith('Attempted to kill init')) failBuild(state, 'kernel-panic', rest);
  else fail(state, 'kernel-panic', rest);
  state.over = true;
}

/** `false` follows under `set -e`: nothing goes on after this. */
function readTimeout(state: ReaderState): boolean {
  const what = /^Timeout reached for (disk|internet) to become accessible$/.exec(lineText(state))?.[1];
  if (what === undefined) return false;
  failHere(state, what === 'disk' ? 'disk-timeout' : 'network-timeout', '');
  return true;
}

/** Signatures that other output may stand before. */
export function readKernelWords(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  if (bytes[end - 1] === SMALL_E && hasAt(bytes, end - NO_SPACE.length, end, NO_SPACE)) {
    if (end - start < NO_SPACE.length) return false;
    suspectLine(state, 'out-of-space', stepName(state), true);
    return true;
  }
  if (!state.linuxSeen) return false;
  for (let at = start + 1; at < end; at += 1)
    if (bytes[at] === BRACKET && isPanicAt(bytes, at, end)) {
      panic(state, lineText(state).split(' - not syncing: ')[1] ?? '');
      return true;
    }
  return false;
}

/** `[ 1234.567890] Kernel panic…` in the middle of a line that a program was writing. */
function isPanicAt(bytes: Uint8Array, at: number, end: number): boolean {
  for (let next = at + 1; next < Math.min(at + 20, end); next += 1)
    if (bytes[next] === 0x5d) return hasAt(bytes, next + 2, end, PANIC);
  return false;
}
