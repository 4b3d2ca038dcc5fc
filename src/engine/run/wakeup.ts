// Waiting that can be cut short: a loop sleeps until somebody nudges it or its time is over. And a promise that others settle.
import { watch } from 'node:fs';

export interface Wakeup {
  nudge: () => void;
  /** As nudge, and even the least time is over: for what happens once. */
  hurry: () => void;
  /** At least `leastMilliseconds`, whatever nudges come: a flood of them must not make a busy loop. */
  wait(milliseconds: number, leastMilliseconds?: number): Promise<void>;
}

export function createWakeup(): Wakeup {
  let nudged = false;
  let hurried = false;
  let wake: (() => void) | null = null;
  let wakeAtOnce: (() => void) | null = null;

  async function sleep(milliseconds: number, hold: (wake: () => void) => void): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      hold(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  return {
    nudge() {
      nudged = true;
      wake?.();
    },
    hurry() {
      [nudged, hurried] = [true, true];
      wake?.();
      wakeAtOnce?.();
    },
    async wait(milliseconds, leastMilliseconds = 0) {
      if (leastMilliseconds > 0 && !hurried) await sleep(leastMilliseconds, (now) => (wakeAtOnce = now));
      wakeAtOnce = null;
      if (!nudged) await sleep(Math.max(0, milliseconds - leastMilliseconds), (now) => (wake = now));
      wake = null;
      hurried = false;
      nudged = false;
    },
  };
}

/** Call back when a file or folder changes, where the system can tell; polling does the rest. Returns how to end it. */
export function watchPath(path: string, onChange: () => void): () => void {
  try {
    const watcher = watch(path, { persistent: false }, onChange);
    watcher.on('error', () => watcher.close());
    return () => watcher.close();
  } catch {
    return () => undefined;
  }
}

export interface Deferred {
  promise: Promise<void>;
  resolve: () => void;
}

export function deferred(): Deferred {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
