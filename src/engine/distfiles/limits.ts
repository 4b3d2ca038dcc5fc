// What a fetch puts up with. Tests give smaller numbers.
import type { RetryPolicy } from './retry-delay.ts';

export interface FetchLimits extends RetryPolicy {
  /** From the first packet to a connection that can be used, TLS included. */
  connectMilliseconds: number;
  /** From the request to the head of its answer. */
  answerMilliseconds: number;
  /** Without a single byte. */
  stallMilliseconds: number;
  redirects: number;
  /** The largest distfile of 984b8322 is a GCC of about 100 MB. */
  largestFileBytes: number;
  /** Of one source for one file, without a byte of progress between them. */
  tries: number;
  /** Of one source for one file in all: a line that is cut again and again is followed so long. */
  triesWithProgress: number;
  /** Failures to reach a host, one after the other, until it is left alone for a while. */
  hostDownAfter: number;
  hostDownMilliseconds: number;
}

export const DEFAULT_LIMITS: FetchLimits = {
  connectMilliseconds: 10_000,
  answerMilliseconds: 30_000,
  stallMilliseconds: 20_000,
  redirects: 10,
  largestFileBytes: 2 * 1024 ** 3,
  tries: 3,
  triesWithProgress: 50,
  baseMilliseconds: 500,
  longestMilliseconds: 30_000,
  hostDownAfter: 3,
  hostDownMilliseconds: 30_000,
};
