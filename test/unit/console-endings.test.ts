// Every way in which a bootstrap ends where it should not, in consoles made to order: cause, step, phase, evidence and what to do.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { expectedSteps } from '../../src/engine/formats/console/step-list.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import type { ConsoleReport } from '../../src/shared/model/console.ts';
import { bootstrapConsole, knownSteps } from '../support/bootstrap-consoles.ts';
import type { BootstrapEnd } from '../support/bootstrap-ends.ts';

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
    const noisy = whole.replace(/(grub-2\.06: compiling source\.\r\n)/, '$1x.c:1: error: a test\r\n');
    const { verdict } = explainLog(read(noisy + off));
    expect(verdict.evidence.map(({ text }) => text).join()).not.toContain('a test');
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

/** Rows of the firmware are cut at 80 columns. */
function startOf(text: string): RegExp {
  return new RegExp(`^${text.slice(0, 70).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
