// The source stream: which names may go in, in which order, what they use of builder-hex0's limits, and that it can be read back.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeAscii, encodeAscii } from '../../src/engine/formats/ascii.ts';
import { createSrcDecoder } from '../../src/engine/formats/src-decoder.ts';
import {
  checkBudgets,
  checkSrcName,
  compareSrcPaths,
  createBudgetMeter,
  encodeCommand,
  encodeSrcHeader,
  srcfsWarnings,
} from '../../src/engine/formats/srcfs.ts';
import { refusalOf } from '../support/refusals.ts';

describe('names', () => {
  test.each(['./steps/manifest', './steps/a/.keep', './x~!@#$%^&()[]{}', './High Level Prototypes'])(
    '%s may go in',
    async (path) => {
      expect(await refusalOf(() => checkSrcName(path))).toBe('accepted');
    },
  );

  test.each([
    ['./steps/two words', /space/],
    ['./steps/High Level Prototypes', /space/],
    ['./High Level Prototypes/a b', /space/],
    ['./steps/line\nend', /control character/],
    ['./steps/nul\0', /control character/],
    ['./steps/é', /ASCII/],
    ['./steps/\ufffd', /ASCII/],
    ['./steps/..hidden', /two dots/],
    ['./steps/', /empty/],
  ])('%j may not', async (path, reason) => {
    expect(await refusalOf(() => checkSrcName(path))).toEqual([
      'SRCFS_NAME_REFUSED',
      { path, reason: expect.stringMatching(reason) as unknown },
    ]);
  });
});

describe('order', () => {
  test('is by bytes of the components, upper case first, whatever follows the slash', () => {
    const sorted = ['.', './A', './A/z', './A b', './A-b', './a', './a/b', './a/b/c', './a.b', './a0'];
    expect([...sorted].reverse().sort(compareSrcPaths)).toEqual(sorted);
  });

  test('puts each directory before all that is in it', () => {
    const name = fc.string({
      minLength: 1,
      maxLength: 3,
      unit: fc.constantFrom('a', 'b', '-', '.', ' ', '0', 'Z', '~'),
    });
    fc.assert(
      fc.property(fc.array(fc.array(name, { minLength: 1, maxLength: 4 })), (lists) => {
        const paths = [
          ...new Set(lists.flatMap((parts) => parts.map((_part, end) => parts.slice(0, end + 1).join('/')))),
        ];
        const sorted = paths.sort(compareSrcPaths);
        for (const [index, path] of sorted.entries()) {
          const parent = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : null;
          if (parent !== null) expect(sorted.indexOf(parent)).toBeLessThan(index);
        }
      }),
    );
  });
});

describe('limits', () => {
  const used = (...entries: [string, number][]): Record<string, number> => {
    const meter = createBudgetMeter();
    for (const [path, sizeBytes] of entries) meter.addEntry({ path, sizeBytes });
    return Object.fromEntries(meter.budgets().map(({ name, used: amount }) => [name, amount]));
  };

  test('every entry and every output of hex0 takes a slot', () => {
    const meter = createBudgetMeter();
    meter.addEntry({ path: '.', sizeBytes: 0 });
    meter.addEntry({ path: './abc', sizeBytes: 10 });
    meter.addCommand('hex0 /abc /bootstrap-seeds/hex0-seed');
    meter.addCommand('/bootstrap-seeds/hex0-seed /kaem.x86');
    expect(meter.budgets().map(({ name, used: amount, limit, unit }) => [name, amount, limit, unit])).toEqual(
      [
        ['files', 3, 14_332, 'files'],
        ['file-area', 10, 330_301_440, 'bytes'],
        ['longest-path', '/bootstrap-seeds/hex0-seed'.length + 1, 1024, 'bytes'],
        ['longest-name', 'bootstrap-seeds'.length, 255, 'bytes'],
      ],
    );
  });

  test('a path counts as it stands in the name table, with its NUL', () => {
    expect(used(['./abc', 0])['longest-path']).toBe('/abc\0'.length);
    expect(used(['/abc', 0])['longest-path']).toBe('/abc\0'.length);
  });

  test.each([
    ['files', 14_332, 'the number of files and directories'],
    ['file-area', 330_301_440, 'the size of all files together'],
    ['longest-path', 1024, 'the longest path'],
    ['longest-name', 255, 'the longest name'],
  ] as const)('%s: the limit itself is allowed, one more is refused', async (name, limit, what) => {
    const unit = name === 'files' ? 'files' : 'bytes';
    const check = (amount: number) => () => checkBudgets([{ name, used: amount, limit, unit }]);
    expect(await refusalOf(check(limit))).toBe('accepted');
    expect(await refusalOf(check(limit + 1))).toEqual([
      'SRCFS_BUDGET_EXCEEDED',
      { what, actual: limit + 1, limit, unit },
    ]);
  });

  test('what builder-hex0 does otherwise is told, an empty .keep is not', () => {
    const entry = (path: string, sizeBytes: number, isFile = true) => ({ path, sizeBytes, isFile });
    expect(
      srcfsWarnings([entry('./a/.keep', 0), entry('./a', 0, false), entry('./b', 1), entry('.', 0, false)]),
    ).toEqual([]);
    expect(
      srcfsWarnings([entry('./a/.x', 1), entry('./e', 0), entry('./f', 0), entry(`./${'l'.repeat(254)}`, 1)]),
    ).toEqual([
      './e (and 1 more) is empty, so that builder-hex0 makes a directory of it.',
      './a/.x is named with a leading dot, which builder-hex0 drops together with the character after it.',
      `./${'l'.repeat(254)} is longer than 255 bytes, too long to be an argument under builder-hex0.`,
    ]);
  });
});

interface Seen {
  entries: { path: string; sizeBytes: number; payload: string }[];
  commands: [string, number][];
  taken: number;
  ended: boolean;
}

/** Decode `stream` given in pieces of the lengths in `cuts`, again and again. */
function decode(stream: Uint8Array, cuts: readonly number[] = [stream.length]): Seen {
  const seen: Seen = { entries: [], commands: [], taken: 0, ended: false };
  let open: Seen['entries'][number] | null = null;
  const decoder = createSrcDecoder(
    {
      entry: (entry) => (open = { ...entry, payload: '' }),
      payload: (bytes) => {
        if (open !== null) open.payload += decodeAscii(bytes);
      },
      entryEnd: () => {
        if (open !== null) seen.entries.push(open);
        open = null;
      },
      command: (text, offset) => seen.commands.push([text, offset]),
    },
    'x.img',
    1000,
  );
  for (let turn = 0; seen.taken < stream.length && !decoder.ended; turn += 1) {
    const piece = stream.subarray(seen.taken, seen.taken + (cuts[turn % cuts.length] ?? 1));
    seen.taken += decoder.push(piece);
  }
  seen.ended = decoder.ended;
  return seen;
}

describe('reading back', () => {
  const payload = fc.uint8Array({ maxLength: 40 });
  const path = fc.string({
    minLength: 1,
    maxLength: 20,
    unit: fc.constantFrom('a', 'b', '.', '/', ' ', '-', '_'),
  });

  test('entries, bytes and commands come back, however the stream is cut', () => {
    const command = fc.constantFrom('hex0 /a /b', '/program argument', 'f', 'sum 1 2 00000000');
    fc.assert(
      fc.property(
        fc.array(fc.tuple(path, payload)),
        fc.array(command),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
        (files, commands, cuts) => {
          const parts = [
            ...files.flatMap(([name, bytes]) => [
              encodeSrcHeader({ path: name, sizeBytes: bytes.length }),
              bytes,
            ]),
            ...commands.map(encodeCommand),
          ];
          const length = Buffer.concat(parts).length;
          const seen = decode(Buffer.concat([...parts, Buffer.alloc(60)]), cuts);
          expect(seen.entries).toEqual(
            files.map(([name, bytes]) => ({
              path: name,
              sizeBytes: bytes.length,
              payload: decodeAscii(bytes),
            })),
          );
          expect(seen.commands.map(([text]) => text)).toEqual(commands);
          expect([seen.ended, seen.taken]).toEqual([true, length]);
        },
      ),
    );
  });

  test('a command is told with the offset of its first byte, also across a cut', () => {
    const stream = encodeAscii('src 3 a\nabchex0 /a /b\n/x /y\n\0');
    for (const cut of [1, 5, 13, 100]) {
      expect(decode(stream, [cut]).commands).toEqual([
        ['hex0 /a /b', 1011],
        ['/x /y', 1022],
      ]);
    }
  });

  test('bytes that look like the end or like a line do not end a payload', () => {
    const seen = decode(encodeAscii('src 10 a\n\0\nsrc 0 b\nsrc 0 c\n\0'));
    expect(seen.entries.map(({ path: name, payload: text }) => [name, text])).toEqual([
      ['a', '\0\nsrc 0 b\n'],
      ['c', ''],
    ]);
  });

  test.each([
    ['an unknown word', 'srx 0 a\n', /neither an entry nor a command/],
    ['no size', 'src  a\n', /neither/],
    ['a size that is no number', 'src -1 a\n', /neither/],
    ['a size of 16 digits', 'src 1000000000000000 a\n', /neither/],
    ['no path', 'src 0 \n', /neither/],
    ['a program without an argument', '/program\n', /neither/],
    ['an empty line', '\n', /neither/],
    ['a control character', 'src 0 a\rb\n', /neither an entry nor a command/],
    ['a NUL inside a line', 'src 0 a\0b\n', /neither an entry nor a command/],
    ['a line without end', 'x'.repeat(5000), /too long/],
  ])('%s is refused, with the place', async (_what, text, reason) => {
    expect(await refusalOf(() => decode(encodeAscii(`src 2 ok\nok${text}`), [7]))).toEqual([
      'IMAGE_UNREADABLE',
      { path: 'x.img', reason: expect.stringMatching(reason) as unknown },
    ]);
  });

  test('where a stream that just stops stood is told', () => {
    const at = (text: string): string => {
      const decoder = createSrcDecoder(
        {
          entry: () => undefined,
          payload: () => undefined,
          entryEnd: () => undefined,
          command: () => undefined,
        },
        'x.img',
        0,
      );
      decoder.push(encodeAscii(text));
      return decoder.place;
    };
    expect([at('src 5 ./a\nab'), at('src 1 ./a\nx'), at('src 1')]).toEqual([
      'inside ./a, 3 bytes short',
      'between two lines',
      'between two lines',
    ]);
  });
});
