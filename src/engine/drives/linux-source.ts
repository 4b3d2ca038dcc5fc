// Drives of a Linux computer: sysfs, lsblk, the kernel's tables and /proc, read once and turned into facts by pure functions.
import { existsSync } from 'node:fs';
import { readdir, readFile, realpath } from 'node:fs/promises';
import { readLinuxFacts } from '../formats/drives/linux-facts.ts';
import type { LinuxSnapshot } from '../formats/drives/linux-snapshot.ts';
import { LSBLK_COLUMNS, LSBLK_NEWER_COLUMNS } from '../formats/drives/lsblk.ts';
import { runProgram } from '../spawn.ts';
import type { DriveSource } from './drive-source.ts';
import { watchLinux } from './linux-changes.ts';
import { scanProcesses } from './linux-processes.ts';
import { deviceOf, readSysfs } from './linux-sysfs.ts';

export function openLinuxSource(env: NodeJS.ProcessEnv): DriveSource {
  return {
    read: async (signal) => readLinuxFacts(await readSnapshot(env, signal)),
    changes: (signal) => watchLinux(env, signal),
  };
}

async function readSnapshot(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<LinuxSnapshot> {
  const problems: string[] = [];
  // Before the processes: what these open for a moment is nobody's use.
  const lsblk = await askLsblk(env, problems, signal);
  const blkid = existsSync('/run/udev/data') ? '' : await askBlkid(env, signal);
  const [sysfs, swaps, fstab, scan, zpools, rootMajorMinor] = await Promise.all([
    readSysfs(),
    readOptional('/proc/swaps'),
    readOptional('/etc/fstab'),
    scanProcesses(),
    readdir('/proc/spl/kstat/zfs', { withFileTypes: true }).catch(() => []),
    deviceOf('/'),
  ]);
  if (scan.mountinfo.every(({ of }) => of !== 'self'))
    problems.push('/proc/self/mountinfo cannot be read, where Linux tells what is mounted.');
  return {
    blocks: sysfs.blocks,
    lsblk,
    blkid,
    mountinfo: scan.mountinfo,
    swaps: swaps ?? '',
    fstab: fstab ?? '',
    rootMajorMinor,
    zpools: zpools.filter((entry) => entry.isDirectory()).map(({ name }) => name),
    aliases: await findAliases([...scan.mountinfo.map(({ text }) => text), swaps ?? '']),
    processes: scan.processes,
    problems: [...sysfs.problems, ...problems],
  };
}

/** JSON of lsblk; null and a problem when there is none. An older one that does not know all columns is asked for fewer. */
async function askLsblk(
  env: NodeJS.ProcessEnv,
  problems: string[],
  signal?: AbortSignal,
): Promise<string | null> {
  for (const columns of [LSBLK_NEWER_COLUMNS, LSBLK_COLUMNS]) {
    const args = ['--json', '--bytes', '--all', '--output', columns];
    const result = await runProgram('lsblk', args, {
      env,
      signal,
      outputLimitCharacters: 16_777_216,
    }).catch((error: unknown) => {
      if (signal?.aborted === true) throw error;
      return null;
    });
    if (result?.status === 0) return result.stdout;
    if (result === null) break;
  }
  problems.push('lsblk did not answer. Install util-linux, which brings it.');
  return null;
}

/** Where no udev keeps what is on the drives, lsblk tells nothing of it: blkid looks itself, if it may (root only). */
async function askBlkid(env: NodeJS.ProcessEnv, signal?: AbortSignal): Promise<string> {
  if (process.getuid?.() !== 0) return '';
  const args = ['-c', '/dev/null', '-o', 'export'];
  const result = await runProgram('blkid', args, { env, signal }).catch((error: unknown) => {
    if (signal?.aborted === true) throw error;
    return null;
  });
  return result?.stdout ?? '';
}

/** Device paths in the tables that are other names of devices: what each of them really is. */
async function findAliases(tables: readonly string[]): Promise<Record<string, string>> {
  const paths = new Set(tables.flatMap((text) => text.match(/(?<=[ :=,\n]|^)\/dev\/[^ :,\t\n]+/gm) ?? []));
  const aliases: Record<string, string> = {};
  for (const path of paths) {
    const real = await realpath(path).catch(() => null);
    if (real?.startsWith('/dev/') === true && real !== path)
      aliases[path] = real.slice('/dev/'.length).replaceAll('/', '!');
  }
  return aliases;
}

async function readOptional(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
