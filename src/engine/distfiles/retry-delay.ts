// How long to wait before a source is asked again: twice as long each time, with a random part, so that many files do not come back at once.

export interface RetryPolicy {
  /** Wait before the second try. */
  baseMilliseconds: number;
  longestMilliseconds: number;
}

/**
 * Milliseconds before try number `tries + 1`, after `tries` ≥ 1 failed ones. `random` is in [0, 1).
 * A server's Retry-After counts up to the longest wait; null means that it asks for more than that: go elsewhere.
 */
export function retryDelay(
  tries: number,
  random: number,
  retryAfterSeconds: number | null,
  { baseMilliseconds, longestMilliseconds }: RetryPolicy,
): number | null {
  const doubled = Math.min(longestMilliseconds, baseMilliseconds * 2 ** Math.max(0, tries - 1));
  const own = doubled / 2 + (doubled / 2) * random;
  if (retryAfterSeconds === null) return own;
  const asked = retryAfterSeconds * 1000;
  return asked > longestMilliseconds ? null : Math.max(own, asked);
}
