// What the page says of a timeline: names, times, which step the log shows.
import type { RunSnapshot } from '../../../shared/model/run.ts';
import {
  PHASE_WORDS,
  type Timeline,
  type TimelineStage,
  type TimelineStep,
} from '../../../shared/model/timeline.ts';
import { formatDuration } from '../../../shared/units.ts';
import type { Tone } from './run-view.ts';

/** A timeline is asked for again when this has changed. */
export function timelineKey({ record, report }: RunSnapshot): string {
  const { position } = report;
  return JSON.stringify([
    record.state,
    report.era,
    position?.id ?? null,
    position?.phase ?? null,
    position?.state ?? null,
    report.milestones.length,
    report.failure?.offset ?? null,
  ]);
}

export function hasBegun({ stages }: Timeline): boolean {
  return stages.some(({ state }) => state !== 'waiting');
}

/** The stage to look at first: the one that runs or failed, else the last one that anything is known of. */
export function stageOfNow({ stages }: Timeline): string | null {
  const now = stages.find(({ state }) => state === 'running' || state === 'failed');
  return (now ?? stages.findLast(({ state }) => state !== 'waiting'))?.id ?? null;
}

/** `tcc-0.9.27, pass 2`; what is no build with upstream's word for it. */
export function stepTitle({ directive, argument, pass }: TimelineStep): string {
  if (directive !== 'build') return `${directive}: ${argument}`;
  return pass === null || pass === 1 ? argument : `${argument}, pass ${pass}`;
}

export function stageNote(stage: TimelineStage): string {
  const { done, total } = stage.steps;
  return [total === 0 ? '' : `${done} of ${total}`, timeNote(stage)]
    .filter((part) => part !== '')
    .join(' · ');
}

/** What a step is at, and how long it took or usually takes. */
export function stepNote(step: TimelineStep): string {
  const phase = step.phases.at(-1)?.name;
  const at = step.state === 'running' || step.state === 'failed';
  return [
    step.state === 'prebuilt' ? 'taken prebuilt' : '',
    step.state === 'unseen' ? 'not in the log' : '',
    at && phase !== undefined ? PHASE_WORDS[phase] : '',
    timeNote(step),
    step.slow ? 'slower than usual' : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

function timeNote(part: TimelineStage | TimelineStep): string {
  const { milliseconds, expected, state } = part;
  if (milliseconds !== null && state !== 'waiting') return formatDuration(milliseconds);
  return expected === null ? '' : `usually ${formatDuration(expected.milliseconds)}`;
}

export function stateTone(state: TimelineStage['state'] | TimelineStep['state']): Tone {
  switch (state) {
    case 'done':
    case 'prebuilt':
      return 'good';
    case 'running':
      return 'busy';
    case 'failed':
      return 'bad';
    case 'unseen':
      return 'warn';
    case 'waiting':
      return 'quiet';
  }
}

/** The step that a place of the log belongs to; null before the first one. */
export function stepAt({ steps }: Timeline, offsetBytes: number): string | null {
  let found: string | null = null;
  for (const { id, startOffset } of steps) {
    if (startOffset === null) continue;
    if (startOffset > offsetBytes) break;
    found = id;
  }
  return found;
}

/** “about 2 h 10 min (1 h 40 min to 3 h 5 min)”; null when nothing can be said. */
export function timeLeft({ outlook }: RunSnapshot): string | null {
  const left = outlook?.left ?? null;
  if (left === null) return null;
  const about = `about ${formatDuration(left.likely)}`;
  if (left.low === left.high) return about;
  return `${about} (${formatDuration(left.low)} to ${formatDuration(left.high)})`;
}
