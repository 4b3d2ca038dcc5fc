// Memory and processors of a bootstrap's machine, fitted to this host. Pure. Processors go into the image (JOBS in bootstrap.cfg), so that they follow from
// what stays the same about a host; memory does not, and follows from what is free too.
// Figures: live-bootstrap's README and rootfs.py (4096 MiB, 2 processors by default); its pull requests 275 (four processors halve the time, most steps are not
// parallel) and 387 (eight compilers of GCC do not fit into 4 GiB).
import type { FittedMachine } from '../../shared/model/bootstrap.ts';
import { DEFAULT_MEMORY_MIB, MINIMUM_MEMORY_MIB } from '../../shared/limits.ts';

export interface HostFacts {
  processors: number;
  totalMiB: number;
  /** Null when the host cannot say. */
  freeMiB: number | null;
}

/** More are idle nearly all the time. */
const MOST_CORES = 8;
/** A compiler at work takes so much. */
const MIB_PER_CORE = 1024;
/** Linux and its caches, beside the compilers. */
const SYSTEM_MIB = 1024;
/** The rest is for the host itself. */
const SHARE = 0.75;
const STEP_MIB = 256;

/** What a person asked for is taken as it is. */
export function fitMachine(
  host: HostFacts,
  asked: { memoryMiB: number | null; cores: number | null } = { memoryMiB: null, cores: null },
): FittedMachine {
  const reasons: string[] = [];
  const most = floorTo(host.totalMiB * SHARE, STEP_MIB);
  const cores = asked.cores ?? fitCores(host, most, reasons);
  const memoryMiB = asked.memoryMiB ?? fitMemory(host, cores, most, reasons);
  if (asked.cores !== null && memoryMiB < cores * MIB_PER_CORE)
    reasons.push(
      `${cores} processors with ${memoryMiB} MiB are less than 1 GiB for each: large builds may run out of memory.`,
    );
  return { memoryMiB, cores, reasons };
}

function fitCores({ processors, totalMiB }: HostFacts, mostMiB: number, reasons: string[]): number {
  // With four or more one is left for the host.
  const free = processors >= 4 ? processors - 1 : processors;
  const byMemory = Math.floor(mostMiB / MIB_PER_CORE);
  const cores = Math.max(1, Math.min(MOST_CORES, free, byMemory));
  if (cores === byMemory && byMemory < Math.min(MOST_CORES, free))
    reasons.push(`${cores} processors: each needs 1 GiB, and this computer has ${Math.round(totalMiB)} MiB.`);
  else if (cores === MOST_CORES)
    reasons.push(`${cores} processors: more than eight are idle nearly all the time.`);
  else if (cores < processors)
    reasons.push(`${cores} of ${processors} processors: one is left for this computer.`);
  else reasons.push(`${cores === 1 ? 'The one processor' : `All ${cores} processors`} of this computer.`);
  return cores;
}

function fitMemory({ freeMiB }: HostFacts, cores: number, mostMiB: number, reasons: string[]): number {
  const wanted = Math.max(DEFAULT_MEMORY_MIB, cores * MIB_PER_CORE + SYSTEM_MIB);
  const limit = freeMiB === null ? mostMiB : Math.min(mostMiB, floorTo(freeMiB * 0.9, STEP_MIB));
  if (limit >= wanted) {
    reasons.push(
      wanted === DEFAULT_MEMORY_MIB
        ? `${wanted} MiB of memory, as upstream recommends.`
        : `${wanted} MiB of memory: 1 GiB for each processor, and one for the system.`,
    );
    return wanted;
  }
  // Below that builder-hex0 cannot work; the preflight says so when it is not there.
  const memoryMiB = Math.max(MINIMUM_MEMORY_MIB, limit);
  reasons.push(
    `${memoryMiB} MiB of memory instead of ${wanted}: this computer has ${freeMiB === null ? `${mostMiB} MiB to give` : `${Math.round(freeMiB)} MiB free`}.`,
  );
  return memoryMiB;
}

function floorTo(value: number, step: number): number {
  return Math.floor(value / step) * step;
}
