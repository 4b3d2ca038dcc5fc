// What is said of the time left, of pace and of silences: from earlier runs where there are some, from published figures else, or nothing.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { openLogClock } from '../../src/engine/formats/console/log-clock.ts';
import { outlookOf, type OutlookInput } from '../../src/engine/formats/console/outlook.ts';
import { explainSilence } from '../../src/engine/formats/console/silence.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { composeTimeline } from '../../src/engine/formats/console/timeline.ts';
import type { ConsoleReport } from '../../src/shared/model/console.ts';
import { type ExpectedTime, Outlook, ReferenceTimes } from '../../src/shared/model/timeline.ts';
import { bootstrapConsole, bootstrapSegments, knownSteps } from '../support/bootstrap-consoles.ts';
import { PROMPTS } from '../support/bootstrap-ends.ts';

const START = Date.parse('2026-11-20T12:00:00.000Z');
const MINUTE = 60_000;
const expected = expectedSteps(knownSteps());
const reference = ReferenceTimes.parse(
  JSON.parse(readFileSync(new URL('../../resources/reference-times.json', import.meta.url), 'utf8')),
);

function read(text: string): ConsoleReport {
  const reader = openConsoleReader({ steps: { expected, exact: true } });
  reader.push(new TextEncoder().encode(text));
  return reader.report();
}

/** A run that stands at the beginning of a step, every step of which took `pace` times as long as in earlier runs. */
function outlookAt(
  id: string,
  change: Partial<OutlookInput> & { pace?: number; runs?: number; inStep?: number } = {},
) {
  const { pace = 1, runs = 1, inStep = 0, ...rest } = change;
  const usual = (index: number) => 1000 * (1 + (index % 5));
  const all = bootstrapSegments({ millisecondsOf: (_, index) => usual(index) * pace });
  const end = all.findIndex(({ step }) => step === id) + 1;
  const reader = openConsoleReader({ steps: { expected, exact: true } });
  const clock = openLogClock();
  let [at, bytes] = [START, 0];
  for (const { text, milliseconds } of all.slice(0, end)) {
    at += milliseconds;
    clock.add({ at, bytes, missed: 0 });
    const piece = new TextEncoder().encode(text);
    reader.push(piece);
    bytes += piece.length;
    clock.add({ at, bytes, missed: 0 });
  }
  const known = expected.steps.map(({ id: step }, index): [string, ExpectedTime] => [
    step,
    { milliseconds: usual(index), from: 'own-runs', runs },
  ]);
  const report = reader.report();
  const timeline = composeTimeline({
    report,
    traces: reader.traces(),
    scripts: expected.scripts,
    source: 'image',
    clock,
    now: at + inStep,
    expected: runs === 0 ? new Map() : new Map(known),
  });
  const index = expected.steps.findIndex(({ id: step }) => step === id);
  const left = expected.steps.slice(index).reduce((sum, _, place) => sum + usual(index + place), 0);
  const outlook = outlookOf({
    report,
    timeline,
    goal: 'end',
    accelerator: 'tcg',
    quietMilliseconds: 0,
    elapsedMilliseconds: at + inStep - START,
    streamBytes: 6_642_242,
    streamEntries: 2345,
    reference,
    ...rest,
  });
  return { outlook: Outlook.parse(outlook), left };
}

describe('time left, with an earlier run', () => {
  test('is what the rest took then', () => {
    const { outlook, left } = outlookAt('build:gcc-4.0.4:1');
    expect(outlook.from).toBe('own-runs');
    // Directives that print nothing were measured as nothing by some.
    expect(outlook.left?.likely).toBe(left);
    expect(outlook.left?.low).toBeLessThan(left);
    expect(outlook.left?.high).toBeGreaterThan(left);
    expect(outlook.basis).toContain('one earlier run');
  });

  test('follows the pace of this machine', () => {
    const { outlook, left } = outlookAt('build:gcc-4.0.4:1', { pace: 2 });
    expect(outlook.left?.likely).toBe(2 * left);
    expect(outlook.basis).toContain('2.0 times as long');
  });

  test('is surer with more runs', () => {
    const spread = (runs: number) => {
      const { low = 0, high = 0 } = outlookAt('build:gcc-4.0.4:1', { runs }).outlook.left ?? {};
      return high / low;
    };
    expect(spread(5)).toBeLessThan(spread(1));
  });

  test('ends at a step that is the goal', () => {
    const whole = outlookAt('build:gcc-4.0.4:1').outlook.left?.likely ?? 0;
    const { outlook } = outlookAt('build:gcc-4.0.4:1', { goal: 'step:build:musl-1.2.5:1' });
    expect(outlook.left?.likely).toBeGreaterThan(0);
    expect(outlook.left?.likely).toBeLessThan(whole / 10);
  });

  test('says of a step that it is slower than usual, and how much', () => {
    expect(outlookAt('build:gcc-4.0.4:1', { inStep: MINUTE }).outlook.slower).toBeNull();
    const { slower } = outlookAt('build:gcc-4.0.4:1', { inStep: 5 * MINUTE }).outlook;
    expect(slower?.step).toBe('build:gcc-4.0.4:1');
    expect(slower?.factor).toBeGreaterThan(2);
    expect(slower?.sentence).toContain('gcc-4.0.4 (pass 1) takes longer than usual');
  });
});

describe('time left, without an earlier run', () => {
  test('under KVM rests on one published run, widely, and names it', () => {
    const { outlook } = outlookAt('build:gcc-4.0.4:1', { runs: 0, accelerator: 'kvm' });
    expect(outlook.from).toBe('reference');
    expect(outlook.basis).toContain('i5-10310U');
    expect((outlook.left?.high ?? 0) / (outlook.left?.low ?? 1)).toBeGreaterThan(3);
  });

  test('under TCG is not known', () => {
    const { outlook } = outlookAt('build:gcc-4.0.4:1', { runs: 0 });
    expect(outlook).toMatchObject({ left: null, from: null });
    expect(outlook.basis).not.toBe('');
  });

  test('under TCG is known for stage0, from what was measured, and shrinks while it loads', () => {
    const loading = (entries: number) => {
      const text = `SeaBIOS (version 1)\r\nBooting from Hard Disk...\r\n${'src\r\n./x\r\n'.repeat(entries)}`;
      const report = read(text);
      const timeline = composeTimeline({
        report,
        traces: [],
        scripts: expected.scripts,
        source: 'image',
        clock: openLogClock(),
        now: START,
        expected: new Map(),
      });
      return outlookOf({
        report,
        timeline,
        goal: 'stage0',
        accelerator: 'tcg',
        quietMilliseconds: 0,
        elapsedMilliseconds: 0,
        streamBytes: 6_642_242,
        streamEntries: 2345,
        reference,
      }).left?.likely;
    };
    expect(loading(1)).toBeGreaterThan(20 * MINUTE);
    expect(loading(1)).toBeLessThan(25 * MINUTE);
    expect((loading(1) ?? 0) - (loading(2300) ?? 0)).toBeGreaterThan(2 * MINUTE);
  });
});

describe('a silence', () => {
  const at = (id: string, how: 'cut' | 'handover-hang' = 'cut') =>
    read(bootstrapConsole({ end: { at: id, how } }));

  test.each([
    ['jump:fiwix', 'handover-hang', 'moved to its place'],
    ['jump:linux', 'handover-hang', 'Linux in its place'],
    ['build:gcc-4.0.4:1', 'cut', 'works without printing'],
  ] as const)('at %s is explained, then stalled', (id, how, words) => {
    const report = at(id, how);
    expect(explainSilence(report, 1000, 'kvm')).toMatchObject({ state: 'talking', sentence: '' });
    const quiet = explainSilence(report, MINUTE, 'kvm');
    expect(quiet.state).toBe('quiet');
    expect(quiet.sentence).toContain(words);
    const stalled = explainSilence(report, quiet.limitMilliseconds, 'kvm');
    expect(stalled.state).toBe('stalled');
    expect(explainSilence(report, quiet.limitMilliseconds, 'tcg').state).toBe('quiet');
  });

  test('of a step that usually takes long is allowed to be longer', () => {
    const report = at('build:gcc-15.2.0:1');
    const usual = explainSilence(report, 2 * 3_600_000, 'kvm');
    expect(usual.state).toBe('stalled');
    expect(explainSilence(report, 2 * 3_600_000, 'kvm', 3_600_000).state).toBe('quiet');
  });

  test('of a machine that waits for somebody is no stall', () => {
    const report = read(bootstrapConsole({ end: { at: 'build:gcc-15.2.0:1', how: 'trap' } }) + PROMPTS.trap);
    expect(explainSilence(report, 86_400_000, 'kvm')).toMatchObject({ state: 'quiet', hang: null });
  });

  test('has a limit in every era, and a longer one under TCG', () => {
    const steps = [
      'build:mes-0.27.1:1',
      'build:make-3.82:1',
      'build:gcc-4.0.4:1',
      'jump:move_disk',
      'improve:get_network',
    ];
    for (const report of [...steps.map((id) => at(id)), read(''), read('SeaBIOS (version 1)\r\n')]) {
      const [kvm, tcg] = (['kvm', 'tcg'] as const).map(
        (name) => explainSilence(report, 0, name).limitMilliseconds,
      );
      expect(kvm).toBeGreaterThanOrEqual(MINUTE);
      expect(tcg).toBeGreaterThan(kvm ?? 0);
    }
  });
});
