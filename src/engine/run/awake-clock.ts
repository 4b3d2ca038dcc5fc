// Time that passes for a machine: neither a sleeping host nor a clock that is set counts. Wall clocks jump and some systems' monotonic clocks go on
// through sleep (uv_hrtime: macOS, Windows), so what passes between two looks counts at most as much as two looks can be apart.

export interface AwakeClock {
  /** Look now: milliseconds of waking time since the clock was made, and what was left out since the last look. */
  tick(): { awakeMilliseconds: number; missedMilliseconds: number };
}

export interface AwakeClockOptions {
  /** Monotonic milliseconds; and milliseconds since 1970. */
  monotonic?: () => number;
  wall?: () => number;
  /** Looks are never farther apart than this on a host that is awake, however busy. */
  mostMilliseconds?: number;
}

const MOST_MILLISECONDS = 60_000;

export function createAwakeClock({
  monotonic = () => performance.now(),
  wall = Date.now,
  mostMilliseconds = MOST_MILLISECONDS,
}: AwakeClockOptions = {}): AwakeClock {
  let awakeMilliseconds = 0;
  let last = { monotonic: monotonic(), wall: wall() };
  return {
    tick() {
      const now = { monotonic: monotonic(), wall: wall() };
      const passed = Math.max(0, now.monotonic - last.monotonic);
      const counted = passed <= mostMilliseconds ? passed : 0;
      awakeMilliseconds += counted;
      // Negative when the clock was set back.
      const missedMilliseconds = now.wall - last.wall - counted;
      last = now;
      return { awakeMilliseconds, missedMilliseconds };
    },
  };
}
