// Waiting that can be cut short: a loop sleeps until somebody nudges it or its time is over. And a promise that others settle.
import { watch } from 'node:fs';

export interface Wakeup {
  nudge: () => void;
  /** At least `leastMilliseconds`, whatever nudges come: a flood of them must not make a busy loop. */
  wait(milliseconds: number, leastMilliseconds?: number): Promise<void>;
}

export function createWakeup(): Wakeup {
  let nudged = false;
  let wake: (() => void) | null = null;
  return {
    nudge() {
      nudged = true;
      wake?.();
    },
    async wait(milliseconds, leastMilliseconds = 0) {
      if (leastMilliseconds > 0) await new Promise((resolve) => setTimeout(resolve, leastMilliseconds));
      if (!nudged)
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, Math.max(0, milliseconds - leastMilliseconds));
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      wake = null;
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
