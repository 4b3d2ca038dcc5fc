// From a report and what is known of the process to a verdict.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { explainLog, guessGoal, judge, type RunFacts } from '../../src/engine/formats/console/verdict.ts';
import { causeText } from '../../src/shared/model/causes.ts';
import { CAUSES, type ConsoleReport, Verdict } from '../../src/shared/model/console.ts';
import {
  bootCheckConsole,
  checkLines,
  FIRMWARE_LINES,
  renderBiosConsole,
  renderKernelConsole,
  stage0Console,
  stage0Lines,
} from '../support/consoles.ts';

function read(text: string): ConsoleReport {
  const reader = openConsoleReader();
  reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const RUNNING: RunFacts = { goal: 'end', processEnded: false, stopped: false };
const ENDED: RunFacts = { ...RUNNING, processEnded: true };
const entries = ['.', './x86'];
const lines = stage0Lines({ entries });
const upTo = (last: string) => read(renderBiosConsole(lines.slice(0, lines.indexOf(last) + 1)));

describe('goal stage0', () => {
  const facts: RunFacts = { ...RUNNING, goal: 'stage0' };

  test('is undecided until script-generator has verified itself, then passed', () => {
    expect(judge(upTo('x86/bin/untar: OK'), facts)).toBeNull();
    expect(judge(upTo('configurator: OK'), facts)).toBeNull();
    expect(judge(upTo('script-generator: OK'), facts)).toMatchObject({
      outcome: 'passed',
      cause: null,
      hint: '',
    });
  });

  test('stays passed whatever happens later, and however the process ends', () => {
    const report = read(stage0Console({ entries, fail: 'distfile' }));
    for (const more of [{}, { processEnded: true }, { stopped: true }, { lost: true, processEnded: true }])
      expect(judge(report, { ...facts, ...more })?.outcome).toBe('passed');
  });

  test('is failed by a wrong tool, and by one in an earlier boot', () => {
    const wrong = stage0Console({ entries, fail: 'answer' });
    expect(judge(read(wrong), facts)).toMatchObject({ outcome: 'failed', cause: 'stage0-mismatch' });
    expect(judge(read(wrong + stage0Console({ entries })), facts)).toMatchObject({ outcome: 'failed' });
  });

  test('is failed when the machine ends before it', () => {
    expect(judge(upTo('x86/bin/untar: OK'), { ...facts, processEnded: true })).toMatchObject({
      outcome: 'failed',
      cause: 'ended-early',
    });
  });
});

describe('goal boot-check', () => {
  const facts: RunFacts = { ...RUNNING, goal: 'boot-check' };

  test('follows the guest', () => {
    expect(judge(read(bootCheckConsole({ entries: [], verdict: null })), facts)).toBeNull();
    expect(judge(read(bootCheckConsole({ entries: [], verdict: 'passed' })), facts)?.outcome).toBe('passed');
    expect(judge(read(bootCheckConsole({ entries: [], verdict: 'failed a20' })), facts)).toMatchObject({
      outcome: 'failed',
      cause: 'boot-check-machine',
    });
  });

  test('says that entries were compared only when they were', () => {
    const entry = { path: './a', sizeBytes: 1, crc32: '00000001' };
    const text = new TextEncoder().encode(bootCheckConsole({ entries: [entry], verdict: 'passed' }));
    const reader = openConsoleReader({ expectedBootCheck: [entry] });
    reader.push(text);
    expect(judge(reader.report(), facts)?.sentence).toContain('all 1 entries');
    const alone = openConsoleReader();
    alone.push(text);
    expect(judge(alone.report(), facts)?.sentence).not.toContain('entries');
  });

  test('another payload that says it is over has not reached it', () => {
    expect(
      judge(read(bootCheckConsole({ entries: [], verdict: 'passed' })), { ...facts, goal: 'stage0' }),
    ).toMatchObject({
      outcome: 'failed',
      cause: 'ended-early',
    });
  });
});

describe('goal end', () => {
  const built = [
    '[    0.000000] Linux version 4.14.341-openela_1',
    'libarchive-3.5.2: beginning build using script pass1.sh',
    'libarchive-3.5.2: build successful',
  ];
  const off = '[20776.000000] reboot: Power down';

  test('is passed by a power-off after the last build', () => {
    expect(judge(read(renderKernelConsole(built)), RUNNING)).toBeNull();
    expect(judge(read(renderKernelConsole([...built, off])), RUNNING)).toMatchObject({
      outcome: 'passed',
      goal: 'end',
    });
  });

  test('is not passed by a process that ends without it', () => {
    expect(judge(read(renderKernelConsole(built)), ENDED)).toMatchObject({
      outcome: 'failed',
      cause: 'ended-early',
    });
  });

  test('is failed by its failure, process or not', () => {
    const report = read(stage0Console({ entries, fail: 'distfile' }));
    expect(judge(report, RUNNING)).toMatchObject({ outcome: 'failed', cause: 'source-mismatch' });
    expect(judge(report, { ...ENDED, stopped: true })).toMatchObject({
      outcome: 'failed',
      cause: 'source-mismatch',
    });
  });

  test('names the suspect when the log ends right behind it', () => {
    const report = read(renderBiosConsole([...lines, ...checkLines('/external/distfiles/x.tar.gz', false)]));
    expect(judge(report, RUNNING)).toBeNull();
    expect(judge(report, ENDED)).toMatchObject({ outcome: 'failed', cause: 'source-mismatch' });
  });
});

describe('what the process tells', () => {
  const firmware = read(renderBiosConsole(FIRMWARE_LINES));
  const kvm =
    'warning: CPUID\nKVM internal error. Suberror: 1\nextra data[0]: 0x1\nterminating on signal 15\n';

  test('an accelerator that gives up, from QEMU\u2019s output or its status', () => {
    const fromOutput = judge(firmware, { ...RUNNING, qemuOutput: kvm });
    expect(fromOutput).toMatchObject({ outcome: 'failed', cause: 'accelerator-fault' });
    expect(fromOutput?.sentence).toContain('KVM internal error. Suberror: 1');
    expect(fromOutput?.hint).toContain('tcg');
    expect(judge(firmware, { ...RUNNING, acceleratorFault: 'internal-error' })?.cause).toBe(
      'accelerator-fault',
    );
    expect(judge(firmware, { ...RUNNING, acceleratorFault: null, qemuOutput: 'warning: x' })).toBeNull();
  });

  test('stopped and lost are no failures', () => {
    expect(judge(firmware, { ...ENDED, stopped: true })).toMatchObject({
      outcome: 'stopped',
      cause: 'stopped',
    });
    expect(judge(firmware, { ...ENDED, lost: true })).toMatchObject({ outcome: 'lost', cause: 'lost' });
  });

  test('a QEMU that dies at once is quoted', () => {
    const verdict = judge(read(''), {
      ...ENDED,
      qemuOutput: 'qemu-system-x86_64: cannot set up guest memory\n',
    });
    expect(verdict).toMatchObject({ outcome: 'failed', cause: 'qemu-died' });
    expect(verdict?.sentence).toContain('cannot set up guest memory');
  });

  test('control characters of QEMU\u2019s output do not reach a person', () => {
    const verdict = judge(read(''), { ...ENDED, qemuOutput: '\u001b]0;owned\u0007died\n' });
    expect(JSON.stringify(verdict)).not.toMatch(/\\u001b|owned/);
  });
});

describe('a log from anywhere', () => {
  test('is guessed by what stands in it', () => {
    expect(guessGoal(read(bootCheckConsole({ entries: [], verdict: null })))).toBe('boot-check');
    expect(guessGoal(upTo('script-generator: OK'))).toBe('stage0');
    expect(guessGoal(upTo('x86/bin/untar: OK'))).toBe('end');
    expect(guessGoal(read(stage0Console({ entries, fail: 'distfile' })))).toBe('end');
  });

  test('that stops in the middle is unfinished, not failed', () => {
    const { verdict } = explainLog(upTo('x86/bin/untar: OK'));
    expect(verdict.outcome).toBe('unfinished');
    expect(verdict.sentence).toContain('All 19 stage0 tools verified');
    expect(explainLog(read('')).verdict.sentence).toContain('stayed empty');
    expect(explainLog(read('hello\nworld\n')).verdict.sentence).toContain('nothing of a bootstrap');
  });

  test('gets verdicts that fit the model', () => {
    for (const text of ['', 'x\n', stage0Console({ entries }), stage0Console({ entries, fail: 'missing' })])
      expect(() => Verdict.parse(explainLog(read(text)).verdict)).not.toThrow();
  });
});

describe('cause texts', () => {
  const causes = [...CAUSES, 'qemu-died', 'lost', 'stopped'] as const;

  test.each(causes)('%s has a sentence and a hint that fit, with and without a subject', (cause) => {
    for (const subject of ['', 'x'.repeat(300)]) {
      const { sentence, hint } = causeText(cause, subject);
      expect(sentence).toMatch(/^\S.*\.$/s);
      expect(hint).toMatch(/^\S.*\.$/s);
      expect(sentence.length).toBeLessThanOrEqual(500);
      expect(hint.length).toBeLessThanOrEqual(500);
      expect(`${sentence} ${hint}`).not.toMatch(/trusted|secure|guarantee/i);
      expect(sentence).not.toMatch(/\(\)|: \.|undefined/);
    }
  });
});
