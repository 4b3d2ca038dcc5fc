// Space for a living run: its machine is paused before the file system is full, since a QEMU that cannot write loses lines of the console, and goes on
// when there is space again. Pure, but for the question how much is free.
import { statfs } from 'node:fs/promises';
import type { Goal } from '../../shared/model/console.ts';
import { atPath } from '../os-errors.ts';

export interface SpaceLimits {
  /** Paused below this. */
  lowBytes: number;
  /** Goes on from here; more than `low`, or it would stop and go. */
  enoughBytes: number;
}

const MIB = 1_048_576;

/** Enough for what a guest can write between two looks, and for records and logs. A boot check writes nothing but its console. */
export function spaceLimits(goal: Goal): SpaceLimits {
  return goal === 'boot-check'
    ? { lowBytes: 2 * MIB, enoughBytes: 4 * MIB }
    : { lowBytes: 512 * MIB, enoughBytes: 1024 * MIB };
}

/** Bytes a second that a machine is believed to write at most, to its disks on this host's. */
const FASTEST_BYTES_PER_SECOND = 1024 * MIB;
const SOONEST_MILLISECONDS = 200;
const LATEST_MILLISECONDS = 10_000;

/** When to look again: soon where little is left, seldom where there is plenty. */
export function nextLookMilliseconds(freeBytes: number, { lowBytes }: SpaceLimits): number {
  const seconds = (freeBytes - lowBytes) / FASTEST_BYTES_PER_SECOND;
  return Math.min(LATEST_MILLISECONDS, Math.max(SOONEST_MILLISECONDS, seconds * 1000));
}

/** What this process may still write where `path` is. Throws what the system says. */
export async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await atPath(path, () => statfs(path));
  return bavail * bsize;
}
