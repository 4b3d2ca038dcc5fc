// How long to wait before the next try to connect.

const FIRST_MS = 500;
const LONGEST_MS = 10_000;

/** 0.5 s, 1 s, 2 s, … up to 10 s; `attempt` counts failed tries from 1. */
export function retryDelayMs(attempt: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.max(0, attempt - 1));
}
