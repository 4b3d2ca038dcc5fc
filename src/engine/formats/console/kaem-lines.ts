// Eras C, D and E (and F): kaem echoes every command as ` +> …`. Where stage0, the seed and the steps stand, and how kaem gives up.
// Source of truth: stage0-posix 45d90f59, mescc-tools/Kaem/kaem.c; x86/*.kaem, kaem.run; live-bootstrap 984b8322, seed/*.kaem, seed/script-generator.c.
import { ascii, isAll, textOf } from './bytes.ts';
import { fail, stepName, wentOn } from './failures.ts';
import { readKaemPhase } from './kaem-phases.ts';
import { rule } from './rules.ts';
import { addMilestone, type ReaderState } from './state.ts';

const PREFIX = ascii(' +> ');
const FINISHED = ascii('Build finished.');
const NO_HDA = ascii('ERROR: no hda writes!');
const ABORTING = ascii('ABORTING HARD');
const SPACE = 0x20;
/** Commands that mark a point are shorter. */
const MAX_MARKER_LENGTH = 200;

/** The script that a command runs (its last word, without folders) → the point that it marks. */
const SCRIPTS: ReadonlyMap<string, { id: string; label: string }> = new Map([
  ['mescc-tools-mini-kaem.kaem', { id: 'mini-kaem', label: 'stage0 builds hex2, M0, cc_x86, M2 and kaem' }],
  ['kaem.run', { id: 'full-kaem', label: 'The full kaem shell runs' }],
  ['mescc-tools-full-kaem.kaem', { id: 'mescc-tools', label: 'stage0 builds the mescc-tools' }],
  ['mescc-tools-extra.kaem', { id: 'mescc-tools-extra', label: 'stage0 builds the mescc-tools-extra' }],
  ['x86.answers', { id: 'answers', label: 'stage0 checks its tools' }],
  ['after.kaem', { id: 'live-bootstrap', label: "live-bootstrap's own code starts" }],
  ['seed-full.kaem', { id: 'seed', label: 'Building configurator and script-generator' }],
]);
const PASS = /^kaem --file pass(\d{1,4})\.kaem$/;
const SCRIPT = /^(?:kaem --file|bash) \/steps\/(\d{1,4})\.sh$/;
const STEP = /^kaem --file \/steps\/(improve|jump)\/([\w-]{1,60})\.sh$/;
const PACKAGE = /^pkg=(\S{1,200})$/;

export const KAEM_RULES = [
  rule(' +> ', readCommand),
  rule('Welcome to live-bootstrap!', readConfigurator),
  rule('Thank you! We will now continue with the bootstrap.', readConfigurator),
  rule('Subprocess error', readAbort),
  rule('ABORTING HARD', readAbortingHard),
  rule('Build finished.', readFinished),
  rule('ERROR: no hda writes!', readNoHda),
];

function isKaem(state: ReaderState): boolean {
  return state.era !== 'bash' && state.era !== 'linux' && state.era !== 'bootCheck';
}

function isUnderBuilderHex0(state: ReaderState): boolean {
  return isKaem(state) && state.era !== 'fiwix' && state.era !== 'move';
}

function readCommand(state: ReaderState): boolean {
  if (!isKaem(state)) return false;
  const { bytes, start, end, offset, transient } = state.line;
  if (state.era === null || state.era === 'firmware' || state.era === 'load' || state.era === 'move') {
    state.era = 'stage0';
    addMilestone(state, 'stage0-start', 'stage0 started', offset);
  }
  if (state.suspect !== null) wentOn(state);
  state.kaemCommands += 1;
  const from = start + PREFIX.length;
  const to = bytes[end - 1] === SPACE && end > from ? end - 1 : end;
  state.kaemCommand.set(bytes, from, to, transient);
  if (to - from <= MAX_MARKER_LENGTH && isMarker(bytes[from]))
    readMarker(state, textOf(bytes, from, to, MAX_MARKER_LENGTH));
  readKaemPhase(state, from, to);
  return true;
}

/** First bytes of the commands that can mark a point: `.` `b` `e` `k` `p`. */
function isMarker(byte: number | undefined): boolean {
  return byte === 0x2e || byte === 0x62 || byte === 0x65 || byte === 0x6b || byte === 0x70;
}

function readMarker(state: ReaderState, command: string): void {
  const { offset } = state.line;
  const name = PACKAGE.exec(command)?.[1];
  if (name !== undefined) {
    state.steps.leave(offset);
    state.package = { name, offset };
    return;
  }
  const pass = PASS.exec(command)?.[1];
  if (pass !== undefined) {
    beginStep(state, Number(pass));
    return;
  }
  const script = SCRIPT.exec(command)?.[1];
  if (script !== undefined) {
    beginScript(state, Number(script), command.startsWith('bash'));
    return;
  }
  const step = STEP.exec(command);
  if (step !== null) {
    const kind = step[1] === 'jump' ? 'jump' : 'improve';
    const name = step[2] ?? '';
    state.package = null;
    state.steps.beginKaem(kind, name, null, offset);
    addMilestone(state, `${kind}:${name}`, `${kind}: ${name}`, offset);
    return;
  }
  const point = SCRIPTS.get(command.slice(Math.max(command.lastIndexOf('/'), command.lastIndexOf(' ')) + 1));
  if (point === undefined) return;
  if (point.id === 'live-bootstrap' || (point.id === 'seed' && state.era === 'stage0')) state.era = 'seed';
  addMilestone(state, point.id, point.label, offset);
}

function beginStep(state: ReaderState, pass: number): void {
  if (state.package === null || pass === 0) return;
  const { name, offset } = state.package;
  if (!state.steps.beginKaem('build', name, pass, offset)) return;
  addMilestone(state, `build:${name}:${pass}`, `Building ${name} (pass ${pass})`, offset);
}

function beginScript(state: ReaderState, number: number, bash: boolean): void {
  state.package = null;
  state.steps.script(number, state.line.offset);
  if (bash) {
    state.era = state.linuxSeen ? 'linux' : 'bash';
    state.setCutRows(false);
  } else state.era = number === 0 ? 'kaem' : 'fiwix';
  addMilestone(state, `script:${number}`, `/steps/${number}.sh started`, state.line.offset);
}

/** The configurator asks under Fiwix (or Linux), once builder-hex0 is left (live-bootstrap 984b8322, seed/configurator.c). */
function readConfigurator(state: ReaderState): boolean {
  if (state.era !== 'fiwix' && state.era !== 'seed') return false;
  const { bytes, start, offset } = state.line;
  const asks = bytes[start] === 0x57;
  if (asks) addMilestone(state, 'configurator-asks', 'The configurator asks for the configuration', offset);
  else addMilestone(state, 'configured', 'The configuration is given', offset);
  return true;
}

/** kaem is always strict here: a command that fails ends its script, and each kaem above it says the same. */
function readAbort(state: ReaderState): boolean {
  if (!isKaem(state) || state.era === 'move') return false;
  const command = state.kaemCommand.get();
  if (state.era === 'kaem' || state.era === 'fiwix' || state.era === 'seed')
    fail(state, 'build-failed', stepName(state) || command);
  else fail(state, 'stage0-failed', command);
  return true;
}

function readAbortingHard(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  return isAll(bytes, start, end, ABORTING) && readAbort(state);
}

/** builder-hex0 comes to the end of its stream only when everything in it has ended: what should have gone on did not. It then reboots. */
function readFinished(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  if (!isAll(bytes, start, end, FINISHED) || !isUnderBuilderHex0(state)) return false;
  fail(state, 'ended-early', 'builder-hex0 came to the end of its commands');
  state.over = true;
  return true;
}

function readNoHda(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  if (!isAll(bytes, start, end, NO_HDA) || !isUnderBuilderHex0(state)) return false;
  fail(state, 'ended-early', 'builder-hex0 came to the end of its commands');
  state.over = true;
  return true;
}
