import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { failureOfStatus, isPassing, parseRetryAfter } from '../../src/engine/distfiles/fetch-failure.ts';
import { retryDelay } from '../../src/engine/distfiles/retry-delay.ts';

const POLICY = { baseMilliseconds: 500, longestMilliseconds: 30_000 };

describe('the wait before a source is asked again', () => {
  it('doubles from try to try, up to the longest', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((tries) => retryDelay(tries, 0.999_999, null, POLICY));
    expect(longest.map((delay) => Math.round(delay ?? 0))).toEqual([
      500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000,
    ]);
  });

  it('is never shorter than half of that, whatever chance says', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (tries, random) => {
          const delay = retryDelay(tries, random, null, POLICY) ?? Number.NaN;
          const most = Math.min(30_000, 500 * 2 ** (tries - 1));
          expect(delay).toBeGreaterThanOrEqual(most / 2);
          expect(delay).toBeLessThanOrEqual(most);
        },
      ),
    );
  });

  it('is what the server asks for, unless its own is longer', () => {
    expect(retryDelay(1, 0, 7, POLICY)).toBe(7000);
    expect(retryDelay(5, 0, 0, POLICY)).toBe(4000);
  });

  it('is null when the server asks for more than anyone waits', () => {
    expect(retryDelay(1, 0, 31, POLICY)).toBeNull();
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  it.each([
    ['120', 120],
    ['0', 0],
    ['Thu, 01 Jan 2026 00:00:30 GMT', 30],
    ['Thu, 01 Jan 2015 00:00:30 GMT', 0],
    ['soon', null],
    [undefined, null],
  ])('%s', (text, seconds) => expect(parseRetryAfter(text, now)).toBe(seconds));
});

describe('HTTP statuses', () => {
  it.each([
    [404, 'not-there', false],
    [410, 'not-there', false],
    [401, 'refused', false],
    [403, 'refused', false],
    [451, 'refused', false],
    [304, 'refused', false],
    [500, 'server-error', true],
    [503, 'server-error', true],
    [429, 'server-error', true],
  ] as const)('%i is %s', (status, reason, passing) => {
    expect(failureOfStatus(status, undefined).reason).toBe(reason);
    expect(isPassing(reason)).toBe(passing);
  });
});
