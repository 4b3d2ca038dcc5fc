// What the page says of a run, from its record and snapshot. Sentences come from the engine; here are names, tones and numbers.
import { causeText } from '../../../shared/model/causes.ts';
import type { Evidence, Goal, Verdict } from '../../../shared/model/console.ts';
import type { RunSnapshot, RunState, RunSummary } from '../../../shared/model/run.ts';
import { SANDBOX_NAMES } from '../../../shared/model/sandbox.ts';
import { formatCount } from '../../../shared/units.ts';

export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet';

/** Plain words first, upstream's word second. */
export function goalTitle(goal: Goal): string {
  switch (goal) {
    case 'boot-check':
      return 'Machine check';
    case 'stage0':
      return 'First stage';
    case 'end':
      return 'Full bootstrap';
    default:
      return 'Bootstrap up to a step';
  }
}

export function goalWord(goal: Goal): string {
  switch (goal) {
    case 'boot-check':
      return 'boot check';
    case 'stage0':
      return 'stage0';
    case 'end':
      return 'live-bootstrap, to its end';
    default:
      return `live-bootstrap, ${goal}`;
  }
}

export function runStatus(state: RunState, verdict: Verdict | null): { word: string; tone: Tone } {
  switch (state) {
    case 'starting':
      return { word: 'Starting', tone: 'busy' };
    case 'running':
      return { word: 'Running', tone: 'busy' };
    case 'stopping':
      return { word: 'Stopping', tone: 'busy' };
    case 'lost':
      return { word: 'Lost', tone: 'warn' };
    case 'ended':
      return verdict === null ? { word: 'Ended', tone: 'quiet' } : outcomeStatus(verdict.outcome);
  }
}

export function outcomeStatus(outcome: Verdict['outcome']): { word: string; tone: Tone } {
  switch (outcome) {
    case 'passed':
      return { word: 'Passed', tone: 'good' };
    case 'failed':
      return { word: 'Failed', tone: 'bad' };
    case 'stopped':
      return { word: 'Stopped', tone: 'quiet' };
    case 'lost':
      return { word: 'Lost', tone: 'warn' };
    case 'unfinished':
      return { word: 'Unfinished', tone: 'warn' };
  }
}

export function isLive(state: RunState): boolean {
  return state === 'starting' || state === 'running' || state === 'stopping';
}

/** Files that `x86.answers` of stage0-posix checks (live-bootstrap 984b8322). */
const STAGE0_TOOLS = 19;

/** Where the run is, in numbers; '' where nothing can be counted. */
export function progressText({ record, report }: RunSnapshot): string {
  const total = record.image.streamEntries;
  const ofTotal = (count: number): string =>
    total > 0 ? `${formatCount(count)} of ${formatCount(total)}` : formatCount(count);
  switch (report.era) {
    case 'bootCheck':
      return report.bootCheck === null ? '' : `${ofTotal(report.bootCheck.entries.length)} entries checked`;
    case 'load':
      return `${ofTotal(report.src.entries)} entries loaded into memory`;
    case 'stage0':
      return report.answers.ok > 0
        ? `${report.answers.ok} of ${STAGE0_TOOLS} tools verified`
        : `${formatCount(report.kaem.commands)} commands`;
    case null:
    case 'firmware':
      return '';
    default: {
      const builds = report.position?.builds;
      if (builds !== undefined && builds.total > 0) return `${builds.done} of ${builds.total} builds`;
      const step = report.step;
      const commands = `${formatCount(report.kaem.commands)} commands`;
      if (step === null) return commands;
      return step.pass > 1 ? `building ${step.name}, pass ${step.pass}` : `building ${step.name}`;
    }
  }
}

export interface FailureView {
  sentence: string;
  hint: string;
  evidence: Evidence[];
}

/** What to show when something went wrong: while the run lives from the report, afterwards from the verdict. */
export function failureOf({ record, report }: RunSnapshot): FailureView | null {
  const { verdict } = record;
  const failure = report.failure;
  if (verdict === null) {
    if (failure === null) return null;
    return { ...causeText(failure.cause, failure.subject), evidence: failure.evidence };
  }
  if (verdict.outcome === 'passed' || verdict.outcome === 'stopped') return null;
  return {
    sentence: verdict.sentence,
    hint: verdict.hint,
    evidence: verdict.evidence.length > 0 ? verdict.evidence : (failure?.evidence ?? []),
  };
}

/** Where the log first shows what went wrong; null when nothing did. */
export function firstFailureOffset({ record, report }: RunSnapshot): number | null {
  if (report.failure !== null) return report.failure.offset;
  const outcome = record.verdict?.outcome;
  if (outcome !== 'failed' && outcome !== 'unfinished') return null;
  return record.verdict?.evidence[0]?.offset ?? null;
}

/** Milliseconds that a run has gone on, counted on from its last snapshot while it lives. */
export function elapsedNow(snapshot: RunSnapshot, receivedAtMs: number, nowMs: number): number {
  const since = isLive(snapshot.record.state) ? Math.max(0, nowMs - receivedAtMs) : 0;
  return snapshot.elapsedMilliseconds + since;
}

/** Milliseconds of silence, likewise; null when the run is over. */
export function quietNow(snapshot: RunSnapshot, receivedAtMs: number, nowMs: number): number | null {
  if (snapshot.quietMilliseconds === null || !isLive(snapshot.record.state)) return null;
  return snapshot.quietMilliseconds + Math.max(0, nowMs - receivedAtMs);
}

/** Between start and end of a run in a list; null before it started. */
export function durationMs(
  run: { startedAt: string | null; endedAt: string | null; state: RunState },
  nowMs: number,
): number | null {
  if (run.startedAt === null) return null;
  const end = run.endedAt === null ? (isLive(run.state) ? nowMs : null) : Date.parse(run.endedAt);
  return end === null ? null : Math.max(0, end - Date.parse(run.startedAt));
}

/** What executes the guest, in a word. */
export function executorWord({ kind, accelerator }: Pick<RunSummary, 'kind' | 'accelerator'>): string {
  if (kind === 'serial') return 'Real machine';
  if (kind === 'bwrap' || kind === 'chroot') return SANDBOX_NAMES[kind];
  return accelerator === null ? '–' : accelerator.toUpperCase();
}
