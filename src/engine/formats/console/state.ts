// What is known of a console log so far, and the few ways in which it changes. One object per reader; the line files fill it.
import type {
  BootCheckEntry,
  ChecksumLine,
  Era,
  Evidence,
  Failure,
  Milestone,
} from '../../../shared/model/console.ts';
import { clip, textOf } from './bytes.ts';
import { type History, openHistory } from './history.ts';
import { type LastText, openLastText, openRecentLines, type RecentLines } from './recent-lines.ts';
import { openStepCursor, type StepCursor } from './step-cursor.ts';
import type { ExpectedSteps } from './step-list.ts';
import { isReached } from './step-traces.ts';

export const EVIDENCE_LENGTH = 500;
/** Lines that a failure without a cause of its own shows from before it. */
export const LINES_BEFORE = 10;
const MAX_MILESTONES = 2000;

/** The line that is being read, as the splitter gave it. */
interface Line {
  bytes: Uint8Array;
  start: number;
  end: number;
  offset: number;
  transient: boolean;
}

/**
 * A line that looks like the reason of an end, until something shows that work went on. `confirmed` ones survive chatter that the
 * grammar does not know; others only explain an end that follows directly.
 */
export interface Suspect extends Failure {
  confirmed: boolean;
}

export interface BootCheckState {
  version: number;
  entries: BootCheckEntry[];
  offsets: number[];
  /** More entries than are kept. */
  overflow: boolean;
  verdict: 'passed' | 'failed' | null;
  reason: string;
  compared: boolean;
}

export interface ReaderState {
  line: Line;
  setCutRows: (cut: boolean) => void;
  expectedBootCheck: readonly BootCheckEntry[] | null;
  era: Era | null;
  boots: number;
  over: boolean;
  /** This boot got as far as booting from a disk. */
  booted: boolean;
  linuxSeen: boolean;
  /** What the next line is, whatever it holds: builder-hex0 prints a command's name and its arguments on two lines. */
  expects: 'nothing' | 'src path' | 'hex0 arguments' | 'kaem script';
  seeds: number;
  srcEntries: number;
  srcPath: LastText;
  /** Address packets of failed reads since the last line that loaded something. */
  diskPackets: number;
  kaemCommands: number;
  kaemCommand: LastText;
  /** `pkg=` was echoed, its pass not yet. */
  package: { name: string; offset: number } | null;
  /** Where in the manifest. */
  steps: StepCursor;
  /** The list of steps is the one of what was booted: what it does not show to the end did not reach it. */
  exactSteps: boolean;
  goal: { id: string; reachedAt: number | null } | null;
  /** Builds of this boot that said that they were successful. */
  buildsDone: number;
  answersOk: Set<string>;
  answersFailed: number;
  checksOk: number;
  checksFailed: ChecksumLine[];
  /** The failed check whose sums come next. */
  openCheck: ChecksumLine | null;
  milestones: Milestone[];
  milestoneIds: Set<string>;
  failure: Failure | null;
  suspect: Suspect | null;
  bootCheck: BootCheckState | null;
  recent: RecentLines;
  history: History;
}

export function newState(
  expectedBootCheck: readonly BootCheckEntry[] | null,
  steps: { expected: ExpectedSteps | null; exact: boolean },
  goalStep: string | null,
): ReaderState {
  return {
    line: { bytes: new Uint8Array(0), start: 0, end: 0, offset: 0, transient: true },
    setCutRows: () => undefined,
    expectedBootCheck,
    era: null,
    boots: 0,
    over: false,
    booted: false,
    linuxSeen: false,
    expects: 'nothing',
    seeds: 0,
    srcEntries: 0,
    srcPath: openLastText(1024),
    diskPackets: 0,
    kaemCommands: 0,
    kaemCommand: openLastText(EVIDENCE_LENGTH),
    package: null,
    steps: openStepCursor(steps.expected),
    exactSteps: steps.exact,
    goal: goalStep === null ? null : { id: goalStep, reachedAt: null },
    buildsDone: 0,
    answersOk: new Set(),
    answersFailed: 0,
    checksOk: 0,
    checksFailed: [],
    openCheck: null,
    milestones: [],
    milestoneIds: new Set(),
    failure: null,
    suspect: null,
    bootCheck: null,
    recent: openRecentLines(LINES_BEFORE),
    history: openHistory(),
  };
}

/** Firmware starts anew: positions begin again; milestones, failed checks and the failure stay. */
export function beginBoot(state: ReaderState): void {
  noteGoal(state);
  state.boots += 1;
  state.era = 'firmware';
  state.over = false;
  state.booted = false;
  state.linuxSeen = false;
  state.expects = 'nothing';
  state.seeds = 0;
  state.srcEntries = 0;
  state.srcPath.clear();
  state.diskPackets = 0;
  state.kaemCommands = 0;
  state.kaemCommand.clear();
  state.package = null;
  state.steps.reset();
  state.buildsDone = 0;
  state.answersOk.clear();
  state.answersFailed = 0;
  state.openCheck = null;
  state.suspect = null;
  state.setCutRows(true);
}

/** Whether the goal's step is over. A failure before its end says that it is not. */
export function noteGoal(state: ReaderState): void {
  const { goal } = state;
  if (goal === null || goal.reachedAt !== null) return;
  const traces = state.steps.traces();
  const index = traces.findIndex(({ step }) => step.id === goal.id);
  const finished = state.milestones.find(({ id }) => id === 'finished');
  if (index < 0 || (finished === undefined && !isReached(traces, index))) return;
  const end = traces[index]?.endOffset ?? state.line.offset;
  if (state.failure === null || state.failure.offset > end) goal.reachedAt = end;
}

export function lineText(state: ReaderState, limit: number = EVIDENCE_LENGTH): string {
  const { bytes, start, end } = state.line;
  return textOf(bytes, start, end, limit);
}

export function lineEvidence(state: ReaderState): Evidence {
  return { offset: state.line.offset, text: lineText(state) };
}

/** The first time that a point is reached; later ones of the same id say nothing new. */
export function addMilestone(state: ReaderState, id: string, label: string, offset: number): void {
  const shortId = clip(id, 80);
  if (state.milestones.length >= MAX_MILESTONES || state.milestoneIds.has(shortId)) return;
  state.milestoneIds.add(shortId);
  state.milestones.push({ id: shortId, label: clip(label, 200), era: state.era ?? 'firmware', offset });
}
