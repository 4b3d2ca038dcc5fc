// What a running QEMU costs this host, sampled seldom and cheaply: three small files of proc(5), and the size of its disks in blocks.
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Resources } from '../../shared/model/machine.ts';
import { runProgram } from '../spawn.ts';

/** USER_HZ, in which proc(5) counts processor time towards programs: 100 on every Linux architecture that QEMU runs on. */
const TICKS_PER_SECOND = 100;
/** proc(5): statm counts pages; 4 KiB where x86 guests are worth running, and VmRSS says it in kB anyway. */
const KIB = 1024;
/** stat(2): st_blocks counts these, whatever the file system. */
const BLOCK_BYTES = 512;

export interface Sampler {
  /** Null when the process is gone, or this system does not say. */
  sample(): Promise<Resources | null>;
}

export interface SamplerOptions {
  pid: number;
  disks: string;
  freeBytes: () => Promise<number>;
  platform?: NodeJS.Platform;
}

export function openSampler({ pid, disks, freeBytes, platform = process.platform }: SamplerOptions): Sampler {
  let last: { at: number; cpuMilliseconds: number } | null = null;
  return {
    async sample() {
      const used = platform === 'linux' ? await readProc(pid) : await askPs(pid, platform);
      if (used === null) return null;
      const at = performance.now();
      const cpuCores =
        last === null
          ? null
          : Math.max(0, used.cpuMilliseconds - last.cpuMilliseconds) / Math.max(1, at - last.at);
      last = { at, cpuMilliseconds: used.cpuMilliseconds };
      return {
        at: new Date().toISOString(),
        cpuCores,
        ...used,
        diskBytes: await allocatedBytes(disks),
        freeBytes: await freeBytes(),
      };
    },
  };
}

interface Used {
  cpuMilliseconds: number;
  memoryBytes: number;
}

async function readProc(pid: number): Promise<Used | null> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // Field 2 is the name in parentheses; utime and stime are fields 14 and 15.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const kibibytes = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN);
    if (Number.isNaN(ticks) || Number.isNaN(kibibytes)) return null;
    return { cpuMilliseconds: (ticks * 1000) / TICKS_PER_SECOND, memoryBytes: kibibytes * KIB };
  } catch {
    return null;
  }
}

/** Other Unix systems: `[[dd-]hh:]mm:ss[.cc]` of processor time and KiB of memory (ps(1)). */
async function askPs(pid: number, platform: NodeJS.Platform): Promise<Used | null> {
  if (platform === 'win32') return null;
  const { status, stdout } = await runProgram('ps', ['-o', 'time=,rss=', '-p', String(pid)], {
    env: process.env,
  });
  const match = /^\s*(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s+(\d+)\s*$/.exec(stdout);
  if (status !== 0 || match === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, kibibytes = 0] = match
    .slice(1)
    .map((word) => Number(word || 0));
  return {
    cpuMilliseconds: (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000,
    memoryBytes: kibibytes * KIB,
  };
}

/** Bytes that the files of a folder really take: holes cost nothing. */
export async function allocatedBytes(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map(
      async (name) => ((await stat(join(folder, name)).catch(() => null))?.blocks ?? 0) * BLOCK_BYTES,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
