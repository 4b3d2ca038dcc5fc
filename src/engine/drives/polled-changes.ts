// Changes on platforms where nothing is announced to a plain program: a look every few seconds.
import { setTimeout as sleep } from 'node:timers/promises';

/** Asking diskutil or PowerShell costs a second of a processor. */
const LOOK_INTERVAL_MS = 5000;

/** A value at once and then every five seconds, until the signal is raised. */
export async function* pollForChanges(signal: AbortSignal): AsyncGenerator<void, void, void> {
  while (!signal.aborted) {
    yield;
    await sleep(LOOK_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}
