// The grammar on any bytes: any chunking gives the same report, nothing throws, reports stay within the model's limits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeNow } from '../../src/engine/formats/console/describe.ts';
import { openConsoleReader } from '../../src/engine/formats/console/grammar.ts';
import { explainLog, judge } from '../../src/engine/formats/console/verdict.ts';
import { ConsoleReport, type Goal, ImageGoal, Verdict } from '../../src/shared/model/console.ts';
import {
  bootCheckConsole,
  hasRealLogs,
  realLog,
  renderKernelConsole,
  stage0Console,
} from '../support/consoles.ts';

const encode = (text: string) => new TextEncoder().encode(text);

function readAll(pieces: readonly Uint8Array[]): ConsoleReport {
  const reader = openConsoleReader({ expectedBootCheck: [{ path: './a', sizeBytes: 1, crc32: '0000000a' }] });
  for (const piece of pieces) reader.push(piece);
  return reader.report();
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return ends.slice(1).map((end, index) => bytes.slice(ends[index], end));
}

function expectWithinModel(report: ConsoleReport): void {
  expect(ConsoleReport.safeParse(report).error).toBeUndefined();
  expect(describeNow(report)).not.toBe('');
  Verdict.parse(explainLog(report).verdict);
  for (const goal of [...ImageGoal.options, 'step:build:a-1:1'] as Goal[])
    for (const processEnded of [false, true]) {
      const verdict = judge(report, { goal, processEnded, stopped: false });
      if (verdict !== null) Verdict.parse(verdict);
      else expect(processEnded).toBe(false);
    }
}

const path = fc.string({ unit: fc.constantFrom('a', '/', '.', 'ö', ' '), maxLength: 200 });
const console_ = fc.oneof(
  fc
    .record({
      entries: fc.array(path, { maxLength: 30 }),
      fail: fc.constantFrom('answer', 'command', 'generator', 'distfile', 'missing', null),
    })
    .map(stage0Console),
  fc
    .record({
      entries: fc.array(
        fc.record({
          path: fc.string({ unit: fc.constantFrom('p', '/'), minLength: 1, maxLength: 200 }),
          sizeBytes: fc.nat(),
          crc32: fc.constantFrom('00000000', '0123abcd'),
        }),
        { maxLength: 20 },
      ),
      verdict: fc.constantFrom('passed', 'failed a20', 'failed disk-error status 01 lba 7', null),
    })
    .map(bootCheckConsole),
);

/** Pieces of every kind of line that the grammar knows, and of none. */
const word = fc.constantFrom(
  'SeaBIOS (version 1)\r\n',
  'Booting from Hard Disk...\r\n',
  'Boot failed: x\r\n',
  'No bootable device.\r\n',
  'src\r\n',
  './x\r\n',
  'hex0\r\n',
  '20 1000400000000040AF00000000000000',
  ' +> ',
  'pkg=a \r\n',
  'kaem --file pass1.kaem \r\n',
  'bash /steps/2.sh \r\n',
  'x86/bin/catm: ',
  'OK\r\n',
  'FAILED\r\n',
  `Wanted:   ${'a'.repeat(64)}\r\n`,
  'sha256sum: WARNING: x\r\n',
  'Subprocess error 1\r\n',
  'ABORTING HARD\r\n',
  'Build finished.\r\n',
  'Seedbed boot check 1\r\n',
  'entry 1 0000000a ./a\r\n',
  'verdict: passed\r\n',
  'Fiwix kernel v1 for i386 architecture\r\n',
  'PANIC: in x()\r\n',
  'Linux version 4\r\n',
  'Kernel panic - not syncing: x\r\n',
  'a-1: beginning build using script pass1.sh\r\n',
  'a-1: getting sources.\r\n',
  'a-1: build successful\r\n',
  'reboot: Power down\r\n',
  'No space left on device\r\n',
  '\u001bc',
  '\r',
  '\n',
  'z'.repeat(80),
  '\u001b]0;',
);

describe('any chunking gives the same report', () => {
  test('of made consoles', () => {
    fc.assert(
      fc.property(console_, fc.array(fc.nat(20_000), { maxLength: 10 }), (text, at) => {
        const bytes = encode(text);
        expect(readAll(cut(bytes, at))).toEqual(readAll([bytes]));
      }),
      { numRuns: 150 },
    );
  });

  test('of lines in any order', () => {
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 60 }),
        fc.array(fc.nat(2000), { maxLength: 10 }),
        (words, at) => {
          const bytes = encode(words.join(''));
          expect(readAll(cut(bytes, at))).toEqual(readAll([bytes]));
        },
      ),
      { numRuns: 500 },
    );
  });

  test.skipIf(!hasRealLogs)('of a real log (skipped: no ../shared/data/serial here)', () => {
    const bytes = hasRealLogs ? realLog('stage0-qemu-tcg.log') : new Uint8Array();
    const whole = readAll([bytes]);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 50 }), (at) => {
        expect(readAll(cut(bytes, at))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
    expect(readAll(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(whole);
  });
});

describe('nothing throws and reports stay within the model', () => {
  test('on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), (bytes) => {
        expectWithinModel(readAll([bytes]));
      }),
      { numRuns: 200 },
    );
  });

  test('on lines in any order', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 80 }), (words) => {
        expectWithinModel(readAll([encode(words.join(''))]));
      }),
      { numRuns: 500 },
    );
  });

  test.skipIf(!hasRealLogs)('on a real log with damage (skipped: no ../shared/data/serial here)', () => {
    const original = hasRealLogs ? realLog('stage0-qemu-tcg.log') : new Uint8Array();
    const damage = fc.record({ at: fc.nat(original.length), bytes: fc.uint8Array({ maxLength: 40 }) });
    fc.assert(
      fc.property(
        fc.array(damage, { minLength: 1, maxLength: 40 }),
        fc.nat(original.length),
        (places, end) => {
          const bytes = original.slice(0, end);
          for (const place of places)
            if (place.at + place.bytes.length <= end) bytes.set(place.bytes, place.at);
          expectWithinModel(readAll([bytes]));
        },
      ),
      { numRuns: 40 },
    );
  });

  test.each([
    ['packages without end', (n: number) => ` +> pkg=p${n} \r\n +> kaem --file pass1.kaem \r\n`],
    ['failed checks without end', (n: number) => `f${n}: FAILED\r\nWanted:   ${'0'.repeat(64)}\r\n`],
    ['restarts without end', () => 'SeaBIOS (version 1)\r\nBooting from Hard Disk...\r\n'],
    ['tools without end', (n: number) => `x86/bin/t${n}: OK\r\n`],
    ['names without end', () => ` +> pkg=${'n'.repeat(5000)} \r\n`],
    ['long paths', (n: number) => `src\r\n./${'p'.repeat(3000 + n)}\r\n`],
    ['aborts after failed checks', () => `${'g'.repeat(900)}: FAILED\r\nSubprocess error 1\r\n`],
  ])('on %s', (_, piece) => {
    const reader = openConsoleReader();
    for (let n = 0; n < 3000; n += 1) reader.push(encode(piece(n)));
    expectWithinModel(reader.report());
  });

  test('on more boot check entries than any image can hold', () => {
    const entry = 'entry 1 0000000a ./a\r\n';
    const text = `Seedbed boot check 1\r\n${entry.repeat(21_000)}verdict: passed\r\n`;
    const report = readAll([encode(text)]);
    expectWithinModel(report);
    expect(report.failure?.cause).toBe('boot-check-wrong-bytes');
  });

  test('on one entry more than is kept, the rest as expected', () => {
    const entry = { path: './a', sizeBytes: 1, crc32: '0000000a' };
    const expectedBootCheck = Array.from({ length: 20_000 }, () => entry);
    for (const [count, cause] of [
      [20_000, undefined],
      [20_001, 'boot-check-wrong-bytes'],
    ] as const) {
      const reader = openConsoleReader({ expectedBootCheck });
      const lines = 'entry 1 0000000a ./a\r\n'.repeat(count);
      reader.push(encode(`Seedbed boot check 1\r\n${lines}verdict: passed\r\n`));
      expect(reader.report().failure?.cause).toBe(cause);
    }
  });

  test('on a line without an end', () => {
    const reader = openConsoleReader();
    const piece = encode('x'.repeat(65_521));
    for (let n = 0; n < 50; n += 1) reader.push(piece);
    const report = reader.report();
    expectWithinModel(report);
    expect(report).toMatchObject({ lines: 0, bytes: 50 * 65_521 });
    reader.push(encode(renderKernelConsole(['', 'Subprocess error 1'])));
    expect(reader.report().failure?.cause).toBe('stage0-failed');
  });
});
