// What must be so before a machine is started: enough memory asked for, free on this host, and space for its disk.
import { readFile, statfs } from 'node:fs/promises';
import { freemem } from 'node:os';
import { SeedbedError } from '../../shared/errors.ts';
import type { Goal } from '../../shared/model/console.ts';
import { MINIMUM_MEMORY_MIB } from '../../shared/limits.ts';
import type { RunRecord } from '../../shared/model/run.ts';
import { atPath } from '../os-errors.ts';
import { isLive } from './run-folder.ts';

const MIB = 1_048_576;
/** What a boot check's machine really touches: firmware, a few probed pages, QEMU itself (measured below 200 MiB). */
const BOOT_CHECK_RESIDENT_MIB = 256;
/** A machine never touches all of its memory, and the host frees caches late: refuse only what is clearly too much. */
const SLACK = 0.9;
/** Left free beside the copied data, for logs and records. */
const SPACE_RESERVE_BYTES = 64 * MIB;

export interface HostMemory {
  /** Free or easily freed memory in MiB; null when this host cannot say. */
  freeMiB(): Promise<number | null>;
  /** Resident memory of a process in MiB; null when unknown. */
  residentMiB(pid: number): Promise<number | null>;
}

/** Throws MEMORY_TOO_SMALL or HOST_MEMORY_SHORT. `others`: records of all runs; living ones may still claim what they were given. */
export async function checkMemory(
  wanted: { goal: Goal; memoryMiB: number },
  others: readonly RunRecord[],
  host: HostMemory,
): Promise<void> {
  // The boot check is there to say whether the memory is enough: it says so itself.
  if (wanted.goal !== 'boot-check' && wanted.memoryMiB < MINIMUM_MEMORY_MIB)
    throw new SeedbedError('MEMORY_TOO_SMALL', {
      memoryMiB: wanted.memoryMiB,
      minimumMiB: MINIMUM_MEMORY_MIB,
    });
  const free = await host.freeMiB();
  if (free === null) return;
  let promised = 0;
  for (const run of others) {
    if (!isLive(run) || run.process === null) continue;
    const resident = await host.residentMiB(run.process.pid);
    if (resident !== null) promised += Math.max(0, needMiB(run) - resident);
  }
  const left = Math.max(0, Math.floor(free - promised));
  if (left < needMiB(wanted) * SLACK)
    throw new SeedbedError('HOST_MEMORY_SHORT', { memoryMiB: wanted.memoryMiB, freeMiB: left });
}

function needMiB({ goal, memoryMiB }: { goal: Goal; memoryMiB: number }): number {
  return goal === 'boot-check' ? Math.min(memoryMiB, BOOT_CHECK_RESIDENT_MIB) : memoryMiB;
}

/** Throws DISK_FULL when `bytes` do not fit beside a small reserve. */
export async function checkSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await atPath(folder, () => statfs(folder));
  if (bavail * bsize < bytes + SPACE_RESERVE_BYTES) throw new SeedbedError('DISK_FULL', { path: folder });
}

/** proc(5): MemAvailable counts caches that can be dropped; SwapFree is slow but not refused. */
export const hostMemory: HostMemory = {
  async freeMiB() {
    if (process.platform === 'win32') return Math.floor(freemem() / MIB);
    const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
    const kibibytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN);
    const free = (kibibytes('MemAvailable') + (kibibytes('SwapFree') || 0)) / 1024;
    // macOS counts file caches as used: its number would refuse runs that fit.
    return Number.isNaN(free) ? null : Math.floor(free);
  },
  async residentMiB(pid) {
    const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
    return kibibytes === undefined ? null : Number(kibibytes) / 1024;
  },
};
