// What is known of a console log so far, and the few ways in which it changes. One object per reader; the line files fill it.
import type {
  BootCheckEntry,
  CauseCode,
  ChecksumLine,
  Era,
  Evidence,
  Failure,
  Milestone,
} from '../../../shared/model/console.ts';
import { clip, textOf } from './bytes.ts';
import { type LastText, openLastText, openRecentLines, type RecentLines } from './recent-lines.ts';

export const EVIDENCE_LENGTH = 500;
/** Lines that a failure without a cause of its own shows from before it. */
const LINES_BEFORE = 10;
const MAX_EVIDENCE = 20;
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
interface Suspect extends Failure {
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
  step: { name: string; pass: number } | null;
  /** The last phase of a bash build, e.g. `getting sources`. */
  phase: string;
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
}

export function newState(expectedBootCheck: readonly BootCheckEntry[] | null): ReaderState {
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
    step: null,
    phase: '',
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
  };
}

/** Firmware starts anew: positions begin again; milestones, failed checks and the failure stay. */
export function beginBoot(state: ReaderState): void {
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
  state.step = null;
  state.phase = '';
  state.buildsDone = 0;
  state.answersOk.clear();
  state.answersFailed = 0;
  state.openCheck = null;
  state.suspect = null;
  state.setCutRows(true);
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

/** Work went on: what looked wrong did not end the run. A wrong stage0 tool condemns all the same. */
export function wentOn(state: ReaderState): void {
  const { suspect } = state;
  state.suspect = null;
  state.openCheck = null;
  if (suspect?.cause === 'stage0-mismatch') state.failure ??= asFailure(suspect);
}

function asFailure({ cause, subject, offset, evidence }: Suspect): Failure {
  return { cause, subject, offset, evidence };
}

export function suspectLine(state: ReaderState, cause: CauseCode, subject: string, confirmed: boolean): void {
  const { offset } = state.line;
  state.suspect ??= { cause, subject: clip(subject, 300), offset, evidence: [], confirmed };
  addEvidence(state.suspect, lineEvidence(state));
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
    failHere(state, cause, subject, state.recent.evidence(LINES_BEFORE));
    return;
  }
  const failure = asFailure(suspect);
  addEvidence(failure, lineEvidence(state));
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
  const failure: Failure = { cause, subject: clip(subject, 300), offset: state.line.offset, evidence: [] };
  addEvidence(failure, ...before, lineEvidence(state));
  state.failure = failure;
}

/** `mes-0.27.1 (pass 1)`, or '' when nothing is being built. */
export function stepName(state: ReaderState): string {
  if (state.step !== null) return `${state.step.name} (pass ${state.step.pass})`;
  return state.package?.name ?? '';
}
