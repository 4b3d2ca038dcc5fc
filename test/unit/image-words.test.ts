// What is said of who read a disk, and of two images side by side.
import { expect, test } from 'vitest';
import { changeWords, diffText, diffTitle, sideWords } from '../../src/renderer/src/derive/diff-view.ts';
import { describeReader } from '../../src/shared/content-reader.ts';
import type { ImageDiffReport } from '../../src/shared/model/image-reading.ts';

test('who read a disk is said, with the reason where ext2fs did not', () => {
  const nothing = { exceptions: [], exceptionCount: 0 };
  expect(describeReader({ name: 'ext2fs', reason: null, ...nothing })).toBe(
    'Read by ext2fs (libext2fs), and compared with Seedbed’s own reader.',
  );
  expect(describeReader({ name: 'seedbed', reason: 'ext2fs: error 7', ...nothing })).toBe(
    'Read by Seedbed’s own reader alone: ext2fs: error 7.',
  );
  const exceptions = [{ path: '/hole', reason: 'most of it is holes' }];
  const told = (exceptionCount: number): string =>
    describeReader({ name: 'ext2fs', reason: null, exceptions, exceptionCount });
  expect(told(1)).toContain(' 1 answer is Seedbed’s alone, the first about /hole: most of it is holes.');
  expect(told(1200)).toContain(' 1 200 answers are Seedbed’s alone');
});

test('a comparison counts what there is of it, and no more', () => {
  const counts = { added: 1, removed: 0, changed: 2, moved: 0, same: 54 };
  const report: ImageDiffReport = {
    ...{ a: { path: 'a', sizeBytes: 1 }, b: { path: 'b', sizeBytes: 1 } },
    ...{ identical: false, sameContent: false, counts, differences: [], leftOut: 0, warnings: [] },
  };
  expect([diffTitle(report), diffText(report)]).toEqual([
    'The images differ',
    '2 changed, 1 only in the other, 54 the same.',
  ]);
  expect(diffTitle({ ...report, sameContent: true })).toBe('The same content in other places');
  expect(diffText({ ...report, identical: true })).toBe('54 parts, each byte the same.');
});

test('a difference tells both sides by size and hash, a move by its places', () => {
  const side = { offsetBytes: 123_456, lengthBytes: 2048, sha256: 'a'.repeat(64) };
  const one = { kind: 'entry', label: './a', a: side, b: null } as const;
  expect(changeWords({ ...one, change: 'removed' })).toBe('Only in this one');
  expect(sideWords(side, 'changed')).toBe('2 KiB · aaaaaaaaaaaa…');
  expect(sideWords({ ...side, sha256: null }, 'changed')).toBe('2 KiB');
  expect(sideWords(side, 'moved')).toBe('at byte 123 456');
  expect(sideWords(null, 'removed')).toBe('not there');
});
