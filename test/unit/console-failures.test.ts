// What went wrong, told from the console: the first cause that explains the end, and nothing that did not end the run.
import { describe, expect, test } from 'vitest';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import type { ConsoleReport } from '../../src/shared/model/console.ts';
import {
  abortLines,
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

function read(text: string): ConsoleReport {
  const reader = openConsoleReader();
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
    // As seen in QEMU with an image that is cut short: the first packet says how many sectors were read, the others 0.
    const again = '42 1000000000000040EF00000000000000';
    expect(again).toHaveLength(35);
    const begin = renderBiosConsole([...FIRMWARE_LINES, 'src', './big']);
    const rows =
      `42 10000F0000000040EF00000000000000${again.repeat(30)}`.match(/.{1,80}/g)?.slice(0, -1) ?? [];
    const report = read(begin + rows.map((row) => `${row}\r\n`).join(''));
    expect(report.failure).toMatchObject({
      cause: 'disk-read-error',
      subject: 'BIOS status 0x42, reading from sector 239 on',
      offset: begin.length + 82,
    });
    expect(texts(report)).toEqual(['Booting from Hard Disk...', 'src', './big', rows[1]]);
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
