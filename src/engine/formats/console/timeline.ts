// From what a log shows of each step, and from when the host saw it, to the timeline that hosts show.
import type { ConsoleReport } from '../../../shared/model/console.ts';
import type {
  ExpectedTime,
  Timeline,
  TimelinePhase,
  TimelineStage,
  TimelineStep,
} from '../../../shared/model/timeline.ts';
import { clip } from './bytes.ts';
import type { LogClock } from './log-clock.ts';
import { placeStages, type PlacedStage } from './stages.ts';
import type { ExpectedSteps } from './step-list.ts';
import { isOver, type StepTrace } from './step-traces.ts';

export interface TimelineInput {
  report: ConsoleReport;
  traces: readonly StepTrace[];
  scripts: ExpectedSteps['scripts'];
  source: Timeline['source'];
  clock: LogClock;
  /** The moment up to which running things have taken time, in milliseconds since 1970; null when nothing runs any more. */
  now: number | null;
  /** How long steps (by id) and stages (`stage:ID`) take elsewhere. */
  expected: ReadonlyMap<string, ExpectedTime>;
}

/** So much more than expected, and at least a minute, is slow. */
const SLOW_FACTOR = 2;
const SLOW_MILLISECONDS = 60_000;

export function composeTimeline(input: TimelineInput): Timeline {
  const { report, traces, source, clock } = input;
  const steps = traces.slice(0, 6000).map((trace, index) => composeStep(input, trace, index));
  const stages = placeStages(report, traces, input.scripts).map((stage) => composeStage(input, stage, steps));
  return { version: 1, source, timed: !clock.isEmpty(), stages: stages.slice(0, 200), steps };
}

export function isSlow(milliseconds: number | null, expected: ExpectedTime | null): boolean {
  if (milliseconds === null || expected === null || expected.from !== 'own-runs') return false;
  return (
    milliseconds > SLOW_FACTOR * expected.milliseconds &&
    milliseconds > expected.milliseconds + SLOW_MILLISECONDS
  );
}

function composeStep(input: TimelineInput, trace: StepTrace, index: number): TimelineStep {
  const { step } = trace;
  const failed = trace.state === 'running' && input.report.failure !== null;
  const span = spanOf(input, trace.startOffset, trace.endOffset, trace.state === 'running' && !failed);
  const expected = input.expected.get(step.id) ?? null;
  return {
    id: clip(step.id, 300),
    index,
    stage: `script:${step.script}`,
    directive: step.directive,
    argument: clip(step.argument, 300),
    pass: step.pass,
    line: step.line,
    state: failed ? 'failed' : trace.state,
    ...span,
    expected,
    slow: isSlow(span.milliseconds, expected),
    phases: phasesOf(input, trace),
  };
}

function phasesOf({ clock, now, report }: TimelineInput, trace: StepTrace): TimelinePhase[] {
  const ends = trace.state === 'running' && report.failure === null ? null : trace.endOffset;
  return trace.phases.map(({ name, offset }, index) => {
    const next = trace.phases[index + 1]?.offset ?? ends;
    const milliseconds =
      next === null ? (now === null ? null : clock.since(offset, now)) : clock.between(offset, next);
    return { name, offset, milliseconds };
  });
}

function composeStage(
  input: TimelineInput,
  stage: PlacedStage,
  steps: readonly TimelineStep[],
): TimelineStage {
  const { id, label, state, startOffset, endOffset } = stage;
  const own = steps.filter((step) => step.stage === id);
  return {
    id,
    label,
    state,
    ...spanOf(input, startOffset, endOffset, state === 'running'),
    expected: input.expected.get(`stage:${id}`) ?? null,
    steps: {
      done: own.filter((step) => isOver({ state: step.state }) || step.state === 'unseen').length,
      total: own.length,
    },
  };
}

function spanOf(
  { clock, now, report }: TimelineInput,
  startOffset: number | null,
  endOffset: number | null,
  runs: boolean,
): Pick<TimelineStep, 'startOffset' | 'endOffset' | 'startedAt' | 'endedAt' | 'milliseconds'> {
  const startedAt = startOffset === null ? null : clock.timeOf(startOffset);
  if (startOffset === null)
    return {
      startOffset,
      endOffset,
      startedAt,
      endedAt: endOffset === null ? null : clock.timeOf(endOffset),
      milliseconds: null,
    };
  if (runs && now !== null)
    return {
      startOffset,
      endOffset: null,
      startedAt,
      endedAt: null,
      milliseconds: clock.since(startOffset, now),
    };
  // What failed, or was going on when the log ended, took time up to the last byte.
  const end = endOffset ?? (report.bytes > 0 ? report.bytes - 1 : null);
  return {
    startOffset,
    endOffset,
    startedAt,
    endedAt: endOffset === null ? null : clock.timeOf(endOffset),
    milliseconds: end === null ? null : clock.between(startOffset, Math.max(end, startOffset)),
  };
}
