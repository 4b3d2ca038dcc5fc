// What guest output may do to a terminal, a clipboard or a command line: colours at most.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTerminalFilter, plainText } from '../../src/shared/terminal-text.ts';

const filtered = (...pieces: string[]) => {
  const filter = openTerminalFilter();
  return pieces.map((piece) => filter.push(piece)).join('');
};

describe('terminal filter', () => {
  test('leaves ordinary text, line ends, tabs and backspaces alone', () => {
    const text = 'src\r\n./größe\t世界 🙂\b|\n';
    expect(filtered(text)).toBe(text);
  });

  test.each([
    ['reset', '\u001bc'],
    ['clear screen', '\u001b[2J'],
    ['no autowrap', '\u001b[?7l'],
    ['cursor movement', '\u001b[10;20H'],
    ['device report', '\u001b[6n'],
    ['character set', '\u001b(0'],
    ['title', '\u001b]0;owned\u0007'],
    ['clipboard', '\u001b]52;c;aGk=\u001b\\'],
    ['hyperlink', '\u001b]8;;http://x/\u001b\\'],
    ['device control string', '\u001bP1$r0m\u001b\\'],
    ['privacy message', '\u001b^x\u001b\\'],
    ['application command', '\u001b_x\u001b\\'],
    ['8-bit sequence', '\u009b2J'],
    ['8-bit title', '\u009d0;owned\u009c'],
    ['private SGR', '\u001b[>4;1m'],
    ['SGR with intermediate', '\u001b[1 m'],
    ['hidden text', '\u001b[8m'],
    ['blinking', '\u001b[5m'],
    ['bell and NUL', '\u0007\u0000'],
    ['DEL', '\u007f'],
    ['text turned around', '\u202e\u2066'],
  ])('drops a %s', (_, sequence) => {
    expect(filtered(`a${sequence}b`)).toBe('ab');
  });

  test.each([
    '\u001b[31m',
    '\u001b[0m',
    '\u001b[1;32m',
    '\u001b[38;5;200m',
    '\u001b[48;2;1;2;3m',
    '\u001b[97m',
  ])('keeps the colour %j', (sequence) => {
    expect(filtered(`a${sequence}b`)).toBe(`a${sequence}b`);
  });

  test('keeps the colours of a sequence that also hides or blinks', () => {
    expect(filtered('\u001b[5;31;8mx')).toBe('\u001b[31mx');
    expect(filtered('\u001b[mx')).toBe('\u001b[0mx');
    expect(filtered('\u001b[31;38;5mx')).toBe('\u001b[31mx');
    expect(filtered('\u001b[38;2;1;2;999mx')).toBe('x');
  });

  test('a sequence that is never closed costs its own line only', () => {
    expect(filtered('a\u001b]0;title\r\nnext\n')).toBe('a\r\nnext\n');
    expect(filtered('a\u001b[31\nnext\n')).toBe('a\nnext\n');
  });

  test('an endless sequence ends by itself and is not kept', () => {
    const out = filtered('\u001b]', ...Array.from({ length: 100 }, () => 'x'.repeat(1000)));
    expect(out.length).toBeGreaterThan(90_000);
    expect(filtered(`\u001b[${'1;'.repeat(3000)}m\nend`)).toMatch(/end$/);
  });

  test('an escape inside a string ends it as a terminal does', () => {
    expect(filtered('\u001b]0;t\u001b[31mred')).toBe('\u001b[31mred');
  });
});

/** Text rich in what matters to the filter. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '\u001b',
        '[',
        ']',
        '0;',
        '31',
        'm',
        'c',
        '\\',
        '\u0007',
        '\n',
        '\r',
        'P',
        '\u009b',
        '\u009c',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    ),
    { maxLength: 60 },
  )
  .map((parts) => parts.join(''));

describe('terminal filter, any input', () => {
  test('gives the same however the text is cut', () => {
    fc.assert(
      fc.property(hostile, fc.array(fc.nat(80), { maxLength: 8 }), (text, cuts) => {
        const at = [0, ...cuts.map((cut) => Math.min(cut, text.length)).sort((a, b) => a - b), text.length];
        const pieces = at.slice(1).map((end, index) => text.slice(at[index], end));
        expect(filtered(...pieces)).toBe(filtered(text));
      }),
      { numRuns: 500 },
    );
  });

  test('lets nothing out but text, line ends, tabs, backspaces and colours', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const rest = filtered(text).replace(/\u001b\[[0-9;]+m/g, '');
        expect(rest).not.toMatch(/[\u0000-\u0007\u000b\u000c\u000e-\u001f\u007f-\u009f]/);
      }),
      { numRuns: 500 },
    );
  });

  test('what came out goes through unchanged', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(filtered(filtered(text))).toBe(filtered(text));
      }),
      { numRuns: 300 },
    );
  });
});

describe('plain text', () => {
  test('has no sequences, no control characters and LF line ends', () => {
    expect(plainText('\u001b[31mred\u001b[0m\r\nab\bc\rd\u0000')).toBe('red\nabc\nd');
  });

  test('keeps tabs and every script', () => {
    expect(plainText('a\tü世🙂')).toBe('a\tü世🙂');
  });
});
