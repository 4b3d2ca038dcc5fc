// Every way in which a bootstrap ends where it should not, in consoles made to order: cause, step, phase, evidence and what to do.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import { causeText } from '../../src/shared/model/causes.ts';
import { CAUSES, type ConsoleReport, OUTSIDE_CAUSES } from '../../src/shared/model/console.ts';
import { knownIssues } from '../../src/shared/model/known-issues.ts';
import { bootstrapConsole, knownSteps } from '../support/bootstrap-consoles.ts';
import { type BootstrapEnd, PROMPTS } from '../support/bootstrap-ends.ts';

const expected = expectedSteps(knownSteps());

function read(text: string): ConsoleReport {
  const reader = openConsoleReader({ steps: { expected, exact: true } });
  reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const KAEM = 'build:tcc-0.9.26:1';
const FIWIX_KAEM = 'build:make-3.82:1';
const FIWIX = 'build:gcc-4.0.4:1';
const LINUX = 'build:gcc-15.2.0:1';

interface Ending {
  at: string;
  how: BootstrapEnd;
  cause: string;
  phase: string | null;
  /** Words of the evidence. */
  evidence: string;
}

const ENDINGS: Ending[] = [
  {
    at: KAEM,
    how: 'source-mismatch',
    cause: 'source-mismatch',
    phase: 'getting sources',
    evidence: 'Received',
  },
  {
    at: KAEM,
    how: 'source-missing',
    cause: 'source-missing',
    phase: 'getting sources',
    evidence: 'No such file',
  },
  {
    at: KAEM,
    how: 'product-mismatch',
    cause: 'product-mismatch',
    phase: 'compiling source',
    evidence: 'Wanted',
  },
  { at: KAEM, how: 'build-failed', cause: 'build-failed', phase: 'compiling source', evidence: 'expected' },
  {
    at: FIWIX_KAEM,
    how: 'build-failed',
    cause: 'build-failed',
    phase: 'compiling source',
    evidence: 'expected',
  },
  {
    at: FIWIX_KAEM,
    how: 'out-of-memory',
    cause: 'out-of-memory',
    phase: 'compiling source',
    evidence: 'OOM killer needed',
  },
  {
    at: FIWIX,
    how: 'source-mismatch',
    cause: 'source-mismatch',
    phase: 'getting sources',
    evidence: 'did NOT match',
  },
  {
    at: FIWIX,
    how: 'source-missing',
    cause: 'source-missing',
    phase: 'getting sources',
    evidence: 'does not exist',
  },
  {
    at: FIWIX,
    how: 'product-mismatch',
    cause: 'product-mismatch',
    phase: 'checksumming created package',
    evidence: 'FAILED',
  },
  {
    at: FIWIX,
    how: 'checksum-missing',
    cause: 'checksum-missing',
    phase: 'creating package',
    evidence: 'no checksum stored',
  },
  {
    at: FIWIX,
    how: 'build-failed',
    cause: 'build-failed',
    phase: 'compiling source',
    evidence: 'undeclared',
  },
  {
    at: FIWIX,
    how: 'configure-failed',
    cause: 'build-failed',
    phase: 'configuring source',
    evidence: 'GNU M4',
  },
  {
    at: FIWIX,
    how: 'out-of-space',
    cause: 'out-of-space',
    phase: 'install to fakeroot',
    evidence: 'No space left',
  },
  {
    at: FIWIX,
    how: 'out-of-memory',
    cause: 'out-of-memory',
    phase: 'compiling source',
    evidence: 'out of memory',
  },
  { at: FIWIX, how: 'kernel-panic', cause: 'kernel-panic', phase: 'compiling source', evidence: 'PANIC: in' },
  {
    at: LINUX,
    how: 'download-failed',
    cause: 'download-failed',
    phase: 'getting sources',
    evidence: 'Connection refused',
  },
  {
    at: LINUX,
    how: 'product-mismatch',
    cause: 'product-mismatch',
    phase: 'checksumming created package',
    evidence: 'FAILED',
  },
  {
    at: LINUX,
    how: 'build-failed',
    cause: 'build-failed',
    phase: 'compiling source',
    evidence: 'make: *** [all] Error 2',
  },
  {
    at: LINUX,
    how: 'out-of-space',
    cause: 'out-of-space',
    phase: 'install to fakeroot',
    evidence: 'No space left',
  },
  {
    at: LINUX,
    how: 'out-of-memory',
    cause: 'out-of-memory',
    phase: 'compiling source',
    evidence: 'Kill process 4321',
  },
  {
    at: LINUX,
    how: 'kernel-panic',
    cause: 'kernel-panic',
    phase: 'compiling source',
    evidence: 'Fatal exception',
  },
  {
    at: 'improve:get_network',
    how: 'network-timeout',
    cause: 'network-timeout',
    phase: null,
    evidence: 'Timeout',
  },
  { at: 'jump:move_disk', how: 'disk-timeout', cause: 'disk-timeout', phase: null, evidence: 'Timeout' },
];

describe('a bootstrap that ends', () => {
  test.each(ENDINGS)('at $at with $how is $cause', ({ at, how, cause, phase, evidence }) => {
    const text = bootstrapConsole({ end: { at, how } });
    const report = read(text);
    const verdict = judge(report, { goal: 'end', processEnded: true, stopped: false });
    expect(verdict).toMatchObject({ outcome: 'failed', cause });
    expect(verdict?.hint).not.toBe('');
    expect(report.position).toMatchObject({ id: at, state: 'failed' });
    if (report.failure !== null && report.failure.step !== null)
      expect(report.failure.step).toMatchObject({ id: at, phase });
    const lines = verdict?.evidence ?? [];
    expect(lines.map((line) => line.text).join('\n')).toContain(evidence);
    // Every line of the evidence stands where it says.
    for (const line of lines) expect(text.slice(line.offset)).toMatch(startOf(line.text));
    const { fromBytes = 0, toBytes = 0 } = verdict?.slice ?? {};
    expect(text.slice(fromBytes, toBytes)).toContain(
      lines.find((line) => line.text.includes(evidence))?.text.slice(0, 60),
    );
    expect(toBytes - fromBytes).toBeLessThan(3000);
  });

  test('in a build is shown with what the compiler said, not with what stood before', () => {
    const { evidence, sentence } = explainLog(
      read(bootstrapConsole({ end: { at: LINUX, how: 'build-failed' } })),
    ).verdict;
    expect(sentence).toBe('gcc-15.2.0 (pass 1) failed while compiling.');
    expect(evidence.map(({ text }) => text)).toEqual([
      "main.c: In function `main':",
      "main.c:12: error: `x' undeclared (first use in this function)",
      'make[1]: *** [main.o] Error 1',
      'make: *** [all] Error 2',
      expect.stringContaining('Kernel panic') as string,
    ]);
  });

  test('a thousand lines after the fault still finds it', () => {
    const whole = bootstrapConsole({ end: { at: LINUX, how: 'build-failed' } });
    const late = whole.replace(
      '[ 1234.567890] Kernel',
      `${'rm -f conftest.o\r\n'.repeat(5000)}[ 1234.567890] Kernel`,
    );
    const { evidence, slice } = explainLog(read(late)).verdict;
    expect(evidence.map(({ text }) => text)).toContain('make: *** [all] Error 2');
    expect((slice?.toBytes ?? 0) - (slice?.fromBytes ?? 0)).toBeGreaterThan(90_000);
  });

  test('between two builds under Linux names what was being done', () => {
    const off = '[  9.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100\r\n';
    const whole = bootstrapConsole({ end: { at: 'improve:make_bootable', how: 'cut' } });
    const { verdict } = explainLog(read(whole + off));
    expect(verdict).toMatchObject({ outcome: 'failed', cause: 'build-failed' });
    expect(verdict.sentence).toContain('make_bootable');
  });

  test('by being cut is unfinished while it may live, and has ended early when it does not', () => {
    const report = read(bootstrapConsole({ end: { at: LINUX, how: 'cut' } }));
    expect(explainLog(report).verdict).toMatchObject({ outcome: 'unfinished', cause: null });
    const ended = { goal: 'end', processEnded: true, stopped: false } as const;
    expect(judge(report, ended)).toMatchObject({ outcome: 'failed', cause: 'ended-early' });
    expect(judge(report, { ...ended, lost: true })).toMatchObject({ outcome: 'lost', cause: 'lost' });
    expect(judge(report, { ...ended, stopped: true })).toMatchObject({ outcome: 'stopped' });
    expect(judge(report, { ...ended, hostOutOfSpace: true })).toMatchObject({ cause: 'host-out-of-space' });
    const words = 'qemu-system-x86_64: disk: No space left on device';
    expect(judge(report, { ...ended, qemuOutput: words })).toMatchObject({ cause: 'host-out-of-space' });
    expect(judge(report, { ...ended, qemuOutput: 'KVM internal error. Suberror: 1' })).toMatchObject({
      cause: 'accelerator-fault',
    });
  });
});

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

describe('known issues', () => {
  test.each([...CAUSES, ...OUTSIDE_CAUSES])('of %s are links, and the cause has words', (cause) => {
    const { sentence, hint } = causeText(cause, 'x-1');
    expect(sentence).toMatch(/\.$/);
    expect(hint).toMatch(/\.$/);
    for (const { url, title } of knownIssues(cause)) {
      expect(url).toMatch(/^https:\/\/github\.com\/fosslinux\/live-bootstrap\/(?:issues|pull)\/\d+$/);
      expect(title).not.toBe('');
    }
  });

  test('of a package that is known to differ come first', () => {
    expect(knownIssues('product-mismatch', 'libtool-2.2.4_0.tar.bz2')[0]?.url).toContain('/pull/537');
    expect(knownIssues('product-mismatch', 'zlib-1.3.1_0.tar.bz2').map(({ url }) => url)).toHaveLength(1);
    expect(knownIssues(null)).toEqual([]);
  });
});

/** Rows of the firmware are cut at 80 columns. */
function startOf(text: string): RegExp {
  return new RegExp(`^${text.slice(0, 70).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
