// When the bytes of a log were printed, by a host that looked at it now and then: samples of “so many bytes at this time”, and times of offsets from them.
// A host that was not there, or asleep, leaves a gap: what was printed in it has an uncertain time, and time that a host slept does not count.
import type { LogTime } from '../../../shared/model/timeline.ts';

/** At `at` (milliseconds since 1970) the log had `bytes`; `missed` is what the clock jumped (a sleep, a clock that was set) since the sample before. */
export interface ClockSample {
  at: number;
  bytes: number;
  missed: number;
}

export interface LogClock {
  /** Samples come in order; what is not is left out. */
  add(sample: ClockSample): void;
  /** When the byte at `offset` was there; null when nobody has seen it. */
  timeOf(offset: number): LogTime | null;
  /** Counted milliseconds between two bytes. */
  between(from: number, to: number): number | null;
  /** Counted milliseconds from a byte to a moment. */
  since(from: number, now: number): number | null;
  isEmpty(): boolean;
}

interface Kept {
  at: number;
  bytes: number;
  /** Jumps up to here. */
  missed: number;
}

export function openLogClock(samples: readonly ClockSample[] = []): LogClock {
  const kept: Kept[] = [];

  function add({ at, bytes, missed }: ClockSample): void {
    const last = kept.at(-1);
    if (last !== undefined && bytes < last.bytes) return;
    const total = (last?.missed ?? 0) + missed;
    // A clock that was set back without being noticed must not make time run backwards.
    const soonest = last === undefined ? at : last.at - last.missed;
    kept.push({ at: Math.max(at, soonest + total), bytes, missed: total });
  }
  for (const sample of samples) add(sample);

  /** Place of the first sample that has the byte. */
  function find(offset: number): number {
    let low = 0;
    let high = kept.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((kept[middle] as Kept).bytes > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  function counted(offset: number): number | null {
    const sample = kept[find(offset)];
    return sample === undefined ? null : sample.at - sample.missed;
  }

  return {
    add,
    timeOf(offset) {
      const place = find(offset);
      const sample = kept[place];
      if (sample === undefined) return null;
      const before = kept[place - 1];
      const jumped = sample.missed - (before?.missed ?? 0);
      const gap = before === undefined ? 0 : sample.at - before.at - jumped;
      return { at: new Date(sample.at).toISOString(), uncertainMilliseconds: Math.max(0, Math.round(gap)) };
    },
    between(from, to) {
      const [start, end] = [counted(from), counted(to)];
      return start === null || end === null ? null : Math.max(0, Math.round(end - start));
    },
    since(from, now) {
      const start = counted(from);
      return start === null ? null : Math.max(0, Math.round(now - (kept.at(-1)?.missed ?? 0) - start));
    },
    isEmpty: () => kept.length === 0,
  };
}
