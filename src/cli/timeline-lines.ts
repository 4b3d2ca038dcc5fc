// A timeline as text: stages always, steps where the run is or all of them, with times where they are known.
import type { Verdict } from '../shared/model/console.ts';
import { type KnownIssue, knownIssues } from '../shared/model/known-issues.ts';
import type { Outlook, Timeline, TimelineStep } from '../shared/model/timeline.ts';
import { PHASE_WORDS } from '../shared/model/timeline.ts';
import { formatDuration } from '../shared/units.ts';
import { formatTable } from './screen.ts';

/** Steps that are shown around the one that runs. */
const AROUND = 3;

const WORDS: { [S in TimelineStep['state']]: string } = {
  waiting: '',
  running: 'runs',
  done: 'done',
  prebuilt: 'taken prebuilt',
  failed: 'FAILED',
  unseen: 'not in the log',
};

/** Empty for the boot check, and for a log that shows no stage. */
export function timelineLines(timeline: Timeline, { steps }: { steps: boolean }): string[] {
  const { stages } = timeline;
  if (stages.every(({ state }) => state === 'waiting')) return [];
  const rows = stages.map(({ label, state, steps: { done, total }, milliseconds, expected, startOffset }) => [
    `  ${label}`,
    state === 'waiting' ? '' : state === 'running' ? 'runs' : state === 'failed' ? 'FAILED' : 'done',
    total === 0 ? '' : `${done} of ${total} steps`,
    timeOf(milliseconds, expected?.milliseconds ?? null),
    startOffset === null ? '' : `at byte ${startOffset}`,
  ]);
  return ['stages:', ...formatTable(rows), ...stepLines(timeline, steps)];
}

function stepLines({ steps, source }: Timeline, all: boolean): string[] {
  const at = steps.findLastIndex(({ state }) => state !== 'waiting');
  if (at < 0) return [];
  const shown = all ? steps : steps.slice(Math.max(0, at - AROUND), at + AROUND + 1);
  const builds = steps.filter(({ directive }) => directive === 'build');
  const over = builds.filter(({ state }) => state !== 'waiting' && state !== 'running' && state !== 'failed');
  const guess = source === 'known' ? ', by the manifest of the known commit' : '';
  const rows = shown.map((step) => [
    `  ${step.pass === null ? `${step.directive}: ${step.argument}` : `${step.argument} (pass ${step.pass})`}`,
    WORDS[step.state],
    step.state === 'running' || step.state === 'failed' ? (phaseOf(step) ?? '') : '',
    `${timeOf(step.milliseconds, step.expected?.milliseconds ?? null)}${step.slow ? ', slow' : ''}`,
    step.startOffset === null ? '' : `at byte ${step.startOffset}`,
  ]);
  const more = all || shown.length === steps.length ? '' : '; --steps shows all';
  return [
    `steps:       ${over.length} of ${builds.length} builds are over${guess}${more}`,
    ...formatTable(rows),
  ];
}

function phaseOf({ phases }: TimelineStep): string | undefined {
  const phase = phases.at(-1)?.name;
  return phase === undefined ? undefined : PHASE_WORDS[phase];
}

function timeOf(milliseconds: number | null, expected: number | null): string {
  if (milliseconds === null) return expected === null ? '' : `usually ${formatDuration(expected)}`;
  const usual = expected === null ? '' : ` (usually ${formatDuration(expected)})`;
  return `${formatDuration(milliseconds)}${usual}`;
}

/** For `--json`: what others met that have the same cause. */
export function issuesOf(verdict: Verdict | null): readonly KnownIssue[] {
  return verdict === null ? [] : knownIssues(verdict.cause, verdict.sentence);
}

export function outlookLines(outlook: Outlook | null): string[] {
  if (outlook === null) return [];
  const { left, basis, slower } = outlook;
  const time =
    left === null
      ? 'not known'
      : `${formatDuration(left.low)} to ${formatDuration(left.high)}, likely ${formatDuration(left.likely)}`;
  return [
    ...(basis === '' ? [] : [`left:        ${time}`, `             ${basis}`]),
    ...(slower === null ? [] : [`slow:        ${slower.sentence}`]),
  ];
}
