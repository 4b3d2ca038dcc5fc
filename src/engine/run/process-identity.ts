// Which process is meant: a pid and when it started, so that a reused pid is never taken for it (proc(5), /proc/PID/stat fields 3 and 22).
import { readFile } from 'node:fs/promises';
import type { ProcessIdentity } from '../../shared/model/run.ts';
import { runProgram } from '../spawn.ts';

/** The identity of a process that lives now; null when there is none. A zombie counts as dead. */
export async function identifyProcess(
  pid: number,
  platform: NodeJS.Platform = process.platform,
): Promise<ProcessIdentity | null> {
  const started = platform === 'linux' ? await startOnLinux(pid) : await startByPs(pid);
  return started === null ? null : { pid, startedTicks: started };
}

export async function isAlive(
  identity: ProcessIdentity,
  platform: NodeJS.Platform = process.platform,
): Promise<boolean> {
  const now = await identifyProcess(identity.pid, platform);
  return now !== null && now.startedTicks === identity.startedTicks;
}

/** Send a signal to exactly this process; false when it is gone. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch {
    return false;
  }
}

let bootId: string | undefined;

/** Ticks since boot, with the boot they count from: after a restart of the host the same number means another process. */
async function startOnLinux(pid: number): Promise<string | null> {
  let stat: string;
  try {
    stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // Field 2 is the name in parentheses and may hold anything, parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const ticks = fields[19];
  if (ticks === undefined || state === 'Z' || state === 'X') return null;
  bootId ??= (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).slice(0, 8);
  return `${ticks}@${bootId}`;
}

/** Other Unix systems: ps knows the start to the second. */
async function startByPs(pid: number): Promise<string | null> {
  const { status, stdout } = await runProgram('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
    env: process.env,
  });
  const match = /^\s*(\S+)\s+(\S.*\S)\s*$/.exec(stdout);
  if (status !== 0 || match?.[1] === undefined || match[2] === undefined) return null;
  return match[1].startsWith('Z') ? null : match[2];
}
