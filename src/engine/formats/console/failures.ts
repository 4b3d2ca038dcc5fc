// How a suspicion becomes the failure of a run: what was suspected before the end is its cause; otherwise the log is searched backwards for it.
import type { CauseCode, Evidence, Failure } from '../../../shared/model/console.ts';
import { clip } from './bytes.ts';
import { lineEvidence, LINES_BEFORE, type ReaderState, type Suspect } from './state.ts';
import { stepTitle } from './step-list.ts';
import { findClues } from './telling-lines.ts';

const MAX_EVIDENCE = 20;

/** Work went on: what looked wrong did not end the run. A wrong stage0 tool condemns all the same. */
export function wentOn(state: ReaderState): void {
  const { suspect } = state;
  state.suspect = null;
  state.openCheck = null;
  if (suspect?.cause === 'stage0-mismatch') state.failure ??= asFailure(suspect);
}

function asFailure({ cause, subject, offset, evidence, step, slice }: Suspect): Failure {
  return { cause, subject, offset, evidence, step, slice };
}

export function suspectLine(state: ReaderState, cause: CauseCode, subject: string, confirmed: boolean): void {
  state.suspect ??= { ...newFailure(state, cause, subject), confirmed };
  addEvidence(state.suspect, lineEvidence(state));
}

/** The offset of a failure is that of the line that begins it; the part that is worth reading ends behind the last line of the evidence. */
function newFailure(state: ReaderState, cause: CauseCode, subject: string): Failure {
  const { offset } = state.line;
  return { cause, subject: clip(subject, 300), offset, evidence: [], step: stepNow(state), slice: null };
}

export function addEvidence(failure: Failure, ...lines: Evidence[]): void {
  for (const line of lines) {
    const { evidence } = failure;
    if (evidence.length >= MAX_EVIDENCE) return;
    if (!evidence.some(({ offset }) => offset === line.offset)) evidence.push(line);
  }
}

/**
 * The run cannot go on after this line. What was suspected before it is the cause; otherwise the one given, shown with the lines that
 * stand before it. Only the first end counts.
 */
export function fail(state: ReaderState, cause: CauseCode, subject: string): void {
  if (state.failure !== null) return;
  const { suspect } = state;
  if (suspect === null) {
    failWithClues(state, cause, subject);
    return;
  }
  const failure = asFailure(suspect);
  addEvidence(failure, lineEvidence(state));
  failure.slice = { fromBytes: failure.offset, toBytes: endOfLine(state) };
  state.failure = failure;
}

/** As `fail`, for lines that are a cause by themselves. */
export function failHere(
  state: ReaderState,
  cause: CauseCode,
  subject: string,
  before: Evidence[] = [],
): void {
  if (state.failure !== null) return;
  const failure = newFailure(state, cause, subject);
  addEvidence(failure, ...before, lineEvidence(state));
  const fromBytes = failure.evidence[0]?.offset ?? failure.offset;
  failure.slice = { fromBytes, toBytes: endOfLine(state) };
  state.failure = failure;
}

/** Under a kernel lines are whole rows, so that the last 256 KiB can be searched; the firmware's rows are cut, there the last lines must do. */
function failWithClues(state: ReaderState, cause: CauseCode, subject: string): void {
  const isWhole =
    state.era === 'fiwix' || state.era === 'bash' || state.era === 'move' || state.era === 'linux';
  if (!isWhole) {
    failHere(state, cause, subject, state.recent.evidence(LINES_BEFORE));
    return;
  }
  const clues = findClues(state.history, state.steps.since(), state.line.offset);
  failHere(state, clues.memory ? 'out-of-memory' : cause, subject, clues.lines);
  if (state.failure !== null) state.failure.slice = { fromBytes: clues.from, toBytes: endOfLine(state) };
}

/** What failed before a shell was opened at `at`. */
export function failureAt(state: ReaderState, at: number): Failure {
  const clues = findClues(state.history, state.steps.since(), at);
  return {
    cause: clues.memory ? 'out-of-memory' : 'build-failed',
    subject: clip(stepName(state), 300),
    offset: clues.lines.at(-1)?.offset ?? at,
    evidence: clues.lines.slice(-MAX_EVIDENCE),
    step: stepNow(state),
    slice: { fromBytes: clues.from, toBytes: at },
  };
}

function endOfLine(state: ReaderState): number {
  const { offset, start, end } = state.line;
  return offset + end - start;
}

function stepNow(state: ReaderState): Failure['step'] {
  const trace = state.steps.running();
  if (trace === null) return null;
  const title = clip(stepTitle(trace.step), 320);
  return { id: clip(trace.step.id, 300), title, phase: trace.phases.at(-1)?.name ?? null };
}

/** `mes-0.27.1 (pass 1)`; between two builds the directives that stand there, when the list of steps names them; else ''. */
export function stepName(state: ReaderState): string {
  const trace = state.steps.running();
  if (trace !== null) return stepTitle(trace.step);
  if (state.package !== null) return state.package.name;
  return state.steps
    .between()
    .map(({ step }) => stepTitle(step))
    .join(', ');
}
