// The clock, for numbers that go on between two answers of the engine.
import { useEffect, useState } from 'react';

/** The time now, again every `intervalMs`; for counting on between two answers. */
export function useNow(intervalMs: number, active: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!active) return;
    const timer = setInterval(() => setNow(Date.now()), intervalMs);
    return () => clearInterval(timer);
  }, [intervalMs, active]);
  return now;
}
