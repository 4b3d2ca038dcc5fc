// A timeline in the middle of a bootstrap: some stages over, a step that runs and is slow, others to come.
import type { Timeline, TimelineStage, TimelineStep } from '../../src/shared/model/timeline.ts';

const SPAN = { startOffset: null, endOffset: null, startedAt: null, endedAt: null, milliseconds: null };

function stage(id: string, label: string, change: Partial<TimelineStage>): TimelineStage {
  return { id, label, state: 'waiting', ...SPAN, expected: null, steps: { done: 0, total: 0 }, ...change };
}

function step(index: number, argument: string, change: Partial<TimelineStep>): TimelineStep {
  return {
    id: `build:${argument}:1`,
    index,
    stage: 'script:0',
    directive: 'build',
    argument,
    pass: 1,
    line: index + 10,
    state: 'waiting',
    ...SPAN,
    expected: null,
    slow: false,
    phases: [],
    ...change,
  };
}

/** Steps begin at the given places of the log. */
export function scriptedTimeline(mes: number, tcc: number): Timeline {
  const usually = { milliseconds: 600_000, from: 'own-runs', runs: 3 } as const;
  return {
    version: 1,
    source: 'image',
    timed: true,
    stages: [
      stage('load', 'Source stream', { state: 'done', startOffset: 0, milliseconds: 96_000 }),
      stage('script:0', 'First packages (kaem)', {
        state: 'running',
        startOffset: mes,
        milliseconds: 1_260_000,
        steps: { done: 1, total: 3 },
      }),
      stage('script:1', 'Packages under Fiwix (bash)', { steps: { done: 0, total: 1 }, expected: usually }),
    ],
    steps: [
      step(0, 'mes-0.27.1', { state: 'done', startOffset: mes, endOffset: tcc, milliseconds: 900_000 }),
      step(1, 'tcc-0.9.26', {
        state: 'running',
        startOffset: tcc,
        milliseconds: 1_260_000,
        expected: usually,
        slow: true,
        phases: [{ name: 'compiling source', offset: tcc, milliseconds: null }],
      }),
      step(2, 'fiwix-1.5.0', { expected: usually }),
      step(3, 'bash-2.05b', { stage: 'script:1' }),
    ],
  };
}
