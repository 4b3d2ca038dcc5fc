// A step's sources file as data, and what is refused because the guest or we would read it otherwise.
import { describe, expect, test } from 'vitest';
import { parseSourcesFile } from '../../src/engine/formats/sources-file.ts';
import { refusalOf } from '../support/refusals.ts';

const SUM = 'a'.repeat(64);

test('files and git snapshots, named or by their address, with a space too many at the end as upstream has them', () => {
  const text = [
    `f https://example.org/pub/one-1.0.tar.gz ${SUM}`,
    `file http://example.org/two ${SUM} two-2.0.txt `,
    `g https://example.org/lib.git~abc _ ${SUM} lib-abc.tar.gz`,
    `git https://example.org/lib~v1 https://example.org/archive/v1.tar.gz ${SUM}`,
    '',
  ].join('\n');
  expect(parseSourcesFile(text, 'steps/x/sources')).toEqual([
    {
      line: 1,
      kind: 'file',
      repository: null,
      url: 'https://example.org/pub/one-1.0.tar.gz',
      sha256: SUM,
      name: 'one-1.0.tar.gz',
    },
    {
      line: 2,
      kind: 'file',
      repository: null,
      url: 'http://example.org/two',
      sha256: SUM,
      name: 'two-2.0.txt',
    },
    {
      line: 3,
      kind: 'git',
      repository: 'https://example.org/lib.git~abc',
      url: null,
      sha256: SUM,
      name: 'lib-abc.tar.gz',
    },
    {
      line: 4,
      kind: 'git',
      repository: 'https://example.org/lib~v1',
      url: 'https://example.org/archive/v1.tar.gz',
      sha256: SUM,
      name: 'v1.tar.gz',
    },
  ]);
  expect(parseSourcesFile('', 'steps/x/sources')).toEqual([]);
});

describe('refused, with file and line', () => {
  test.each([
    ['another kind', `x http://e.org/a ${SUM}`, /neither f/],
    ['no sha256', 'f http://e.org/a', /missing/],
    ['a sha256 that is too short', 'f http://e.org/a abc', /64/],
    ['a sha256 in capitals, which sha256sum would not print', `f http://e.org/a ${'A'.repeat(64)}`, /64/],
    ['a word too many', `f http://e.org/a ${SUM} a b`, /more words/],
    ['a snapshot that only mirrors have, without a name', `g http://e.org/a~b _ ${SUM}`, /not a file name/],
    ['a name that leads elsewhere', `f http://e.org/a ${SUM} ../../a`, /not a file name/],
    ['a name with a Windows separator', `f http://e.org/a ${SUM} ..\\a`, /not a file name/],
    ['the folder above', `f http://e.org/.. ${SUM}`, /not a file name/],
    ['an address that ends in a slash', `f http://e.org/a/ ${SUM}`, /not a file name/],
  ])('%s', async (_what, line, reason) => {
    const text = `f http://e.org/ok ${SUM}\n${line}\n`;
    expect(await refusalOf(() => parseSourcesFile(text, 'steps/x/sources'))).toEqual([
      'CHECKOUT_UNREADABLE',
      { file: 'steps/x/sources', line: 2, reason: expect.stringMatching(reason) as unknown },
    ]);
  });

  test('a last line without its end, which the guest would not read', async () => {
    expect(await refusalOf(() => parseSourcesFile(`f http://e.org/a ${SUM}`, 's'))).toEqual([
      'CHECKOUT_UNREADABLE',
      { file: 's', line: 1, reason: 'the last line has no line end' },
    ]);
  });
});
