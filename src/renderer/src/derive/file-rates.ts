// How fast each file comes, from how its bytes grow: smoothed, and falling to nothing when nothing comes.
import type { DistfileRow } from '../../../shared/model/distfile.ts';

export interface RateMeter {
  /** Bytes a second of each file that is being fetched; a file has no rate until it was seen for a while. */
  measure(rows: readonly DistfileRow[], nowMs: number): ReadonlyMap<string, number>;
}

/** Shorter stretches say more of the wire's packets than of its speed. */
const LEAST_MS = 800;
/** Weight of the newest stretch. */
const WEIGHT = 0.5;

interface Sample {
  atMs: number;
  bytes: number;
  rate: number | null;
}

export function createRateMeter(): RateMeter {
  let samples = new Map<string, Sample>();
  return {
    measure(rows, nowMs) {
      const next = new Map<string, Sample>();
      for (const { name, state, doneBytes } of rows) {
        if (state !== 'fetching') continue;
        const before = samples.get(name);
        // Fewer bytes than before: another source has begun.
        if (before === undefined || doneBytes < before.bytes)
          next.set(name, { atMs: nowMs, bytes: doneBytes, rate: null });
        else next.set(name, advance(before, doneBytes, nowMs));
      }
      samples = next;
      const rates = [...next].flatMap(([name, { rate }]) => (rate === null ? [] : [[name, rate] as const]));
      return new Map(rates);
    },
  };
}

function advance(before: Sample, bytes: number, nowMs: number): Sample {
  const milliseconds = nowMs - before.atMs;
  if (milliseconds < LEAST_MS) return before;
  const now = ((bytes - before.bytes) / milliseconds) * 1000;
  const rate = before.rate === null ? now : before.rate * (1 - WEIGHT) + now * WEIGHT;
  return { atMs: nowMs, bytes, rate };
}
