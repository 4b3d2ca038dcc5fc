// How long a run may still take, whether it is slower than usual, and what a silence means. Rests on earlier runs where there are some, else on the few
// published figures, else it says that nothing is known.
import type { ConsoleReport, Goal } from '../../../shared/model/console.ts';
import { goalStep } from '../../../shared/model/console.ts';
import type { Accelerator } from '../../../shared/model/run.ts';
import type { Outlook, ReferenceTimes, Timeline, TimelineStep } from '../../../shared/model/timeline.ts';
import { formatDuration } from '../../../shared/units.ts';
import { clip } from './bytes.ts';
import { explainSilence } from './silence.ts';
import { stepTitle } from './step-list.ts';

export interface OutlookInput {
  report: ConsoleReport;
  timeline: Timeline;
  goal: Goal;
  accelerator: Accelerator | null;
  quietMilliseconds: number;
  elapsedMilliseconds: number;
  streamBytes: number;
  streamEntries: number;
  reference: ReferenceTimes;
}

/** A step with what it usually takes. */
interface Part {
  done: boolean;
  /** Builds and stages print where they begin and end, so their times compare. */
  compares: boolean;
  milliseconds: number | null;
  expected: number | null;
}

/** So many measured parts say how this machine compares with the earlier runs. */
const ENOUGH_PARTS = 3;
/** So much of the rest must be known. */
const ENOUGH_KNOWN = 0.8;

type TimeLeft = Pick<Outlook, 'left' | 'from' | 'basis'>;

export function outlookOf(input: OutlookInput): Outlook {
  const { report, timeline, accelerator, quietMilliseconds } = input;
  const running = timeline.steps.find(({ state }) => state === 'running');
  const silence = explainSilence(
    report,
    quietMilliseconds,
    accelerator,
    running?.expected?.milliseconds ?? null,
  );
  const { state, sentence, limitMilliseconds } = silence;
  return {
    ...timeLeft(input),
    slower: running === undefined ? null : slower(running),
    silence: { state, sentence: clip(sentence, 500), limitMilliseconds },
  };
}

function slower(step: TimelineStep): Outlook['slower'] {
  const { milliseconds, expected, slow } = step;
  if (!slow || milliseconds === null || expected === null) return null;
  const factor = Math.round((milliseconds / Math.max(1, expected.milliseconds)) * 10) / 10;
  const sentence = `${stepTitle(step)} takes longer than usual: ${formatDuration(milliseconds)} so far, ${formatDuration(expected.milliseconds)} before.`;
  return { step: step.id, factor, sentence: clip(sentence, 500) };
}

function timeLeft(input: OutlookInput): TimeLeft {
  return fromOwnRuns(input) ?? fromReference(input);
}

/** The stages before the first step, then the steps up to the goal. */
function partsOf({ timeline, goal }: OutlookInput): Part[] {
  const early = timeline.stages
    .filter(({ id }) => !id.startsWith('script:'))
    .map(({ state, milliseconds, expected }) => ({
      done: state === 'done',
      compares: true,
      milliseconds,
      expected: expected?.from === 'own-runs' ? expected.milliseconds : null,
    }));
  if (goal === 'stage0') return early;
  const wanted = goalStep(goal);
  const last =
    wanted === null ? timeline.steps.length - 1 : timeline.steps.findIndex(({ id }) => id === wanted);
  const steps = timeline.steps.slice(0, last + 1).map(({ state, milliseconds, expected, directive }) => ({
    done: state !== 'waiting' && state !== 'running',
    compares: directive === 'build',
    milliseconds,
    // Directives that print nothing take time that nobody can measure: next to none, but for the jumps.
    expected: expected?.from === 'own-runs' ? expected.milliseconds : directive === 'build' ? null : 0,
  }));
  return [...early, ...steps];
}

function fromOwnRuns(input: OutlookInput): TimeLeft | null {
  const parts = partsOf(input);
  const open = parts.filter(({ done }) => !done);
  const known = open.filter(({ expected }) => expected !== null);
  if (open.length === 0 || known.length < ENOUGH_KNOWN * open.length || sum(known, 'expected') === 0)
    return null;
  const measured = parts.filter(
    ({ done, compares, milliseconds, expected }) =>
      done && compares && milliseconds !== null && expected !== null && expected > 0,
  );
  const factor =
    measured.length < ENOUGH_PARTS
      ? 1
      : sum(measured, 'milliseconds') / Math.max(1, sum(measured, 'expected'));
  const rest = open.reduce((total, { milliseconds, expected }) => {
    const whole = (expected ?? sum(known, 'expected') / known.length) * factor;
    return total + Math.max(0, whole - (milliseconds ?? 0));
  }, 0);
  const runs = Math.max(1, ...input.timeline.steps.map(({ expected }) => expected?.runs ?? 0));
  const spread = (runs === 1 ? 1.5 : 1.25) * (measured.length < ENOUGH_PARTS ? 1.5 : 1);
  const pace = Math.abs(factor - 1) < 0.1 ? '' : `; this one takes ${factor.toFixed(1)} times as long so far`;
  return {
    left: { low: Math.round(rest / spread), likely: Math.round(rest), high: Math.round(rest * spread) },
    from: 'own-runs',
    basis: `From ${runs === 1 ? 'one earlier run' : `${runs} earlier runs`} here with the same accelerator${pace}.`,
  };
}

function sum(parts: readonly Part[], key: 'milliseconds' | 'expected'): number {
  return parts.reduce((total, part) => total + (part[key] ?? 0), 0);
}

function fromReference(input: OutlookInput): TimeLeft {
  const { goal, accelerator, reference, elapsedMilliseconds, report } = input;
  if (goal === 'boot-check' || report.over) return { left: null, from: null, basis: '' };
  if (goal === 'stage0')
    return (
      early(input) ?? { left: null, from: null, basis: 'No figures are known for this accelerator yet.' }
    );
  const whole = reference.whole.find((one) => one.accelerator !== null && one.accelerator === accelerator);
  if (goal === 'end' && whole !== undefined) {
    const likely = Math.max(0, whole.milliseconds - elapsedMilliseconds);
    // One figure of another machine: it can only say what order of time it is.
    const left = {
      low: Math.round(likely / 2),
      likely,
      high: Math.round(Math.max(likely, whole.milliseconds / 4) * 3),
    };
    return { left, from: 'reference', basis: `From one published run on another machine (${whole.source}).` };
  }
  const first = early(input);
  if (first === null || first.left === null)
    return { left: null, from: null, basis: 'No earlier run here tells how long this takes.' };
  return {
    left: null,
    from: null,
    basis: `How long the whole takes is not known for this accelerator; up to the first step about ${formatDuration(first.left.likely)} more (measured with TCG on another machine).`,
  };
}

/** Loading by the bytes of the stream, then stage0 and seed by their measured times: only for TCG, where they were measured. */
function early({
  accelerator,
  reference,
  streamBytes,
  streamEntries,
  report,
  timeline,
}: OutlookInput): TimeLeft | null {
  const rate = reference.loading.find((one) => one.accelerator === accelerator)?.bytesPerSecond;
  if (rate === undefined || timeline.stages.length === 0) return null;
  const share = streamEntries === 0 ? 0 : Math.min(1, report.src.entries / streamEntries);
  const times = new Map(
    reference.stages
      .filter((one) => one.accelerator === accelerator)
      .map((one) => [one.stage, one.milliseconds]),
  );
  times.set('load', ((streamBytes * (1 - share)) / rate) * 1000);
  let rest = 0;
  for (const { id, state, milliseconds } of timeline.stages) {
    const whole = times.get(id) ?? 0;
    if (state === 'waiting' || (id === 'load' && state === 'running')) rest += whole;
    else if (state === 'running') rest += Math.max(0, whole - (milliseconds ?? 0));
  }
  if (rest === 0) return null;
  return {
    left: { low: Math.round(rest / 2), likely: Math.round(rest), high: Math.round(rest * 2) },
    from: 'reference',
    basis: 'From figures measured with TCG on another machine.',
  };
}
