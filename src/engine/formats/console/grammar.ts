// The console grammar: bytes of a serial log to a report of where the machine is and what went wrong.
// Source of truth: live-bootstrap 984b8322 and its builder-hex0 and stage0-posix as the log shows them; the files beside this one cite the lines.
// Works in memory that does not grow with the log, in time linear in it, and takes any bytes.
import type { BootCheckEntry, ConsoleReport, Failure } from '../../../shared/model/console.ts';
import { BOOT_CHECK_RULES, readBootCheckLine } from './boot-check-lines.ts';
import { readBuildLine } from './build-lines.ts';
import { clip, textOf } from './bytes.ts';
import { CHECK_RULES, readCheck } from './check-lines.ts';
import { FIRMWARE_RULES } from './firmware-lines.ts';
import { IMPROVE_RULES } from './improve-lines.ts';
import { JUMP_RULES } from './jump-lines.ts';
import { KAEM_RULES } from './kaem-lines.ts';
import { KERNEL_RULES, readKernelWords } from './kernel-lines.ts';
import { openLineSplitter } from './line-splitter.ts';
import { LOAD_RULES, readAfterPackets, readCutRow, readExpected } from './load-lines.ts';
import { indexRules, readByRules } from './rules.ts';
import { SANDBOX_RULES } from './sandbox-lines.ts';
import { failureAt, wentOn } from './failures.ts';
import { EVIDENCE_LENGTH, newState, noteGoal, type ReaderState } from './state.ts';
import type { ExpectedSteps } from './step-list.ts';
import type { StepTrace } from './step-traces.ts';

export interface ConsoleReader {
  /** Feeds the next bytes of the log, in order; any chunking gives the same result. The bytes may be reused afterwards. */
  push(bytes: Uint8Array): void;
  /** The report for everything fed so far, not changed by later pushes; cheap enough for ten a second. */
  report(): ConsoleReport;
  /** What the log shows of each step so far: the reader's own, to be read at once and not kept. */
  traces(): readonly StepTrace[];
  /** Grows whenever a milestone is reached or a step or phase begins or ends; costs nothing to ask. */
  marks(): number;
}

/** `expectedBootCheck`: what the boot check must print for the image that was booted, in the image's order. */
export interface ConsoleReaderOptions {
  expectedBootCheck?: readonly BootCheckEntry[];
  /** The steps that the machine will go through, and whether they are what was booted (`exact`) or a guess. Without, steps are listed as they appear. */
  steps?: { expected: ExpectedSteps; exact: boolean };
  /** Id of the step that is the goal. */
  goalStep?: string | null;
}

const RULES = indexRules([
  ...KAEM_RULES,
  ...LOAD_RULES,
  ...CHECK_RULES,
  ...FIRMWARE_RULES,
  ...BOOT_CHECK_RULES,
  ...JUMP_RULES,
  ...IMPROVE_RULES,
  ...KERNEL_RULES,
  ...SANDBOX_RULES,
]);

/** What a guest prints when it waits for somebody: configurator, and the shells of INTERACTIVE=True (live-bootstrap steps, reference 2.3). */
const PROMPT = /^(?:Command: |\[(?:TRAP|early Bash)[^\]]*\] .*# )$/;

export function openConsoleReader(options: ConsoleReaderOptions = {}): ConsoleReader {
  const state = newState(
    options.expectedBootCheck ?? null,
    options.steps ?? { expected: null, exact: false },
    options.goalStep ?? null,
  );
  const { line } = state;
  function at(bytes: Uint8Array, start: number, end: number, offset: number, transient: boolean): void {
    line.bytes = bytes;
    line.start = start;
    line.end = end;
    line.offset = offset;
    line.transient = transient;
  }
  const splitter = openLineSplitter({
    line(bytes, start, end, offset, transient) {
      at(bytes, start, end, offset, transient);
      readLine(state);
    },
    cutRow(bytes, start, end, offset) {
      at(bytes, start, end, offset, true);
      readCutRow(state);
    },
  });
  state.setCutRows = splitter.setCutRows;
  const entries = snapshotOf(() => state.bootCheck?.entries ?? []);
  const milestones = snapshotOf(() => state.milestones);

  let trap: { at: number; failure: Failure } | null = null;

  /** A shell that upstream opens says that a step has failed; the log is searched once for why. */
  function trapFailure(at: number): Failure {
    if (trap?.at !== at) trap = { at, failure: failureAt(state, at) };
    return trap.failure;
  }

  return {
    push(bytes) {
      state.history.open(bytes);
      splitter.push(bytes);
      state.history.settle();
      state.recent.settle();
      state.srcPath.settle();
      state.kaemCommand.settle();
    },
    report() {
      noteGoal(state);
      const tailBytes = splitter.tail();
      const tail = textOf(tailBytes, Math.max(0, tailBytes.length - EVIDENCE_LENGTH), tailBytes.length, 500);
      const counts = splitter.counts();
      const prompt = promptOf(state, tail);
      const trapped = prompt === 'trap' ? trapFailure(counts.bytes - tailBytes.length) : null;
      return {
        ...counts,
        boots: state.boots,
        era: state.era,
        tail,
        src: { entries: state.srcEntries, lastPath: state.srcPath.get() },
        kaem: { commands: state.kaemCommands, last: state.kaemCommand.get() },
        step: buildOf(state),
        position: positionOf(state),
        goalStep: state.goal === null ? null : { ...state.goal },
        answers: { ok: state.answersOk.size, failed: state.answersFailed },
        checks: { ok: state.checksOk, failed: state.checksFailed.map((check) => ({ ...check })) },
        milestones: milestones(),
        failure: copyOf(state.failure),
        suspect: state.failure === null ? copyOf(state.suspect ?? trapped) : null,
        waitsForInput: prompt !== null,
        prompt,
        over: state.over,
        bootCheck: bootCheckOf(state, entries()),
      };
    },
    traces: () => state.steps.traces(),
    marks: () => state.boots + state.milestones.length + state.steps.changes(),
  };
}

function positionOf(state: ReaderState): ConsoleReport['position'] {
  const position = state.steps.position();
  if (position?.state !== 'running' || state.failure === null) return position;
  return { ...position, state: 'failed' };
}

function buildOf(state: ReaderState): ConsoleReport['step'] {
  const { argument = '', pass = null } = state.steps.running()?.step ?? {};
  return pass === null ? null : { name: argument, pass };
}

function promptOf(state: ReaderState, tail: string): ConsoleReport['prompt'] {
  if (state.over || !PROMPT.test(tail)) return null;
  if (tail.startsWith('Command')) return 'configurator';
  return tail.startsWith('[TRAP') ? 'trap' : 'shell';
}

function readLine(state: ReaderState): void {
  const { bytes, start, end, offset, transient } = state.line;
  if (state.expects !== 'nothing') readExpected(state);
  else if (start === end) return;
  else if (!recognise(state) && state.suspect !== null && !state.suspect.confirmed) wentOn(state);
  state.recent.add(bytes, start, end, offset, transient);
}

function recognise(state: ReaderState): boolean {
  return (
    readByRules(RULES, state) ||
    (state.era === 'bootCheck' && readBootCheckLine(state)) ||
    readCheck(state) ||
    readBuildLine(state) ||
    readAfterPackets(state) ||
    readKernelWords(state)
  );
}

function copyOf(failure: Failure | null): Failure | null {
  if (failure === null) return null;
  const { cause, offset, evidence, step, slice } = failure;
  return { cause, subject: clip(failure.subject, 300), offset, evidence: [...evidence], step, slice };
}

function bootCheckOf(state: ReaderState, entries: BootCheckEntry[]): ConsoleReport['bootCheck'] {
  if (state.bootCheck === null) return null;
  const { version, verdict, reason, compared } = state.bootCheck;
  return { version, entries, verdict, reason, compared };
}

/** A copy of a list that only grows (or is replaced by a new one), made again only when it changed. */
function snapshotOf<T>(list: () => readonly T[]): () => T[] {
  let source: readonly T[] = [];
  let copy: T[] = [];
  return () => {
    const now = list();
    if (now !== source || now.length !== copy.length) copy = [...now];
    source = now;
    return copy;
  };
}
