// Ending QEMU: its own `quit`, then SIGTERM, then SIGKILL, with time between. Says which rung did it.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity, RunRecord } from '../../shared/model/run.ts';
import { isAlive, signalProcess } from './process-identity.ts';
import { quitQemu } from './qmp.ts';

export interface StopWaits {
  afterQuitMilliseconds: number;
  afterTermMilliseconds: number;
  afterKillMilliseconds: number;
}

/** Long enough for a busy host, short enough to wait for; a SIGKILL needs no time but the kernel’s. */
export const STOP_WAITS: StopWaits = {
  afterQuitMilliseconds: 5000,
  afterTermMilliseconds: 5000,
  afterKillMilliseconds: 5000,
};

const POLL_MILLISECONDS = 25;

/** Ends exactly this process; null when it was gone before anything was done. */
export async function endProcess(
  runPath: string,
  identity: ProcessIdentity,
  waits: StopWaits,
  signal?: AbortSignal,
): Promise<RunRecord['stoppedBy']> {
  if (!(await isAlive(identity))) return null;
  const until = Date.now() + waits.afterQuitMilliseconds;
  // A monitor that does not answer costs its share of the wait, not more.
  const asked = await quitQemu(runPath, { timeoutMilliseconds: waits.afterQuitMilliseconds, signal }).then(
    () => true,
    () => false,
  );
  if (await isGoneBy(identity, asked ? until : Date.now(), signal)) return asked ? 'quit' : null;
  await signalProcess(identity, 'SIGTERM');
  if (await isGoneBy(identity, Date.now() + waits.afterTermMilliseconds, signal)) return 'SIGTERM';
  await signalProcess(identity, 'SIGKILL');
  await isGoneBy(identity, Date.now() + waits.afterKillMilliseconds, signal);
  return 'SIGKILL';
}

async function isGoneBy(
  identity: ProcessIdentity,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  for (;;) {
    signal?.throwIfAborted();
    if (!(await isAlive(identity))) return true;
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MILLISECONDS, undefined, { signal });
  }
}
