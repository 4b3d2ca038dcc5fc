// Reading a log of any size in pieces that a terminal of 5000 rows can hold.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  FAR_BEHIND_BYTES,
  firstWholeLine,
  MOST_ROWS_OF_A_PIECE,
  planFollow,
  rowsOf,
  SMALLEST_READ_BYTES,
  startBefore,
  TAIL_BYTES,
} from '../../src/renderer/src/log/log-plan.ts';
import { type LogSource, readPiece, readRange } from '../../src/renderer/src/log/log-reader.ts';
import { searchAround } from '../../src/renderer/src/log/log-search.ts';
import { readScriptedLog, scriptedLog, searchScriptedLog } from '../support/scripted-log.ts';

/** As the engine reads: never cuts a character, may therefore give a little less than asked. */
function sourceOf(text: string): { source: LogSource; reads: number[] } {
  const log = scriptedLog(text);
  const reads: number[] = [];
  return {
    reads,
    source: {
      read(fromBytes, limitBytes) {
        reads.push(limitBytes);
        let limit = limitBytes;
        while ((log.bytes[fromBytes + limit] ?? 0) >> 6 === 0b10) limit -= 1;
        return Promise.resolve(readScriptedLog(log, fromBytes, limit));
      },
      search: (words, fromBytes, direction) =>
        Promise.resolve(searchScriptedLog(log, words, fromBytes, direction)),
    },
  };
}

describe('following', () => {
  it('reads on while it is near, and leaves out what lies between when it is far behind', () => {
    expect(planFollow(100, 100 + FAR_BEHIND_BYTES)).toEqual({ fromBytes: 100, skips: false });
    const size = 101 + FAR_BEHIND_BYTES;
    expect(planFollow(100, size)).toEqual({ fromBytes: size - TAIL_BYTES, skips: true });
  });
});

describe('a piece', () => {
  it('is read once when it fits', async () => {
    const { source, reads } = sourceOf('a line\r\n'.repeat(1000));
    expect((await readPiece(source, 0, 65_536, 80)).toBytes).toBe(8000);
    expect(reads).toEqual([65_536]);
  });

  it('is read smaller when its line ends would push its own first row out of the terminal', async () => {
    const { source } = sourceOf('\n'.repeat(70_000));
    const piece = await readPiece(source, 0, 65_536, 80);
    expect(piece.toBytes).toBeGreaterThanOrEqual(SMALLEST_READ_BYTES);
    expect(rowsOf(piece.text, 80)).toBeLessThanOrEqual(MOST_ROWS_OF_A_PIECE);
  });

  it('counts rows of long lines without line ends', () => {
    expect(rowsOf('x'.repeat(800), 80)).toBe(10);
    expect(rowsOf('a\nb\n', 80)).toBe(2);
  });
});

describe('a range', () => {
  it('begins with a whole line unless it is the beginning', async () => {
    const { source } = sourceOf('first\nsecond\nthird\n');
    expect(await readRange(source, 0, 13)).toBe('first\nsecond\n');
    expect(await readRange(source, 2, 13)).toBe('second\n');
    expect(firstWholeLine('no line end')).toBe(0);
    expect(startBefore(10)).toBe(0);
  });

  it('is exact for any text and any places in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('a', 'é', '€', '🌱', '\n'), { maxLength: 60 }),
        fc.nat(),
        async (letters, seed) => {
          const text = letters.join('');
          const cut = letters.slice(0, seed % (letters.length + 1)).join('');
          const { source } = sourceOf(text);
          expect(await readRange(source, 0, Buffer.byteLength(cut))).toBe(cut);
        },
      ),
    );
  });
});

describe('a search over the whole log', () => {
  const text = 'one\ntwo\none\n';
  it('goes on to the next match, then around the end, and says so', async () => {
    const { source } = sourceOf(text);
    const forward = (from: number) => searchAround(source, 'one', from, text.length, 'forward');
    expect(await forward(0)).toEqual({ match: { offsetBytes: 0, text: 'one' }, wrapped: false });
    expect(await forward(1)).toEqual({ match: { offsetBytes: 8, text: 'one' }, wrapped: false });
    expect(await forward(9)).toEqual({ match: { offsetBytes: 0, text: 'one' }, wrapped: true });
  });

  it('goes backwards likewise', async () => {
    const { source } = sourceOf(text);
    const backward = (from: number) => searchAround(source, 'one', from, text.length, 'backward');
    expect((await backward(8)).match?.offsetBytes).toBe(0);
    expect(await backward(0)).toEqual({ match: { offsetBytes: 8, text: 'one' }, wrapped: true });
  });

  it('ends when there is none', async () => {
    const { source } = sourceOf(text);
    expect(await searchAround(source, 'three', 4, text.length, 'forward')).toEqual({
      match: null,
      wrapped: true,
    });
  });
});
