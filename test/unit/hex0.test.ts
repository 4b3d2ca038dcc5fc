// hex0 text to bytes: what is read, what is refused and where, and upstream's own stage1.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { assembleHex0 } from '../../src/engine/formats/hex0.ts';
import { isSeedbedError } from '../../src/shared/errors.ts';

const checkout = process.env['LIVE_BOOTSTRAP_DIR'];

function refusal(text: string): unknown {
  try {
    assembleHex0(text, { fileName: 'x.hex0' });
  } catch (error) {
    if (isSeedbedError(error)) return [error.code, error.data];
    throw error;
  }
  return 'accepted';
}

const at = (line: number, column: number, reason: unknown): unknown => [
  'HEX0_INVALID',
  { file: 'x.hex0', line, column, reason },
];

describe('assembleHex0', () => {
  test('reads both cases, comments of both kinds, and white space anywhere', () => {
    const text = '# title é 0x\r\n0a Fb;12\n\t7 \r\n f # the nibbles of one byte stand apart\n;\n#';
    expect([...assembleHex0(text)]).toEqual([0x0a, 0xfb, 0x7f]);
  });

  test('a lone carriage return does not end a comment, as in builder-hex0', () => {
    expect([...assembleHex0('# a\r01\n02')]).toEqual([2]);
  });

  test('nothing gives nothing', () => {
    expect([assembleHex0(''), assembleHex0('  \n; only words')].map((bytes) => bytes.length)).toEqual([0, 0]);
  });

  test('names line and column of the first character that is no digit', () => {
    expect([refusal('00\n11 2g'), refusal('x'), refusal('00\n\n  \u0000'), refusal('0\u00e90')]).toEqual([
      at(2, 5, '"g" is no hexadecimal digit'),
      at(1, 1, '"x" is no hexadecimal digit'),
      at(3, 3, 'character 0x00 is no hexadecimal digit'),
      at(1, 2, expect.stringContaining('outside ASCII')),
    ]);
  });

  test('names the lonely digit when the number of digits is odd', () => {
    expect([refusal('00 1'), refusal('00\n 1 # comment\n\n')]).toEqual([
      at(1, 4, expect.stringContaining('no second one')),
      at(2, 2, expect.stringContaining('no second one')),
    ]);
  });

  test('any bytes come back from any spelling of them', () => {
    const filler = fc.constantFrom('', '', ' ', '\n', '\t', '\r\n', ' # g;0\n', ';ff # é\n');
    const spelled = fc.array(fc.tuple(fc.nat(255), fc.boolean(), filler, filler));
    fc.assert(
      fc.property(spelled, (parts) => {
        const text = parts.map(([byte, upper, between, after]) => {
          const digits = byte.toString(16).padStart(2, '0');
          const [high, low] = upper ? digits.toUpperCase() : digits;
          return `${high ?? ''}${between}${low ?? ''}${after}`;
        });
        expect([...assembleHex0(text.join(''))]).toEqual(parts.map(([byte]) => byte));
      }),
    );
  });

  test('one stray character in any place is named with its place', () => {
    const lines = fc.array(fc.constantFrom('00 1f', '', '  7', '7 # words', ';'), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(lines, fc.nat(19), fc.constantFrom('z', '-', '.', '\u00ff'), (text, pick, stray) => {
        const line = pick % text.length;
        const broken = text.map((content, index) => (index === line ? `${stray}${content}` : content));
        expect(refusal(broken.join('\n'))).toEqual(at(line + 1, 1, expect.any(String)));
      }),
    );
  });

  test('megabytes of text take well under a second', () => {
    const text = '48 65 6C 6C 6F ; db "Hello"  # words\n'.repeat(100_000);
    const start = performance.now();
    expect(assembleHex0(text).length).toBe(500_000);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});

const UPSTREAM = `
import sys
for line in open(sys.argv[1], encoding="utf-8"):
    sys.stdout.buffer.write(bytes.fromhex(line.split('#')[0].split(';')[0].strip()))
`;

describe.skipIf(checkout === undefined)(
  'assembleHex0 on a real checkout (skipped unless LIVE_BOOTSTRAP_DIR names one; needs python3)',
  () => {
    test.each([
      ['builder-hex0/builder-hex0-x86-stage1.hex0', 512],
      ['builder-hex0/builder-hex0-x86-stage2.hex0', 4096],
    ])('%s gives the bytes that upstream’s Python gives', (name, sizeBytes) => {
      const path = join(checkout ?? '', name);
      const expected = execFileSync('python3', ['-c', UPSTREAM, path]);
      const bytes = assembleHex0(readFileSync(path, 'utf8'), { fileName: name });
      expect(bytes.length).toBe(sizeBytes);
      expect(Buffer.from(bytes).equals(expected)).toBe(true);
    });

    test('stage0-posix’s hex0 source gives its published 181-byte seed', () => {
      const stage0 = join(checkout ?? '', 'seed/stage0-posix');
      const bytes = assembleHex0(readFileSync(join(stage0, 'x86/hex0_x86.hex0'), 'utf8'));
      expect(
        Buffer.from(bytes).equals(readFileSync(join(stage0, 'bootstrap-seeds/POSIX/x86/hex0-seed'))),
      ).toBe(true);
    });
  },
);
