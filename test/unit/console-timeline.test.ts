// Times of a run from what its host saw: exact where it looked, uncertain where it did not, without the time that it slept.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ConsoleReader, openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { type ClockSample, openLogClock } from '../../src/engine/formats/console/log-clock.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { composeTimeline } from '../../src/engine/formats/console/timeline.ts';
import { type ExpectedTime, Timeline } from '../../src/shared/model/timeline.ts';
import {
  bootstrapSegments,
  type BootstrapConsole,
  type ConsoleSegment,
  knownSteps,
} from '../support/bootstrap-consoles.ts';

const START = Date.parse('2026-11-20T12:00:00.000Z');
const { steps: STEPS, scripts } = expectedSteps(knownSteps());
const encode = (text: string) => new TextEncoder().encode(text);

interface Seen {
  reader: ConsoleReader;
  samples: ClockSample[];
  end: number;
}

/** A host that looks at the log whenever something is printed, except in [from, to) of the segments. */
function watch(segments: readonly ConsoleSegment[], absent: readonly [number, number] = [0, 0]): Seen {
  const reader = openConsoleReader({ steps: { expected: { steps: STEPS, scripts }, exact: true } });
  const samples: ClockSample[] = [{ at: START, bytes: 0, missed: 0 }];
  let at = START;
  let bytes = 0;
  for (const [index, { text, milliseconds }] of segments.entries()) {
    at += milliseconds;
    const piece = encode(text);
    reader.push(piece);
    bytes += piece.length;
    const isThere = index < absent[0] || index >= absent[1];
    // It has looked just before, too.
    if (isThere && milliseconds > 0 && index !== absent[1])
      samples.push({ at, bytes: bytes - piece.length, missed: 0 });
    if (isThere) samples.push({ at, bytes, missed: 0 });
  }
  return { reader, samples, end: at };
}

function timelineOf(
  { reader, samples }: Seen,
  { now = null, expected = new Map() }: { now?: number | null; expected?: Map<string, ExpectedTime> } = {},
): Timeline {
  const timeline = composeTimeline({
    report: reader.report(),
    traces: reader.traces(),
    scripts,
    source: 'image',
    clock: openLogClock(samples),
    now,
    expected,
  });
  return Timeline.parse(timeline);
}

describe('a whole bootstrap', () => {
  const options: BootstrapConsole = {
    earlyMilliseconds: 5000,
    millisecondsOf: (_, index) => 1000 * ((index * 7) % 13) + 10 * index,
  };
  const timeline = timelineOf(watch(bootstrapSegments(options)));

  test('has the exact time of all 170 builds', () => {
    const builds = timeline.steps.filter(({ directive }) => directive === 'build');
    expect(builds).toHaveLength(170);
    for (const { id, index, milliseconds, startedAt, endedAt } of builds) {
      expect([id, milliseconds]).toEqual([id, options.millisecondsOf?.(id, index)]);
      expect([startedAt?.uncertainMilliseconds, endedAt?.uncertainMilliseconds]).toEqual([0, 0]);
    }
  });

  test('has the exact time of every phase', () => {
    for (const step of timeline.steps.filter(({ id }) => id === 'build:gcc-15.2.0:1')) {
      const tenth = (options.millisecondsOf?.(step.id, step.index) ?? 0) / 10;
      const times = Object.fromEntries(step.phases.map(({ name, milliseconds }) => [name, milliseconds]));
      expect(times).toMatchObject({
        'getting sources': tenth,
        'configuring source': 2 * tenth,
        'compiling source': 5 * tenth,
        'install to fakeroot': tenth,
      });
    }
  });

  test('has ten stages that follow one another without gaps and make up the whole', () => {
    const { stages } = timeline;
    expect(stages.map(({ id, state }) => `${id} ${state}`)).toEqual(
      ['firmware', 'load', 'stage0', 'seed', ...[0, 1, 2, 3, 4, 5].map((n) => `script:${n}`)].map(
        (id) => `${id} done`,
      ),
    );
    for (const [index, stage] of stages.entries())
      if (index > 0) expect(stage.startOffset).toBe(stages[index - 1]?.endOffset);
    const whole = stages.reduce((sum, { milliseconds }) => sum + (milliseconds ?? 0), 0);
    const steps = STEPS.reduce((sum, { id }, index) => sum + (options.millisecondsOf?.(id, index) ?? 0), 0);
    expect(whole).toBe(steps);
    expect(stages.map(({ steps: { done, total } }) => total - done)).toEqual(Array(10).fill(0));
  });
});

describe('a run that goes on', () => {
  const segments = bootstrapSegments();
  const at = segments.findIndex(
    ({ step, text }) => step === 'build:gcc-4.0.4:1' && text.includes('compiling'),
  );
  const seen = watch(segments.slice(0, at + 1));

  test('counts the running step and its phase up to now', () => {
    const step = timelineOf(seen, { now: seen.end + 7000 }).steps.find(
      ({ id }) => id === 'build:gcc-4.0.4:1',
    );
    expect(step).toMatchObject({ state: 'running', endedAt: null });
    expect(step?.phases.at(-1)).toMatchObject({ name: 'compiling source', milliseconds: 7000 });
    expect(step?.milliseconds).toBeGreaterThan(7000);
  });

  test('is slow where it takes more than twice its usual time and a minute', () => {
    const expected = new Map<string, ExpectedTime>([
      ['build:gcc-4.0.4:1', { milliseconds: 60_000, from: 'own-runs', runs: 2 }],
    ]);
    const slow = (after: number) =>
      timelineOf(seen, { now: seen.end + after, expected }).steps.find(({ id }) => id === 'build:gcc-4.0.4:1')
        ?.slow;
    expect(slow(60_000)).toBe(false);
    expect(slow(180_000)).toBe(true);
  });

  test('has nothing that takes time once it has ended', () => {
    const step = timelineOf(seen).steps.find(({ id }) => id === 'build:gcc-4.0.4:1');
    expect(step).toMatchObject({ state: 'running', endedAt: null });
    expect(step?.milliseconds).toBeLessThan(seen.end - START);
  });
});

test('a host that was away gives what was printed meanwhile a time that may be earlier', () => {
  const segments = bootstrapSegments({ millisecondsOf: () => 1000 });
  const from = segments.findIndex(({ step }) => step === 'build:gcc-4.0.4:1');
  const to = segments.findIndex(({ step }) => step === 'build:ed-1.4:1');
  const { steps } = timelineOf(watch(segments, [from, to]));
  const inside = steps.find(({ id }) => id === 'build:musl-1.2.5:1');
  expect(inside?.startedAt?.uncertainMilliseconds).toBeGreaterThan(8000);
  const after = steps.find(({ id }) => id === 'build:bc-1.08.1:1');
  expect(after).toMatchObject({ milliseconds: 1000, startedAt: { uncertainMilliseconds: 0 } });
});

describe('the clock of a log', () => {
  test('knows no time of what nobody has seen', () => {
    const clock = openLogClock([{ at: START, bytes: 10, missed: 0 }]);
    expect(clock.timeOf(9)).toEqual({ at: '2026-11-20T12:00:00.000Z', uncertainMilliseconds: 0 });
    expect(clock.timeOf(10)).toBeNull();
    expect(clock.between(0, 10)).toBeNull();
    expect(openLogClock().isEmpty()).toBe(true);
  });

  test('leaves out the time that the host slept, and a clock that was set back', () => {
    const hour = 3_600_000;
    for (const jump of [8 * hour, -2 * hour]) {
      const clock = openLogClock([
        { at: START, bytes: 10, missed: 0 },
        { at: START + 60_000 + jump, bytes: 20, missed: jump },
        { at: START + 90_000 + jump, bytes: 30, missed: 0 },
      ]);
      expect(clock.between(0, 25)).toBe(90_000);
      expect(clock.between(15, 25)).toBe(30_000);
      expect(clock.since(0, START + 100_000 + jump)).toBe(100_000);
      expect(clock.timeOf(15)?.uncertainMilliseconds).toBe(60_000);
    }
  });

  test('never makes time run backwards, whatever the samples', () => {
    const sample = fc.record({
      at: fc.nat(1_000_000),
      bytes: fc.nat(100),
      missed: fc.integer({ min: -5000, max: 5000 }),
    });
    fc.assert(
      fc.property(fc.array(sample, { maxLength: 20 }), fc.nat(100), fc.nat(100), (samples, a, b) => {
        const clock = openLogClock(samples);
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        expect(clock.between(from, to) ?? 0).toBeGreaterThanOrEqual(0);
        const time = clock.timeOf(from);
        if (time !== null) expect(time.uncertainMilliseconds).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
