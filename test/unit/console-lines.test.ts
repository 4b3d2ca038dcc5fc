// Bytes of a console to logical lines: rows cut by the firmware, line ends, escapes, offsets, limits.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_LINE_BYTES, openLineSplitter } from '../../src/engine/formats/console/line-splitter.ts';
import { renderBiosConsole, renderKernelConsole } from '../support/consoles.ts';

interface Split {
  lines: string[];
  offsets: number[];
  tail: string;
  counts: { bytes: number; rows: number; lines: number };
}

const encode = (text: string) => new TextEncoder().encode(text);

function split(pieces: readonly Uint8Array[], cutRows: boolean): Split {
  const lines: string[] = [];
  const offsets: number[] = [];
  const decoder = new TextDecoder();
  const splitter = openLineSplitter({
    line(bytes, start, end, offset) {
      lines.push(decoder.decode(bytes.subarray(start, end)));
      offsets.push(offset);
    },
    cutRow: () => undefined,
  });
  splitter.setCutRows(cutRows);
  for (const piece of pieces) splitter.push(piece);
  return { lines, offsets, tail: decoder.decode(splitter.tail()), counts: splitter.counts() };
}

function cut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = [0, ...at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return ends.slice(1).map((end, index) => bytes.slice(ends[index], end));
}

describe('rows that the firmware cut', () => {
  test('of exactly 80 columns go on in the next row', () => {
    const { lines } = split([encode(`${'a'.repeat(80)}\r\nbc\r\nd\r\n`)], true);
    expect(lines).toEqual([`${'a'.repeat(80)}bc`, 'd']);
  });

  test('fill a line of 80 or 160 columns when an empty row follows, as QEMU shows it', () => {
    const wide = 'x'.repeat(80);
    const { lines } = split([encode(`${wide}\r\n\nafter\r\n${wide}\r\n${wide}\r\n\nlast\r\n`)], true);
    expect(lines).toEqual([wide, 'after', wide + wide, 'last']);
  });

  test('are counted in characters, since code page 437 arrives as UTF-8', () => {
    const { lines } = split([encode(`${'é'.repeat(80)}\r\n${'ü'.repeat(40)}\r\nnext\r\n`)], true);
    expect(lines).toEqual(['é'.repeat(80) + 'ü'.repeat(40), 'next']);
  });

  test('stay rows of their own once a kernel writes to the port', () => {
    const { lines } = split([encode(`${'a'.repeat(80)}\r\nbc\r\n`)], false);
    expect(lines).toEqual(['a'.repeat(80), 'bc']);
  });

  test('79 and 81 columns end where they end', () => {
    const { lines } = split([encode(`${'a'.repeat(79)}\r\n${'b'.repeat(80)}\r\nb\r\nc\r\n`)], true);
    expect(lines).toEqual(['a'.repeat(79), 'b'.repeat(81), 'c']);
  });
});

describe('line ends and escapes', () => {
  test('LF, CR LF, CR CR LF and a lone CR all end a line', () => {
    const { lines, counts } = split([encode('a\nb\r\nc\r\r\nd\re\n')], true);
    expect(lines).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(counts.rows).toBe(5);
  });

  test('a lone CR in front of a line is nothing', () => {
    expect(split([encode('\ra\n')], true).lines).toEqual(['a']);
  });

  test('escape sequences and control characters are no part of a line', () => {
    const { lines } = split(
      [encode('\u001bc\u001b[?7l\u001b[2J\u001b[0mSea\u0000BIOS\u0007\u001b]0;x\u0007!\tz\n')],
      true,
    );
    expect(lines).toEqual(['SeaBIOS!\tz']);
  });

  test('a cleared screen ends what stood there', () => {
    const { lines, offsets } = split([encode('ERROR: no hda writes!\u001bc\u001b[2JSeaBIOS\r\n')], true);
    expect(lines).toEqual(['ERROR: no hda writes!', 'SeaBIOS']);
    expect(offsets).toEqual([0, 21]);
  });

  test('an unfinished line is the tail and no line', () => {
    const { lines, tail } = split([encode('one\r\nx86/bin/catm: OK')], true);
    expect(lines).toEqual(['one']);
    expect(tail).toBe('x86/bin/catm: OK');
    expect(split([encode('one\r')], true).lines).toEqual([]);
  });

  test('a line keeps its first 64 KiB', () => {
    const long = 'y'.repeat(200_000);
    for (const pieces of [[encode(`${long}\nz\n`)], cut(encode(`${long}\nz\n`), [70_000, 150_000])]) {
      const { lines, offsets } = split(pieces, false);
      expect(lines.map((line) => line.length)).toEqual([MAX_LINE_BYTES, 1]);
      expect(offsets).toEqual([0, 200_001]);
    }
  });
});

/** What int 10h prints: ASCII and characters of code page 437. */
const consoleLine = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', ' ', '/', '+', 'é', '░'), maxLength: 170 }),
  fc.constantFrom(0, 79, 80, 81, 160, 240).map((length) => 'w'.repeat(length)),
);

describe('any lines, any chunks', () => {
  test('come back from firmware rows, with offsets of the rows where they begin', () => {
    fc.assert(
      fc.property(
        fc.array(consoleLine, { maxLength: 20 }),
        fc.array(fc.nat(5000), { maxLength: 12 }),
        (lines, at) => {
          const bytes = encode(renderBiosConsole(lines));
          const result = split(cut(bytes, at), true);
          expect(result.lines).toEqual(lines);
          expect(result.counts).toMatchObject({ bytes: bytes.length, lines: lines.length });
          const clear = encode(renderBiosConsole([])).length;
          const begins = lines.map((_, index) => encode(renderBiosConsole(lines.slice(0, index))).length);
          expect(result.offsets).toEqual(begins.map((begin) => (begin === clear ? 0 : begin)));
        },
      ),
      { numRuns: 300 },
    );
  });

  test('come back from a kernel console', () => {
    fc.assert(
      fc.property(
        fc.array(consoleLine, { maxLength: 20 }),
        fc.array(fc.nat(5000), { maxLength: 12 }),
        (lines, at) => {
          expect(split(cut(encode(renderKernelConsole(lines)), at), false).lines).toEqual(lines);
        },
      ),
    );
  });

  test('bytes of any kind give the same lines however they are cut', () => {
    const byte = fc.oneof(fc.constantFrom(10, 13, 27, 91, 99, 0x5d, 7, 65), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(byte, { maxLength: 400 }),
        fc.array(fc.nat(400), { maxLength: 12 }),
        fc.boolean(),
        (raw, at, rows) => {
          const bytes = Uint8Array.from(raw);
          expect(split(cut(bytes, at), rows)).toEqual(split([bytes], rows));
        },
      ),
      { numRuns: 500 },
    );
  });
});
