// Where the machine is: milestones, counters and positions of consoles made to order.
import { describe, expect, test } from 'vitest';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import type { ConsoleReport } from '../../src/shared/model/console.ts';
import {
  command,
  FIRMWARE_LINES,
  renderBiosConsole,
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

  test('a restart counts the tools from the beginning', () => {
    const first = renderBiosConsole(lines.slice(0, lines.indexOf('x86/bin/M1: OK') + 1));
    const second = renderBiosConsole(lines.slice(0, lines.indexOf('x86/bin/chmod: OK') + 1));
    expect(read(first).answers.ok).toBe(8);
    expect(read(first, second).answers.ok).toBe(3);
  });

  test('19 tools are not verified when one of them failed as well', () => {
    const again = lines.flatMap((line) =>
      line === 'x86/bin/catm: OK' ? ['x86/bin/catm: FAILED', line] : [line],
    );
    const report = read(renderBiosConsole(again));
    expect(report.answers).toEqual({ ok: 19, failed: 1 });
    expect(ids(report)).not.toContain('stage0-verified');
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

  test('a report of a suspect does not change when its sums arrive', () => {
    const reader = openConsoleReader();
    const lines = [...stage0Lines({ entries: ['.'] }), '/external/distfiles/x.tar.gz: FAILED'];
    reader.push(new TextEncoder().encode(renderBiosConsole(lines)));
    const before = reader.report();
    const copy = structuredClone(before);
    reader.push(new TextEncoder().encode(`Wanted:   ${'0'.repeat(64)}\r\n`));
    expect(reader.report().suspect?.evidence).toHaveLength(2);
    expect(before).toEqual(copy);
  });

  test('the last command and path are kept when the chunk that held them is overwritten', () => {
    for (const lines of [
      [' +> first ', ' +> second word '],
      [...FIRMWARE_LINES, 'src', './path'],
    ]) {
      const reader = openConsoleReader();
      const bytes = new TextEncoder().encode(renderBiosConsole(lines));
      reader.push(bytes);
      bytes.fill(0x58);
      const { kaem, src } = reader.report();
      expect([kaem.last, src.lastPath].join('')).toMatch(/^(second word|\.\/path)$/);
    }
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
