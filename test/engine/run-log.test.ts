// The serial log as views read it: pieces by offset that are true and join without a seam, and words found wherever they stand.
import { appendFileSync, openSync, closeSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readLogChunk } from '../../src/engine/run/log-reader.ts';
import { searchLog } from '../../src/engine/run/log-search.ts';
import { useTempFolders } from '../support/temp.ts';

const tempFolder = useTempFolders();

function logOf(content: string | Uint8Array): string {
  const path = join(tempFolder(), 'serial.log');
  writeFileSync(path, content);
  return path;
}

async function readAll(path: string, limitBytes: number): Promise<string> {
  let text = '';
  for (let from = 0; ;) {
    const chunk = await readLogChunk(path, { fromBytes: from, limitBytes, mayGrow: false });
    expect(chunk.fromBytes).toBe(from);
    if (chunk.toBytes === from) return text;
    text += chunk.text;
    from = chunk.toBytes;
  }
}

const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
const someBytes = fc.oneof(
  fc.uint8Array({ maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }).map((text) => new TextEncoder().encode(text)),
  fc
    .array(fc.constantFrom(0x41, 0x80, 0xbf, 0xc3, 0xe2, 0xf0, 0x9f, 0xef, 0xbb), { maxLength: 30 })
    .map((list) => Uint8Array.from(list)),
);

describe('pieces of a log', () => {
  test('joined give the text of the whole, whatever the bytes and the size of the pieces', async () => {
    const path = logOf('');
    await fc.assert(
      fc.asyncProperty(someBytes, fc.integer({ min: 4, max: 12 }), async (bytes, limit) => {
        writeFileSync(path, bytes);
        expect(await readAll(path, limit)).toBe(decode(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('from any offset begin at a character and end at one, with offsets that say where', async () => {
    const path = logOf('aé€😀b');
    const bytes = new TextEncoder().encode('aé€😀b');
    for (let from = 0; from <= bytes.length; from += 1) {
      const chunk = await readLogChunk(path, { fromBytes: from, limitBytes: 4, mayGrow: true });
      expect(chunk.text).not.toContain('\ufffd');
      expect(decode(bytes.subarray(chunk.fromBytes, chunk.toBytes))).toBe(chunk.text);
      expect(chunk.fromBytes).toBeLessThanOrEqual(from);
    }
  });

  test('leave an unfinished character for the next piece while the log grows, and show it when it never will', async () => {
    const path = logOf(Uint8Array.of(0x61, 0xe2, 0x82));
    const growing = { fromBytes: 0, limitBytes: 100, mayGrow: true };
    expect(await readLogChunk(path, growing)).toEqual({ fromBytes: 0, toBytes: 1, sizeBytes: 3, text: 'a' });
    const ended = await readLogChunk(path, { ...growing, mayGrow: false });
    expect(ended).toEqual({ fromBytes: 0, toBytes: 3, sizeBytes: 3, text: 'a\ufffd' });
    appendFileSync(path, Uint8Array.of(0xac));
    expect((await readLogChunk(path, { ...growing, fromBytes: 1 })).text).toBe('€');
  });

  test('behind the end are empty and say where the end is', async () => {
    const path = logOf('abc');
    const chunk = await readLogChunk(path, { fromBytes: 1000, limitBytes: 100, mayGrow: true });
    expect(chunk).toEqual({ fromBytes: 3, toBytes: 3, sizeBytes: 3, text: '' });
  });
});

describe('a search', () => {
  const small = { pieceBytes: 8 };

  test('finds words across pieces in both directions, letters’ case aside', async () => {
    const path = logOf('one Two\r\nthree TWO four\r\ntwo\r\n');
    const forward = async (from: number): Promise<number | undefined> =>
      (await searchLog(path, { words: 'tWo', fromBytes: from, direction: 'forward', ...small }))?.offsetBytes;
    const backward = async (from: number): Promise<number | undefined> =>
      (await searchLog(path, { words: 'tWo', fromBytes: from, direction: 'backward', ...small }))
        ?.offsetBytes;
    expect([await forward(0), await forward(5), await forward(16), await forward(26)]).toEqual([
      4,
      15,
      25,
      undefined,
    ]);
    expect([await backward(100), await backward(25), await backward(15), await backward(4)]).toEqual([
      25,
      15,
      4,
      undefined,
    ]);
  });

  test('agrees with a search in the whole text, for any log and words', async () => {
    const path = logOf('');
    const letters = fc.string({ unit: fc.constantFrom('a', 'A', 'b', 'é', 'É', '\n', '.'), maxLength: 60 });
    const words = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '.'), minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        letters,
        words,
        fc.nat(70),
        fc.integer({ min: 1, max: 20 }),
        async (text, wanted, from, pieceBytes) => {
          writeFileSync(path, text);
          const offsets: number[] = [];
          for (let at = 0; at < text.length; at += 1)
            if (text.slice(at, at + wanted.length).toLowerCase() === wanted.toLowerCase())
              offsets.push(Buffer.byteLength(text.slice(0, at)));
          const options = { words: wanted, fromBytes: from, pieceBytes };
          const next = await searchLog(path, { ...options, direction: 'forward' });
          const previous = await searchLog(path, { ...options, direction: 'backward' });
          expect(next?.offsetBytes).toBe(offsets.find((offset) => offset >= from));
          expect(previous?.offsetBytes).toBe(offsets.findLast((offset) => offset < from));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('shows the row around a match and takes marks of expressions as letters', async () => {
    const path = logOf('first row\r\na (b) [c].* d\r\nlast');
    const match = await searchLog(path, { words: '[C].*', fromBytes: 0, direction: 'forward' });
    expect(match).toEqual({ offsetBytes: 17, text: 'a (b) [c].* d' });
    const none = await searchLog(path, { words: 'x.*', fromBytes: 0, direction: 'forward' });
    expect(none).toBeNull();
  });

  test('goes through a long log without holding it', { timeout: 60_000 }, async () => {
    const path = logOf('');
    const sizeBytes = 200 * 1_048_576;
    const file = openSync(path, 'w');
    const row = Buffer.alloc(1_048_576, ' +> some words of a build\r\n');
    for (let at = 0; at < sizeBytes; at += row.length) writeSync(file, row);
    writeSync(file, 'Needle');
    closeSync(file);
    global.gc?.();
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    const match = await searchLog(path, { words: 'needle', fromBytes: 0, direction: 'forward' });
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
    expect(match?.offsetBytes).toBe(sizeBytes);
    expect(after - before).toBeLessThan(100 * 1_048_576);
    const chunk = await readLogChunk(path, { fromBytes: sizeBytes - 10, limitBytes: 100, mayGrow: false });
    expect(chunk.text).toContain('Needle');
  });
});
