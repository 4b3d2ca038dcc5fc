// What went wrong, told from the console: the first cause that explains the end, and nothing that did not end the run.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import type { BootCheckEntry, ConsoleReport } from '../../src/shared/model/console.ts';
import {
  abortLines,
  bootCheckConsole,
  checkLines,
  command,
  FIRMWARE_LINES,
  RECEIVED,
  renderBiosConsole,
  renderKernelConsole,
  stage0Console,
  stage0Lines,
  WANTED,
} from '../support/consoles.ts';

function read(text: string, expectedBootCheck?: BootCheckEntry[]): ConsoleReport {
  const reader = openConsoleReader(expectedBootCheck === undefined ? {} : { expectedBootCheck });
  reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const texts = (report: ConsoleReport) => report.failure?.evidence.map(({ text }) => text);
const entries = ['.', './x86'];

describe('checksums', () => {
  test('a stage0 tool with another sum is a fault of the machine', () => {
    const report = read(stage0Console({ entries, fail: 'answer', tool: 'hex2' }));
    expect(report).toMatchObject({ answers: { ok: 18, failed: 1 }, over: true });
    expect(report.failure).toMatchObject({ cause: 'stage0-mismatch', subject: 'hex2' });
    expect(texts(report)).toEqual([
      'x86/bin/hex2: FAILED',
      `Wanted:   ${WANTED}`,
      `Received: ${RECEIVED}`,
      'Subprocess error 1',
    ]);
    expect(report.milestones.some(({ id }) => id === 'stage0-verified')).toBe(false);
  });

  test('a wrong stage0 tool condemns even if the shell went on', () => {
    const lines = stage0Lines({ entries, fail: 'answer' }).filter(
      (line) => !/^(Subprocess|ABORTING|Build f|ERROR)/.test(line),
    );
    expect(read(renderBiosConsole([...lines, command('cd ..')])).failure?.cause).toBe('stage0-mismatch');
  });

  test('a distfile with another sum is the cause, not the aborts that follow', () => {
    const text = stage0Console({ entries, fail: 'distfile' });
    const report = read(text);
    expect(report.failure).toMatchObject({ cause: 'source-mismatch', subject: 'mes-0.27.1.tar.gz' });
    expect(report.failure?.offset).toBe(text.indexOf('/external/distfiles/mes-0.27.1.tar.gz: FAILED'));
    expect(report.checks.failed).toEqual([
      {
        file: '/external/distfiles/mes-0.27.1.tar.gz',
        ok: false,
        wanted: WANTED,
        received: RECEIVED,
        offset: report.failure?.offset,
      },
    ]);
  });

  test('a distfile that is not there', () => {
    const { failure } = read(stage0Console({ entries, fail: 'missing' }));
    expect(failure).toMatchObject({ cause: 'source-missing', subject: 'mes-0.27.1.tar.gz' });
  });

  test('a product with another sum', () => {
    const { failure } = read(stage0Console({ entries, fail: 'generator' }));
    expect(failure).toMatchObject({ cause: 'product-mismatch', subject: 'script-generator' });
  });

  test('that failed without stopping anything condemn nothing', () => {
    const lines = [...stage0Lines({ entries }), ...checkLines('/usr/bin/tcc', false)];
    const open = read(renderBiosConsole(lines));
    expect(open.failure).toBeNull();
    expect(open.suspect).toMatchObject({ cause: 'product-mismatch', subject: '/usr/bin/tcc' });
    const wentOn = read(renderBiosConsole([...lines, command('cd ..')]));
    expect(wentOn).toMatchObject({ failure: null, suspect: null });
    expect(wentOn.checks.failed).toHaveLength(1);
    const later = read(renderBiosConsole([...lines, command('cd ..'), 'cc: error', ...abortLines(2)]));
    expect(later.failure).toMatchObject({ cause: 'build-failed', subject: 'mes-0.27.1 (pass 1)' });
  });

  test('of a test suite are no suspects once other output follows', () => {
    const build = ['gcc-15.2.0: beginning build using script pass1.sh', 'gcc-15.2.0: compiling source.'];
    const noise = ['check1: FAILED', 'PASS: check2'];
    const panic = '[ 99.000001] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100';
    const report = read(renderKernelConsole(['Linux version 4.14.341', ...build, ...noise, panic]));
    expect(report.failure).toMatchObject({ cause: 'build-failed', subject: 'gcc-15.2.0 (pass 1)' });
  });

  test('of a package made under Linux, with coreutils\u2019 own words', () => {
    const report = read(
      renderKernelConsole([
        'Linux version 4.14.341',
        'gettext-0.26: beginning build using script pass1.sh',
        'gettext-0.26: checksumming created package.',
        'gettext-0.26_0.tar.bz2: FAILED',
        'sha256sum: WARNING: 1 computed checksum did NOT match',
        'random: crng init done',
        '[  812.345678] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100',
      ]),
    );
    expect(report.failure).toMatchObject({ cause: 'product-mismatch', subject: 'gettext-0.26_0.tar.bz2' });
    expect(report.over).toBe(true);
  });

  test('of a download, while sources are fetched', () => {
    const begin = [
      'Linux version 4.14.341',
      'zlib-1.3: beginning build using script pass1.sh',
      'zlib-1.3: getting sources.',
    ];
    const panic = 'Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100';
    const wrong = ['zlib-1.3.tar.gz: FAILED', 'sha256sum: WARNING: 1 computed checksum did NOT match'];
    expect(read(renderKernelConsole([...begin, ...wrong, panic])).failure).toMatchObject({
      cause: 'source-mismatch',
    });
    const missing = read(renderKernelConsole([...begin, 'zlib-1.3.tar.gz does not exist!', panic]));
    expect(missing.failure).toMatchObject({ cause: 'source-missing', subject: 'zlib-1.3.tar.gz' });
  });
});

describe('commands', () => {
  test('a stage0 command that fails is shown with the lines before it', () => {
    const report = read(stage0Console({ entries, fail: 'command' }));
    expect(report.failure).toMatchObject({
      cause: 'stage0-failed',
      subject: './x86/bin/sha256sum -c x86.answers',
    });
    expect(texts(report)?.slice(-3)).toEqual([
      'reading file: <stdio.h>',
      command('./x86/bin/sha256sum -c x86.answers'),
      'Subprocess error 1',
    ]);
  });

  test('a command of a build that fails names the package', () => {
    const lines = [...stage0Lines({ entries }), 'tcc: memory full', ...abortLines(4)];
    const report = read(renderBiosConsole(lines));
    expect(report.failure).toMatchObject({ cause: 'build-failed', subject: 'mes-0.27.1 (pass 1)' });
    expect(texts(report)).toContain('tcc: memory full');
  });

  test('the end of the stream without an abort is an end all the same', () => {
    const report = read(
      renderBiosConsole([...stage0Lines({ entries }), 'Build finished.', 'ERROR: no hda writes!']),
    );
    expect(report.failure?.cause).toBe('ended-early');
    expect(report.over).toBe(true);
  });

  test('words of an abort under Linux are ordinary output', () => {
    const lines = [
      'Linux version 4.14.341',
      'x-1: beginning build using script pass1.sh',
      'ABORTING HARD',
      'Build finished.',
    ];
    expect(read(renderKernelConsole(lines))).toMatchObject({ failure: null, over: false });
  });
});

describe('firmware and disk', () => {
  test('no boot device', () => {
    const report = read(
      renderBiosConsole([...FIRMWARE_LINES, 'Boot failed: not a bootable disk', '', 'No bootable device.']),
    );
    expect(report).toMatchObject({ over: true, failure: { cause: 'no-boot-device' } });
    expect(texts(report)).toEqual(['Boot failed: not a bootable disk', 'No bootable device.']);
  });

  test('a device that cannot boot before one that can is no failure', () => {
    const lines = [
      'SeaBIOS (version 1)',
      'Booting from Floppy...',
      'Boot failed: could not read the boot disk',
      '',
    ];
    const report = read(renderBiosConsole([...lines, 'Booting from Hard Disk...', 'src', '.', 'src', './a']));
    expect(report).toMatchObject({ failure: null, suspect: null, era: 'load' });
  });

  test('a read that fails for ever is seen although its line never ends', () => {
    const packet = '20 1000400000000040AF00000000000000';
    expect(packet).toHaveLength(35);
    const begin = renderBiosConsole([...FIRMWARE_LINES, 'src', './big']);
    const rows =
      packet
        .repeat(30)
        .match(/.{1,80}/g)
        ?.slice(0, -1) ?? [];
    const report = read(begin + rows.map((row) => `${row}\r\n`).join(''));
    expect(report.failure).toMatchObject({
      cause: 'disk-read-error',
      subject: 'BIOS status 0x20, 64 sectors from sector 175 on',
      offset: begin.length + 82,
    });
  });

  test('a restart in the middle is a failure, and positions begin again', () => {
    const first = stage0Console({ entries });
    const report = read(first + stage0Console({ entries: ['.'] }));
    expect(report).toMatchObject({ boots: 2, src: { entries: 1 }, answers: { ok: 19 } });
    expect(report.failure).toMatchObject({
      cause: 'machine-restarted',
      subject: 'mkdir build src',
      offset: first.length,
    });
  });

  test('the restart after an abort leaves the abort\u2019s cause', () => {
    const once = stage0Console({ entries, fail: 'distfile' });
    const report = read(once.repeat(3));
    expect(report).toMatchObject({ boots: 3, failure: { cause: 'source-mismatch' } });
    expect(report.milestones.filter(({ id }) => id.startsWith('boot:')).map(({ id }) => id)).toEqual([
      'boot:2',
      'boot:3',
    ]);
  });

  test('KVM giving up, when its words are in the same log', () => {
    const report = read(
      `${renderBiosConsole(FIRMWARE_LINES)}KVM internal error. Suberror: 1\nextra data[0]: 0x1\n`,
    );
    expect(report.failure).toMatchObject({
      cause: 'accelerator-fault',
      subject: 'KVM internal error. Suberror: 1',
    });
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

describe('boot check', () => {
  const expected: BootCheckEntry[] = [
    { path: './a', sizeBytes: 3, crc32: '0000000a' },
    { path: './b', sizeBytes: 4, crc32: '0000000b' },
  ];
  const [a, b] = expected as [BootCheckEntry, BootCheckEntry];
  const check = (entries: BootCheckEntry[], verdict: string | null) =>
    read(bootCheckConsole({ entries, verdict }), expected);

  test('passes when every entry is as on the image', () => {
    expect(check(expected, 'passed')).toMatchObject({
      failure: null,
      bootCheck: { verdict: 'passed', compared: true },
    });
  });

  test.each([
    [
      'another sum',
      [a, { ...b, crc32: '000000ff' }],
      './b has 4 bytes, CRC-32 000000ff instead of 4 bytes, CRC-32 0000000b',
    ],
    ['another path', [{ ...a, path: './z' }, b], './z instead of ./a'],
    ['an entry short', [a], './b was not read'],
    ['an entry too many', [a, b, { ...b, path: './c' }], './c is not on the image'],
  ])('%s is found although the guest was content', (_, entries, subject) => {
    const { failure, over } = check(entries, 'passed');
    expect(failure).toMatchObject({ cause: 'boot-check-wrong-bytes', subject });
    expect(over).toBe(true);
  });

  test.each([
    ['failed no-lba', 'boot-check-machine', 'int 13h extensions'],
    ['failed a20', 'boot-check-machine', 'address line A20'],
    ['failed interrupt', 'boot-check-machine', 'software interrupt 0x80'],
    ['failed memory-short', 'boot-check-memory-short', ''],
    ['failed memory-bad', 'boot-check-memory-bad', ''],
    ['failed disk-error status 20 lba 4711', 'boot-check-disk-error', 'BIOS status 0x20 at sector 4711'],
    ['failed stream-truncated', 'boot-check-stream-truncated', ''],
  ])('verdict: %s', (verdict, cause, subject) => {
    expect(check([a], verdict).failure).toMatchObject({ cause, subject });
  });

  test('a damaged stream names the entry that is known to be wrong', () => {
    expect(check([{ ...a, sizeBytes: 9 }, b], 'failed stream-damaged').failure).toMatchObject({
      cause: 'boot-check-stream-damaged',
      subject: './a has 9 bytes, CRC-32 0000000a instead of 3 bytes, CRC-32 0000000a',
    });
    expect(check([a], 'failed stream-damaged').failure).toMatchObject({ subject: '' });
  });
});
