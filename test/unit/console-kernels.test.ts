// Eras E to J as far as the grammar knows them: from kernel to kernel, and how kernels give up.
import { describe, expect, test } from 'vitest';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import type { ConsoleReport } from '../../src/shared/model/console.ts';
import {
  command,
  packageLines,
  renderBiosConsole,
  renderKernelConsole,
  stage0Lines,
} from '../support/consoles.ts';

function read(...texts: string[]): ConsoleReport {
  const reader = openConsoleReader();
  for (const text of texts) reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const ids = (report: ConsoleReport) => report.milestones.map(({ id }) => id);

describe('a bootstrap beyond builder-hex0', () => {
  const toFiwix = [
    command('kaem --file /steps/jump/fiwix.sh'),
    'Fiwix ext2 initrd created successfully.',
    'kexec-fiwix: jumping to trampoline...',
  ];
  const bios = renderBiosConsole([...stage0Lines({ entries: ['.'] }), ...toFiwix]);
  const wide = `mounted root device (ext2 filesystem) ${'r'.repeat(42)}`;
  const fiwix = [
    '             Fiwix kernel v1.5.0-lb1 for i386 architecture',
    wide,
    command('kaem --file /steps/1.sh'),
  ];
  const bash = [
    ...packageLines('bash-2.05b', 1),
    command('bash /steps/2.sh'),
    'bash-2.05b: beginning build using script pass2.sh',
    'bash-2.05b: getting sources.',
    'bash-2.05b: build successful',
    'linux-4.14.341-openela: beginning build using script pass1.sh',
  ];
  const linux = [
    'kexec_linux: Valid kernel signature',
    '[    0.000000] Linux version 4.14.341-openela_1 (root@x) #1',
    'musl-1.2.5: beginning build using script pass1.sh',
  ];

  test('is followed from kernel to kernel, and rows are no longer joined', () => {
    const text = bios + renderKernelConsole([...fiwix, ...bash, ...linux]);
    const report = read(text);
    expect(wide).toHaveLength(80);
    expect(ids(report).slice(-13)).toEqual([
      'jump:fiwix',
      'initrd',
      'trampoline',
      'fiwix',
      'fiwix-root',
      'script:1',
      'build:bash-2.05b:1',
      'script:2',
      'build:bash-2.05b:2',
      'build:linux-4.14.341-openela:1',
      'to-linux',
      'linux',
      'build:musl-1.2.5:1',
    ]);
    expect(report).toMatchObject({ era: 'linux', step: { name: 'musl-1.2.5', pass: 1 }, failure: null });
  });

  test.each([
    ['fiwix', fiwix],
    ['bash', [...fiwix, ...bash]],
    ['linux', [...fiwix, ...bash, ...linux]],
  ])('is in era %s', (era, lines) => {
    expect(read(bios + renderKernelConsole(lines)).era).toBe(era);
  });

  test('rows are whole from bash on even if the hand-over was not seen', () => {
    const before = renderBiosConsole([...stage0Lines({ entries: ['.'] }), command('bash /steps/1.sh')]);
    const rows = ['x'.repeat(80), 'a-1: beginning build using script pass1.sh'];
    expect(read(before + renderKernelConsole(rows)).step).toEqual({ name: 'a-1', pass: 1 });
  });

  test('waits for input where a shell asks for it', () => {
    const text = bios + renderKernelConsole([...fiwix, ...bash]);
    for (const prompt of ['[TRAP - use Ctrl+D] /steps # ', '[TRAP] /steps # ', 'Command: ']) {
      const report = read(text, prompt);
      expect(report.waitsForInput).toBe(true);
      expect(describeNow(report)).toContain('waits for input');
    }
    expect(read(text, 'Command: o').waitsForInput).toBe(false);
  });
});

describe('kernels', () => {
  const fiwix = ['Fiwix kernel v1.5.0-lb1 for i386 architecture', command('kaem --file /steps/1.sh')];
  const bash = [...fiwix, command('bash /steps/2.sh'), 'perl-5.6.2: beginning build using script pass1.sh'];
  const linux = [
    '[    0.000000] Linux version 4.14.341-openela_1',
    'curl-8.17: beginning build using script pass1.sh',
  ];
  const stop = 'WARNING: the last user process has exited. The kernel will stop itself.';
  const panic = '[  1.000000] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100';

  test.each([
    [
      'kaem giving up under Fiwix',
      [...fiwix, 'Subprocess error 1', 'ABORTING HARD', stop],
      'build-failed',
      true,
    ],
    ['bash ending under Fiwix', [...bash, 'make: *** Error 2', stop], 'build-failed', true],
    ['Fiwix with nothing left to run', [...fiwix, stop], 'ended-early', true],
    ['Fiwix idling', [...bash, '**     Safe to Power Off       **'], 'build-failed', true],
    [
      'Fiwix without a kernel to go to',
      [...fiwix, 'kexec_linux: Invalid kernel signature'],
      'ended-early',
      false,
    ],
    ['a panic of Fiwix', [...bash, 'PANIC: in page_fault()'], 'kernel-panic', true],
    ['bash ending under Linux', [...linux, panic], 'build-failed', true],
    ['a panic in the middle of a line', [...linux, `checking for foo${panic}`], 'build-failed', true],
    ['a panic between builds', [linux[0] ?? '', panic], 'kernel-panic', true],
    [
      'another panic',
      [...linux, 'Kernel panic - not syncing: VFS: Unable to mount root fs'],
      'kernel-panic',
      true,
    ],
    ['no space', [...linux, 'tar: x: Cannot write: No space left on device', panic], 'out-of-space', true],
    [
      'no disk',
      [linux[0] ?? '', 'Timeout reached for disk to become accessible', panic],
      'disk-timeout',
      true,
    ],
    [
      'no network',
      [...linux, 'Timeout reached for internet to become accessible', panic],
      'network-timeout',
      true,
    ],
    [
      'switching off before anything was built',
      [linux[0] ?? '', command('bash /steps/4.sh'), 'reboot: Power down'],
      'ended-early',
      true,
    ],
    ['switching off in the middle', [...linux, '[ 9.000000] reboot: Power down'], 'build-failed', true],
  ])('%s', (_, lines, cause, over) => {
    const report = read(renderKernelConsole(lines));
    expect(report.failure?.cause).toBe(cause);
    expect(report.over).toBe(over);
    expect(report.failure?.evidence.length).toBeGreaterThan(0);
  });

  test('kernel words in the output of a build mean nothing', () => {
    const noise = [
      'Linux version 4.14.341 (cat /proc/version)',
      'reboot: usage: reboot [-f]',
      '[ 10%] Building C object',
    ];
    const report = read(renderKernelConsole([...linux, ...noise]));
    expect(report).toMatchObject({
      era: 'linux',
      over: false,
      step: { name: 'curl-8.17', pass: 1 },
      failure: null,
    });
  });

  test('no space that a later build did not mind is forgotten', () => {
    const later = [
      'x: No space left on device',
      'curl-8.17: build successful',
      'y-1: beginning build using script pass1.sh',
      panic,
    ];
    expect(read(renderKernelConsole([...linux, ...later])).failure).toMatchObject({
      cause: 'build-failed',
      subject: 'y-1 (pass 1)',
    });
  });
});
