// Causes have words, and the issues behind them are links.
import { describe, expect, test } from 'vitest';
import { causeText } from '../../src/shared/model/causes.ts';
import { CAUSES, OUTSIDE_CAUSES } from '../../src/shared/model/console.ts';
import { knownIssues } from '../../src/shared/model/known-issues.ts';

describe('known issues', () => {
  test.each([...CAUSES, ...OUTSIDE_CAUSES])('of %s are links, and the cause has words', (cause) => {
    const { sentence, hint } = causeText(cause, 'x-1');
    expect(sentence).toMatch(/\.$/);
    expect(hint).toMatch(/\.$/);
    for (const { url, title } of knownIssues(cause)) {
      expect(url).toMatch(/^https:\/\/github\.com\/fosslinux\/live-bootstrap\/(?:issues|pull)\/\d+$/);
      expect(title).not.toBe('');
    }
  });

  test('of a package that is known to differ come first', () => {
    expect(knownIssues('product-mismatch', 'libtool-2.2.4_0.tar.bz2')[0]?.url).toContain('/pull/537');
    expect(knownIssues('product-mismatch', 'zlib-1.3.1_0.tar.bz2').map(({ url }) => url)).toHaveLength(1);
    expect(knownIssues(null)).toEqual([]);
  });
});
