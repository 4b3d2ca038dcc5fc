// Checksum lines of every era, and what they say about the run.
// Source of truth: stage0-posix 45d90f59, mescc-tools-extra/sha256sum.c (`NAME: OK`, `NAME: FAILED` with the sums on two more lines);
// coreutils sha256sum (`sha256sum: WARNING: …`); live-bootstrap 984b8322, steps/helpers.sh (check_source_line, src_checksum).
//
// A failed check alone never condemns a run: test suites print such lines, and with UPDATE_CHECKSUMS=True upstream goes on. It is a
// suspect, and becomes the failure when the abort that it causes follows. The 19 stage0 tools are the exception: nothing after them
// is worth anything when one is wrong.
import type { CauseCode } from '../../../shared/model/console.ts';
import { ascii, clip, hasAt, textOf } from './bytes.ts';
import { rule } from './rules.ts';
import { addEvidence, suspectLine } from './failures.ts';
import { addMilestone, lineEvidence, lineText, type ReaderState } from './state.ts';

/** Tools in stage0-posix 45d90f59's x86.answers. */
export const ANSWERS = 19;
const MAX_FAILED_CHECKS = 100;
const MAX_ANSWER_NAMES = 64;

const OK = ascii(': OK');
const FAILED = ascii(': FAILED');
const CAPITAL_D = 0x44;
const CAPITAL_K = 0x4b;
const SPACE = 0x20;
const ANSWER = /^x86\/bin\/([\w-]{1,60})$/;
const DISTFILE = /^\/external\/distfiles\/(\S+)$/;

export const CHECK_RULES = [
  rule('Wanted:', readSum),
  rule('Received:', readSum),
  rule('sha256sum: WARNING: ', readWarning),
  rule('/external/distfiles/', readMissing),
];

/** `NAME: OK` or `NAME: FAILED`. */
export function readCheck(state: ReaderState): boolean {
  const { bytes, start, end } = state.line;
  const last = bytes[end - 1];
  const ok = last === CAPITAL_K && hasAt(bytes, end - OK.length, end, OK);
  if (!ok && !(last === CAPITAL_D && hasAt(bytes, end - FAILED.length, end, FAILED))) return false;
  const nameEnd = end - (ok ? OK.length : FAILED.length);
  if (nameEnd <= start) return false;
  for (let at = start; at < nameEnd; at += 1) if (bytes[at] === SPACE) return false;
  state.openCheck = null;
  // What bash's builds check is only counted.
  if (ok && state.era !== 'seed' && state.era !== 'stage0' && state.era !== null) {
    state.checksOk += 1;
    return true;
  }
  const file = textOf(bytes, start, nameEnd, 300);
  if (ok) readOk(state, file);
  else readFailed(state, file);
  return true;
}

function readOk(state: ReaderState, file: string): void {
  state.checksOk += 1;
  const { offset } = state.line;
  if (state.era === 'seed' && (file === 'configurator' || file === 'script-generator')) {
    addMilestone(state, `${file}-verified`, `${file} verified`, offset);
    return;
  }
  const tool = answerName(state, file);
  if (tool === null || state.answersOk.size >= MAX_ANSWER_NAMES) return;
  state.answersOk.add(tool);
  addMilestone(state, `answer:${tool}`, `stage0 tool verified: ${tool}`, offset);
  if (state.answersOk.size === ANSWERS && state.answersFailed === 0)
    addMilestone(state, 'stage0-verified', `All ${ANSWERS} stage0 tools verified`, offset);
}

function readFailed(state: ReaderState, file: string): void {
  const check = { file, ok: false, wanted: null, received: null, offset: state.line.offset };
  if (state.checksFailed.length < MAX_FAILED_CHECKS) {
    state.checksFailed.push(check);
    state.openCheck = check;
  }
  if (answerName(state, file) !== null) state.answersFailed += 1;
  const { cause, subject } = blame(state, file);
  suspectLine(state, cause, subject, false);
}

function answerName(state: ReaderState, file: string): string | null {
  return state.era === 'stage0' || state.era === null ? (ANSWER.exec(file)?.[1] ?? null) : null;
}

function blame(state: ReaderState, file: string): { cause: CauseCode; subject: string } {
  const tool = answerName(state, file);
  if (tool !== null) return { cause: 'stage0-mismatch', subject: tool };
  const distfile = DISTFILE.exec(file)?.[1];
  if (distfile !== undefined) return { cause: 'source-mismatch', subject: distfile };
  const phase = state.steps.running()?.phases.at(-1)?.name;
  // bash checks sources by their bare names.
  return {
    cause: phase === 'getting sources' && !file.startsWith('/') ? 'source-mismatch' : 'product-mismatch',
    subject: file,
  };
}

/** `Wanted:   <sum>` and `Received: <sum>` belong to the failed check before them. */
function readSum(state: ReaderState): boolean {
  const match = /^(Wanted|Received):\s+([0-9a-f]{64})$/.exec(lineText(state, 100));
  if (match === null) return false;
  const sum = match[2] ?? '';
  if (state.openCheck !== null) {
    if (match[1] === 'Wanted') state.openCheck.wanted = sum;
    else state.openCheck.received = sum;
  }
  confirm(state);
  return true;
}

/** coreutils counts the failed checks after the list. */
function readWarning(state: ReaderState): boolean {
  confirm(state);
  return true;
}

function confirm(state: ReaderState): void {
  if (state.suspect === null) return;
  state.suspect.confirmed = true;
  addEvidence(state.suspect, lineEvidence(state));
}

/** The file to check is not there: mescc-tools' sha256sum stops at once. */
function readMissing(state: ReaderState): boolean {
  const name = /^\/external\/distfiles\/(\S+): No such file or directory$/.exec(lineText(state))?.[1];
  if (name === undefined) return false;
  suspectLine(state, 'source-missing', clip(name, 300), false);
  return true;
}
