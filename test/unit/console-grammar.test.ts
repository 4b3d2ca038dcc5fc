// Where the machine is: milestones, counters and positions of consoles made to order.
import { describe, expect, test } from 'vitest';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import type { BootCheckEntry, ConsoleReport } from '../../src/shared/model/console.ts';
import {
  bootCheckConsole,
  command,
  FIRMWARE_LINES,
  packageLines,
  renderBiosConsole,
  renderKernelConsole,
  stage0Console,
  stage0Lines,
  STAGE0_TOOLS,
} from '../support/consoles.ts';

function read(...texts: string[]): ConsoleReport {
  const reader = openConsoleReader();
  for (const text of texts) reader.push(new TextEncoder().encode(text));
  return reader.report();
}

const ids = (report: ConsoleReport) => report.milestones.map(({ id }) => id);
const ENTRIES = ['.', './x86', './x86/hex0_x86.hex0', `./${'deep/'.repeat(30)}file`, `./${'e'.repeat(78)}`];

describe('a run through eras A to E', () => {
  const text = stage0Console({ entries: ENTRIES });
  const report = read(text);

  test('counts entries, commands, answers and checks', () => {
    expect(report).toMatchObject({
      boots: 1,
      era: 'kaem',
      src: { entries: ENTRIES.length, lastPath: ENTRIES.at(-1) },
      answers: { ok: 19, failed: 0 },
      checks: { ok: 19 + 2 + 1 + 1, failed: [] },
      step: { name: 'mes-0.27.1', pass: 1 },
      failure: null,
      suspect: null,
      over: false,
      bootCheck: null,
    });
    const commands = stage0Lines({ entries: ENTRIES }).filter((line) => line.startsWith(' +> '));
    expect(report.kaem).toEqual({ commands: commands.length, last: 'mkdir build src' });
  });

  test('passes its milestones in order', () => {
    expect(ids(report)).toEqual([
      'firmware',
      'boot-disk',
      'src-first',
      'stream-loaded',
      'seed:1',
      'seed:2',
      'seed:3',
      'seeds-compiled',
      'stage0-start',
      'mini-kaem',
      'full-kaem',
      'mescc-tools',
      'mescc-tools-extra',
      'answers',
      ...STAGE0_TOOLS.map((tool) => `answer:${tool}`),
      'stage0-verified',
      'live-bootstrap',
      'seed',
      'configurator-verified',
      'script-generator-verified',
      'script:0',
      'build:checksum-transcriber-1.0:1',
      'build:mes-0.27.1:1',
    ]);
  });

  test('gives each milestone the offset of the row where its line begins', () => {
    const at = (id: string) => report.milestones.find((one) => one.id === id)?.offset ?? -1;
    const rowAt = (offset: number) => text.slice(offset).split('\r\n')[0];
    expect(at('firmware')).toBe(0);
    expect(rowAt(at('src-first'))).toBe('src');
    expect(rowAt(at('answer:untar'))).toBe('x86/bin/untar: OK');
    expect(rowAt(at('build:mes-0.27.1:1'))).toBe(command('pkg=mes-0.27.1'));
    expect(rowAt(at('seeds-compiled'))).toBe('/bootstrap-seeds/POSIX/x86/kaem-optional-seed');
  });
});

describe('positions on the way', () => {
  const lines = stage0Lines({ entries: ENTRIES });
  const upTo = (last: string) => read(renderBiosConsole(lines.slice(0, lines.indexOf(last) + 1)));

  test.each([
    ['SeaBIOS (version 1.16.2-debian-1.16.2-1)', 'firmware', 'The firmware is starting.'],
    ['Booting from Hard Disk...', 'firmware', 'The boot sector is running; nothing was loaded yet.'],
    ['./x86', 'load', 'Loading the source stream: entry 2, ./x86'],
    ['/kaem.x86', 'load', 'The source stream is loaded; the seeds are being compiled.'],
    ['x86/bin/chmod: OK', 'stage0', 'Checking the stage0 tools: 3 verified.'],
    ['configurator: OK', 'seed', 'Building configurator and script-generator: kaem --file seed-full.kaem'],
    [command('kaem --file /steps/0.sh'), 'kaem', 'Running /steps/0.sh: kaem --file /steps/0.sh'],
    [command('mkdir build src'), 'kaem', 'Building mes-0.27.1 (pass 1): mkdir build src'],
  ])('after %j', (last, era, sentence) => {
    const report = upTo(last);
    expect(report.era).toBe(era);
    expect(describeNow(report)).toBe(sentence);
  });

  test('the tail is never a completed marker', () => {
    const reader = openConsoleReader();
    reader.push(new TextEncoder().encode(renderBiosConsole(lines).split('x86/bin/untar: OK')[0]));
    reader.push(new TextEncoder().encode('x86/bin/untar: OK'));
    expect(reader.report()).toMatchObject({ answers: { ok: 18 }, tail: 'x86/bin/untar: OK' });
    reader.push(new TextEncoder().encode('\r\n'));
    expect(reader.report()).toMatchObject({ answers: { ok: 19 }, tail: '' });
  });

  test('a path is a path whatever it looks like', () => {
    const names = ['src', 'hex0', ' +> exit', 'SeaBIOS (version 2)', 'x86/bin/catm: FAILED', ''];
    const report = read(
      renderBiosConsole([...FIRMWARE_LINES, ...names.flatMap((name) => ['src', name]), 'src', 'z']),
    );
    expect(report).toMatchObject({
      boots: 1,
      era: 'load',
      src: { entries: 7, lastPath: 'z' },
      suspect: null,
    });
  });

  test('a read that failed once and then worked does not lose an entry', () => {
    const packet = '01 10004000000000400001000000000000000';
    const glued = [`${packet.slice(0, 35)}src`, './late'];
    const report = read(renderBiosConsole([...FIRMWARE_LINES, 'src', './early', ...glued, 'src', './last']));
    expect(report).toMatchObject({ src: { entries: 3, lastPath: './last' }, failure: null });
  });

  test('a report does not change when the reader goes on', () => {
    const reader = openConsoleReader();
    reader.push(new TextEncoder().encode(renderBiosConsole(FIRMWARE_LINES)));
    const before = reader.report();
    const copy = structuredClone(before);
    reader.push(new TextEncoder().encode(stage0Console({ entries: ENTRIES, fail: 'distfile' })));
    expect(before).toEqual(copy);
  });

  test('bytes may be reused after a push', () => {
    const bytes = new TextEncoder().encode(stage0Console({ entries: ENTRIES, fail: 'command' }));
    const whole = openConsoleReader();
    whole.push(bytes);
    const reused = openConsoleReader();
    const buffer = new Uint8Array(64);
    for (let at = 0; at < bytes.length; at += buffer.length) {
      const piece = bytes.subarray(at, at + buffer.length);
      buffer.set(piece);
      reused.push(buffer.subarray(0, piece.length));
      buffer.fill(0x58);
    }
    expect(reused.report()).toEqual(whole.report());
  });
});

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

describe('the boot check', () => {
  const entries: BootCheckEntry[] = [
    { path: '.', sizeBytes: 0, crc32: '00000000' },
    { path: `./${'long'.repeat(40)}`, sizeBytes: 123_456, crc32: '89abcdef' },
    { path: './last', sizeBytes: 1, crc32: 'd202ef8d' },
  ];

  test('reports entries that are longer than a row, points and verdict', () => {
    const report = read(bootCheckConsole({ entries, verdict: 'passed' }));
    expect(report.bootCheck).toEqual({ version: 1, entries, verdict: 'passed', reason: '', compared: false });
    expect(report).toMatchObject({ era: 'bootCheck', over: true, failure: null });
    expect(ids(report).slice(2)).toEqual([
      'boot-check:title',
      'boot-check:disk',
      'boot-check:a20',
      'boot-check:memory',
      'boot-check:interrupt',
      'boot-check:probe',
      'boot-check:stream',
      'boot-check:verdict',
    ]);
  });

  test('an entry that fills its row exactly is one entry', () => {
    const exact = {
      path: `./${'p'.repeat(80 - 'entry 1 d202ef8d ./'.length)}`,
      sizeBytes: 1,
      crc32: 'd202ef8d',
    };
    const report = read(bootCheckConsole({ entries: [exact, ...entries], verdict: null }));
    expect(report.bootCheck?.entries).toEqual([exact, ...entries]);
    expect(describeNow(report)).toBe('The boot check reads the stream: 4 entries so far.');
  });
});
