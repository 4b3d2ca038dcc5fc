// Machines that say nothing more, or wait for somebody: hand-overs that hang, the configurator, shells behind failed builds.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import type { ConsoleReport } from '../../src/shared/model/console.ts';
import { bootstrapConsole, knownSteps } from '../support/bootstrap-consoles.ts';
import { PROMPTS } from '../support/bootstrap-ends.ts';

const expected = expectedSteps(knownSteps());

function read(text: string): ConsoleReport {
  const reader = openConsoleReader({ steps: { expected, exact: true } });
  reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const FIWIX = 'build:gcc-4.0.4:1';
const LINUX = 'build:gcc-15.2.0:1';

describe('a hand-over', () => {
  test.each([
    ['jump:fiwix', 'builder-hex0 to Fiwix', 2],
    ['jump:linux', 'Fiwix to Linux', 5],
  ])('%s that says nothing for minutes hangs', (at, words, minutes) => {
    const report = read(bootstrapConsole({ end: { at, how: 'handover-hang' } }));
    const after = (quiet: number, accelerator: 'kvm' | 'tcg') =>
      judge(report, {
        goal: 'end',
        processEnded: false,
        stopped: false,
        quietMilliseconds: quiet * 60_000,
        accelerator,
      });
    expect(after(minutes - 0.1, 'kvm')).toBeNull();
    expect(after(minutes + 0.1, 'kvm')).toMatchObject({ outcome: 'failed', cause: 'handover-hang' });
    expect(after(minutes + 0.1, 'kvm')?.sentence).toContain(words);
    expect(after(minutes + 0.1, 'tcg')).toBeNull();
    expect(after(60, 'tcg')).toMatchObject({ cause: 'handover-hang' });
    // It stays the cause when the machine was ended for it.
    const ended = { goal: 'end', processEnded: true, stopped: false } as const;
    expect(judge(report, { ...ended, quietMilliseconds: Number.MAX_SAFE_INTEGER })).toMatchObject({
      cause: 'handover-hang',
    });
    expect(judge(report, ended)).toMatchObject({ cause: 'ended-early' });
    const stopped = { ...ended, stopped: true };
    expect(judge(report, { ...stopped, quietMilliseconds: Number.MAX_SAFE_INTEGER })).toMatchObject({
      cause: 'handover-hang',
    });
    expect(judge(report, stopped)).toMatchObject({ cause: 'stopped' });
  });

  test('that went on is none, however long a later silence is', () => {
    const report = read(bootstrapConsole({ end: { at: LINUX, how: 'cut' } }));
    const facts = { goal: 'end', processEnded: false, stopped: false, accelerator: 'kvm' } as const;
    expect(judge(report, { ...facts, quietMilliseconds: 86_400_000 })).toBeNull();
  });
});

describe('a machine that waits for somebody', () => {
  test.each([
    ['improve:reconfigure', 'configurator', 'configurator', 'Command:'],
    [FIWIX, 'trap', 'early trap', 'gcc-4.0.4 (pass 1) has failed'],
    [LINUX, 'trap', 'trap', 'gcc-15.2.0 (pass 1) has failed'],
  ] as const)('at %s by its %s says so', (at, how, prompt, words) => {
    const report = read(bootstrapConsole({ end: { at, how } }) + PROMPTS[prompt]);
    expect(report.waitsForInput).toBe(true);
    const { verdict } = explainLog(report);
    expect(verdict).toMatchObject({ outcome: 'unfinished', cause: 'waits-for-input' });
    expect(verdict.sentence).toContain(words);
    const live = { goal: 'end', processEnded: false, stopped: false, quietMilliseconds: 86_400_000 } as const;
    expect(judge(report, live)).toBeNull();
  });

  test('at the configurator goes on when the configuration is given', () => {
    const asks = bootstrapConsole({ end: { at: 'improve:reconfigure', how: 'configurator' } });
    const text = `${asks}Welcome to live-bootstrap!\r\n${PROMPTS.configurator}e\r\n\r\nThank you! We will now continue with the bootstrap.\r\n`;
    const report = read(text);
    expect(report.waitsForInput).toBe(false);
    expect(report.milestones.slice(-2).map(({ id }) => id)).toEqual(['configurator-asks', 'configured']);
  });

  test('in a shell behind a failed build shows why it failed, and that is the verdict when it ends', () => {
    const report = read(bootstrapConsole({ end: { at: LINUX, how: 'trap' } }) + PROMPTS.trap);
    expect(report.suspect).toMatchObject({
      cause: 'build-failed',
      step: { id: LINUX, phase: 'compiling source' },
    });
    expect(explainLog(report).verdict.evidence.map(({ text }) => text)).toContain('make: *** [all] Error 2');
    expect(judge(report, { goal: 'end', processEnded: true, stopped: false })).toMatchObject({
      cause: 'build-failed',
    });
  });
});
