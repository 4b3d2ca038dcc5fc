// Logs as they come in life: kernel messages in the middle of lines, lone CRs, escape codes, torn and cut. Nothing throws, nothing that failed becomes
// passed, and any chunking gives the same report.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import { composeTimeline } from '../../src/engine/formats/console/timeline.ts';
import { openLogClock } from '../../src/engine/formats/console/log-clock.ts';
import { ConsoleReport, type Goal, Verdict } from '../../src/shared/model/console.ts';
import { Timeline } from '../../src/shared/model/timeline.ts';
import { bootstrapConsole, bootstrapSegments, knownSteps } from '../support/bootstrap-consoles.ts';
import type { BootstrapEnd } from '../support/bootstrap-ends.ts';

const expected = expectedSteps(knownSteps());
const GOAL = 'build:gcc-15.2.0:1';
const encode = (text: string) => new TextEncoder().encode(text);

function read(pieces: readonly Uint8Array[], exact = true) {
  const reader = openConsoleReader({ steps: { expected, exact }, goalStep: GOAL });
  for (const piece of pieces) reader.push(piece);
  return reader;
}

const FAILING: [string, BootstrapEnd][] = [
  ['build:tcc-0.9.26:1', 'source-mismatch'],
  ['build:make-3.82:1', 'build-failed'],
  ['build:gcc-4.0.4:1', 'product-mismatch'],
  ['build:gcc-4.0.4:1', 'out-of-memory'],
  ['jump:linux', 'handover-hang'],
  ['jump:move_disk', 'disk-timeout'],
  [GOAL, 'build-failed'],
  [GOAL, 'out-of-space'],
  [GOAL, 'cut'],
];
const failing = FAILING.map(([at, how]) => bootstrapConsole({ end: { at, how } }));
const whole = bootstrapConsole();

/** What gets between the bytes of programs: kernel messages, meters, terminal codes, line noise. */
const noise = fc.oneof(
  fc.constantFrom(
    '[  812.334455] random: crng init done\r\n',
    '[ 1234.567890] usb 1-1: new high-speed USB device number 2 using ehci-pci\r\n',
    '[    7.000001] EXT4-fs (sda1): mounted filesystem with ordered data mode\r\n',
    '\r',
    '\r\n',
    '\u001b[1;31m',
    '\u001b[0m',
    '\u001b]0;title\u0007',
    '\u001bc',
    '\t',
    '\u0000',
    'test.sh: FAILED\r\n',
    'make: *** [check] Error 1 (ignored)\r\n',
    'x: build successful\r\n',
  ),
  fc.string({ maxLength: 20 }),
);

interface Damage {
  at: number;
  drop: number;
  insert: string;
}
const damage = fc.record({
  at: fc.nat(1_000_000),
  drop: fc.oneof(fc.constant(0), fc.nat(400)),
  insert: noise,
});

function damaged(text: string, places: readonly Damage[]): string {
  let out = text;
  for (const { at, drop, insert } of places) {
    const place = at % (out.length + 1);
    out = out.slice(0, place) + insert + out.slice(place + drop);
  }
  return out;
}

function verdicts(report: ConsoleReport): (Verdict | null)[] {
  const goals: Goal[] = ['end', `step:${GOAL}`];
  return [
    explainLog(report).verdict,
    ...goals.flatMap((goal) =>
      [true, false].map((processEnded) =>
        judge(report, { goal, processEnded, stopped: false, quietMilliseconds: 0 }),
      ),
    ),
  ];
}

describe('with damage of any kind', () => {
  test('a log that failed never becomes passed, and stays within the model', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...failing),
        fc.array(damage, { maxLength: 30 }),
        fc.boolean(),
        (text, places, exact) => {
          const reader = read([encode(damaged(text, places))], exact);
          const report = reader.report();
          for (const verdict of verdicts(report))
            if (verdict !== null) expect(verdict.outcome).not.toBe('passed');
          expect(ConsoleReport.safeParse(report).error).toBeUndefined();
          expect(describeNow(report)).not.toBe('');
        },
      ),
      { numRuns: 30 },
    );
  });

  test('a whole log that is cut off is not passed', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 60), fc.array(damage, { maxLength: 10 }), (length, places) => {
        const report = read([encode(damaged(whole.slice(0, length), places))]).report();
        const verdict = judge(report, { goal: 'end', processEnded: true, stopped: false });
        expect(verdict?.outcome).toBe('failed');
        Verdict.parse(verdict);
      }),
      { numRuns: 40 },
    );
  });

  test('a timeline stays within its model', () => {
    fc.assert(
      fc.property(fc.array(damage, { maxLength: 40 }), (places) => {
        const reader = read([encode(damaged(whole, places))]);
        const report = reader.report();
        const clock = openLogClock([{ at: 0, bytes: report.bytes, missed: 0 }]);
        const input = {
          report,
          traces: reader.traces(),
          scripts: expected.scripts,
          source: 'image',
          clock,
          now: 1,
          expected: new Map(),
        } as const;
        expect(Timeline.safeParse(composeTimeline(input)).error).toBeUndefined();
      }),
      { numRuns: 12 },
    );
  });
});

test('kernel messages between lines change neither position nor verdict', () => {
  const message = fc.constantFrom(
    '[  812.334455] random: crng init done\r\n',
    '[ 1234.567890] usb 1-1: new high-speed USB device number 2 using ehci-pci\r\n',
    '[  100.000000] perf: interrupt took too long (2519 > 2500)\r\n',
  );
  const segments = bootstrapSegments();
  const linux = segments.findIndex(({ step }) => step === 'improve:finalize_job_count');
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), message), { maxLength: 60 }), (messages) => {
      const texts = segments.map(({ text }) => text);
      for (const [place, text] of messages)
        texts.splice(linux + (place % (texts.length - linux - 1)) + 1, 0, text);
      const report = read([encode(texts.join(''))]).report();
      expect(report.position?.builds).toEqual({ done: 170, total: 170 });
      expect(explainLog(report).verdict.outcome).toBe('passed');
    }),
    { numRuns: 15 },
  );
});

test('any chunking of a damaged log gives the same report and the same traces', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...failing),
      fc.array(damage, { maxLength: 15 }),
      fc.array(fc.nat(200_000), { maxLength: 30 }),
      (text, places, cuts) => {
        const bytes = encode(damaged(text, places));
        const ends = [0, ...cuts.map((at) => at % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
        const pieces = ends.slice(1).map((end, index) => bytes.slice(ends[index], end));
        const [apart, together] = [read(pieces), read([bytes])];
        expect(apart.report()).toEqual(together.report());
        expect(apart.traces()).toEqual(together.traces());
      },
    ),
    { numRuns: 25 },
  );
});
