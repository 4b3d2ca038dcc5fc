// What a log shows of each step, and what that says: the position, whether a goal is reached. Plain data; step-cursor.ts fills it.
import type { BuildPhase, StepPosition, StepState } from '../../../shared/model/timeline.ts';
import { clip } from './bytes.ts';
import type { ExpectedStep } from './step-list.ts';

export interface StepTrace {
  step: ExpectedStep;
  state: StepState;
  startOffset: number | null;
  endOffset: number | null;
  phases: { name: BuildPhase; offset: number }[];
  /** It prints that it was successful: bash's builds. kaem's end when something else begins. */
  saysEnd: boolean;
}

export function newTrace(step: ExpectedStep): StepTrace {
  return { step, state: 'waiting', startOffset: null, endOffset: null, phases: [], saysEnd: false };
}

export function isBuild({ step }: StepTrace): boolean {
  return step.directive === 'build';
}

/** The log itself shows that it is over. */
export function isOver({ state }: Pick<StepTrace, 'state'>): boolean {
  return state === 'done' || state === 'prebuilt';
}

/** Steps behind `at` that come before the next build. */
export function upToNextBuild(traces: readonly StepTrace[], at: number): StepTrace[] {
  const next = traces.findIndex((trace, index) => index > at && isBuild(trace));
  return traces.slice(at + 1, next < 0 ? traces.length : next);
}

/** Of several that print nothing, the one that takes longest is named. */
const TELLING = [
  'move_disk',
  'get_network',
  'swap',
  'make_bootable',
  'null_time',
  'update_checksums',
  'after',
];

/** `at`: what runs (`open`) or ran last. Between two builds the directives that print nothing may be running. */
export function positionOf(traces: readonly StepTrace[], at: number, open: boolean): StepPosition | null {
  const trace = traces[at];
  if (trace === undefined) return null;
  const silent = open ? [] : upToNextBuild(traces, at);
  const shown = silent.length === 0 ? trace : telling(silent);
  const { id, directive, argument, pass } = shown.step;
  return {
    id: clip(id, 300),
    index: traces.indexOf(shown),
    directive,
    argument: clip(argument, 300),
    pass,
    phase: open ? (trace.phases.at(-1)?.name ?? null) : null,
    state: shown === trace ? trace.state : 'running',
    offset: shown.startOffset,
    builds: countBuilds(traces),
  };
}

function telling(traces: StepTrace[]): StepTrace {
  const jump = traces.find(({ step }) => step.directive === 'jump');
  const known = TELLING.flatMap((name) => traces.find(({ step }) => step.argument === name) ?? []);
  return (jump ?? known[0] ?? traces[0]) as StepTrace;
}

function countBuilds(traces: readonly StepTrace[]): { done: number; total: number } {
  const builds = traces.filter(isBuild);
  return {
    done: builds.filter((trace) => isOver(trace) || trace.state === 'unseen').length,
    total: builds.length,
  };
}

/** The last build of the list is over, so that those before it are, too: the scripts stop at their first error. */
export function builtToEnd(traces: readonly StepTrace[]): boolean {
  const last = traces.filter(isBuild).at(-1);
  return last !== undefined && isOver(last);
}

/** A step is over: the log says so, or shows a later build from its beginning to its end. */
export function isReached(traces: readonly StepTrace[], index: number): boolean {
  const trace = traces[index];
  if (trace === undefined || trace.state === 'waiting' || trace.state === 'running') return false;
  if (isOver(trace) && isBuild(trace)) return true;
  return traces.some(
    (later, place) => place > index && isBuild(later) && later.startOffset !== null && isOver(later),
  );
}
