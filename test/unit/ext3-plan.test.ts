// What the ext3 writer refuses before a byte is made, and that nothing but the tree decides its bytes.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Ext3Entry } from '../../src/engine/formats/ext3/ext3-entry.ts';
import { planExt3 } from '../../src/engine/formats/ext3/plan-ext3.ts';
import {
  directoryEntry,
  fileEntry,
  GIBIBYTE,
  hugeEntry,
  MEBIBYTE,
  symlinkEntry,
  type TestContent,
  testOptions,
} from '../support/ext3-image.ts';
import { refusalOf } from '../support/refusals.ts';

function refusal(entries: readonly Ext3Entry<TestContent>[], sizeBytes = 64 * MEBIBYTE): Promise<unknown> {
  return refusalOf(() => planExt3(entries, testOptions(sizeBytes)));
}

describe('refused', () => {
  test.each<[string, Ext3Entry<TestContent>[], string]>([
    [
      'a name of 256 bytes',
      [fileEntry('é'.repeat(128), '')],
      'a name has at most 255 bytes, and this one has 256',
    ],
    ['no name', [fileEntry('', '')], 'it is there twice'],
    [
      'a name that ends a path in vain',
      [directoryEntry('a'), fileEntry('a/', '')],
      'a component of it is empty, . or ..',
    ],
    ['the name ..', [fileEntry('..', '')], 'a component of it is empty, . or ..'],
    ['the name .', [directoryEntry('.')], 'a component of it is empty, . or ..'],
    ['a NUL', [fileEntry('a\0b', '')], 'it holds a NUL'],
    ['half a character', [fileEntry('a\uD800', '')], 'it is not Unicode text'],
    ['lost+found', [directoryEntry('lost+found')], 'it is there twice'],
    ['the same path again', [fileEntry('a', ''), fileEntry('a', '')], 'it is there twice'],
    ['a path without its directory', [fileEntry('a/b', '')], 'its directory is not among the entries'],
    [
      'a path below a file',
      [fileEntry('a', ''), fileEntry('a/b', '')],
      'its directory is not among the entries',
    ],
    ['a link to nothing', [symlinkEntry('a', '')], 'what a symbolic link points to has 1 to 4095 bytes'],
    [
      'a long link',
      [symlinkEntry('a', 'x'.repeat(4096))],
      'what a symbolic link points to has 1 to 4095 bytes',
    ],
    [
      'a mode with a file type',
      [{ ...fileEntry('a', ''), mode: 0o100644 }],
      'its mode is not between 0 and 07777',
    ],
    ['an owner below zero', [{ ...fileEntry('a', ''), uid: -1 }], 'its owner has no valid number'],
    ['a group of 33 bits', [{ ...fileEntry('a', ''), gid: 2 ** 32 }], 'its owner has no valid number'],
  ])('%s', async (_what, entries, reason) => {
    const path = entries.at(-1)?.path;
    expect(await refusal(entries)).toEqual(['EXT3_REFUSED', { path, reason }]);
  });

  test('32 000 directories in one; one fewer is taken', async () => {
    const many = Array.from({ length: 31_999 }, (_, index) => directoryEntry(`d${index}`));
    // lost+found counts, too.
    expect(await refusal(many.slice(2), GIBIBYTE)).toBe('accepted');
    expect(await refusal(many.slice(1), GIBIBYTE)).toEqual([
      'EXT3_LIMIT_EXCEEDED',
      {
        what: 'the number of directories in one directory',
        actual: 31_999,
        limit: 31_998,
        unit: 'directories',
      },
    ]);
  });

  test('a file of 2 TiB, of which i_blocks could not count the sectors', async () => {
    const limit = 2_196_873_666_560;
    expect(await refusal([hugeEntry('a', 2 ** 41)])).toEqual([
      'EXT3_LIMIT_EXCEEDED',
      { what: 'the size of one file', actual: 2 ** 41, limit, unit: 'bytes' },
    ]);
    expect(await refusal([hugeEntry('a', limit)], 3 * 2 ** 40)).toBe('accepted');
  });

  test('more than fits, with the size that would do', async () => {
    const entries = [hugeEntry('a', 100 * MEBIBYTE)];
    const [code, data] = (await refusal(entries)) as [string, { sizeBytes: number; neededBytes: number }];
    expect([code, data.sizeBytes]).toEqual(['EXT3_TOO_SMALL', 64 * MEBIBYTE]);
    expect(await refusal(entries, data.neededBytes)).toBe('accepted');
    expect(await refusal(entries, data.neededBytes - MEBIBYTE)).toMatchObject(['EXT3_TOO_SMALL', {}]);
  });

  test('a device without room for a journal', async () => {
    expect(await refusal([], 8 * MEBIBYTE - 1)).toMatchObject([
      'EXT3_TOO_SMALL',
      { neededBytes: 8 * MEBIBYTE },
    ]);
  });
});

test('more files than mke2fs would make inodes for get inodes of their own', () => {
  const entries = Array.from({ length: 6000 }, (_, index) => fileEntry(`f${index}`, ''));
  expect(planExt3([], testOptions(16 * MEBIBYTE)).inodes).toBe(4096);
  expect(planExt3(entries, testOptions(16 * MEBIBYTE))).toMatchObject({ inodes: 6016, freeInodes: 5 });
});

test('the order of the entries decides nothing, each byte of what is given does', () => {
  const entries = [
    directoryEntry('b'),
    directoryEntry('a'),
    fileEntry('b/two', 'two'),
    fileEntry('b/one', 'one'),
    symlinkEntry('a/link', '../b'),
  ];
  const options = testOptions(16 * MEBIBYTE);
  const first = digest(entries, options);
  expect(digest([...entries].reverse(), options)).toBe(first);
  expect(digest(entries, options)).toBe(first);
  const others = [
    digest(entries.slice(1, 2), options),
    digest(entries, { ...options, timeSeconds: 1 }),
    digest(entries, { ...options, uuid: options.hashSeed }),
    digest(entries, { ...options, root: { mode: 0o700, uid: 0, gid: 0 } }),
    digest([...entries.slice(0, 4), symlinkEntry('a/link', '../a')], options),
  ];
  expect(new Set([first, ...others]).size).toBe(6);
});

test('segments ascend without overlap, and a plan gives them again', () => {
  const plan = planExt3(
    [hugeEntry('big', 300 * MEBIBYTE), fileEntry('small', 'x'), directoryEntry('d')],
    testOptions(GIBIBYTE),
  );
  const list = [...plan.segments()];
  let end = 0;
  for (const segment of list) {
    expect(segment.offsetBytes).toBeGreaterThanOrEqual(end);
    end = segment.offsetBytes + (segment.kind === 'bytes' ? segment.bytes.length : segment.lengthBytes);
  }
  expect(end).toBeLessThanOrEqual(plan.sizeBytes);
  // The parts of one file follow one another.
  const parts = list.filter((segment) => segment.kind === 'content' && segment.content === 'zeros');
  expect(parts.length).toBeGreaterThan(1);
  expect([...plan.segments()]).toEqual(list);
});

function digest(entries: readonly Ext3Entry<TestContent>[], options: ReturnType<typeof testOptions>): string {
  const hash = createHash('sha256');
  for (const segment of planExt3(entries, options).segments()) {
    hash.update(`${segment.offsetBytes} `);
    if (segment.kind === 'bytes') hash.update(segment.bytes);
    else hash.update(`${segment.contentOffsetBytes} ${String(segment.content)}`);
  }
  return hash.digest('hex');
}
