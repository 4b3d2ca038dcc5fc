// The machine of a run as hosts set it up, look at it and speak to it: its options, its state, its cost, its checkpoints.
import { z } from 'zod';

/** How a script of answers is written: what the guest's line begins with, and what is typed then. */
export const Answer = z.strictObject({
  expect: z.string().min(1).max(200),
  answer: z.string().max(1000),
});
export type Answer = z.infer<typeof Answer>;

/** What a run's machine is beyond memory, cores and accelerator. */
export const MachineOptions = z.strictObject({
  /** Which controller carries the disks. Both are `sda`, `sdb` to Linux; builder-hex0 reads either through the BIOS. */
  bus: z.enum(['ide', 'ahci']),
  /** Made but not let go: the first instruction waits for `run.resume`. */
  paused: z.boolean(),
  /** What happens to a machine that can come to nothing any more: it is ended, or kept for a look at it. */
  onFault: z.enum(['stop', 'keep']),
  /** Disks are overlays, so that memory and disks can be saved together; also at each jump to another kernel. */
  checkpoints: z.boolean(),
  /** Typed in this order, each once, when the guest asks. */
  answers: z.array(Answer).max(100),
});
export type MachineOptions = z.infer<typeof MachineOptions>;

export const DEFAULT_MACHINE_OPTIONS: MachineOptions = {
  bus: 'ide',
  paused: false,
  onFault: 'stop',
  checkpoints: false,
  answers: [],
};

/** Options that somebody cares about. */
export const MachineWishes = MachineOptions.partial();
export type MachineWishes = z.infer<typeof MachineWishes>;

export function machineOptions(wishes: MachineWishes = {}): MachineOptions {
  const given = Object.entries(wishes).filter(([, value]) => value !== undefined);
  return { ...DEFAULT_MACHINE_OPTIONS, ...(Object.fromEntries(given) as Partial<MachineOptions>) };
}

/** Why the machine is held: somebody paused it, this host runs out of space, or a fault after which it is kept. `port`: it is not, but cannot be heard. */
export const Hold = z.strictObject({
  by: z.enum(['user', 'host-space', 'fault', 'port']),
  since: z.iso.datetime(),
  text: z.string().max(500),
});
export type Hold = z.infer<typeof Hold>;

/** What a running machine costs this host. Sampled every few seconds. */
export const Resources = z.strictObject({
  at: z.iso.datetime(),
  /** Processors in use since the sample before, 1 is one whole core; null in the first sample. */
  cpuCores: z.number().nonnegative().nullable(),
  cpuMilliseconds: z.number().nonnegative(),
  memoryBytes: z.int().nonnegative(),
  /** Bytes that the disks really take on this host. */
  diskBytes: z.int().nonnegative(),
  /** Free for the run on the file system that holds it. */
  freeBytes: z.int().nonnegative(),
});
export type Resources = z.infer<typeof Resources>;

/** Memory and disks of one moment, kept in the run's overlays. */
export const Checkpoint = z.strictObject({
  version: z.literal(1),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,60}$/),
  label: z.string().max(200),
  at: z.iso.datetime(),
  /** By itself at a jump, or because somebody asked. */
  why: z.enum(['jump', 'asked']),
  /** The log had so many bytes in that moment. */
  logBytes: z.int().nonnegative(),
  /** What it costs: bytes on this host's disk, and how long the machine stood still. */
  costBytes: z.int().nonnegative(),
  pausedMilliseconds: z.number().nonnegative(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** What a disk of the machine has done, by QEMU's count. */
export const DiskStatistics = z.strictObject({
  disk: z.string().max(80),
  readBytes: z.int().nonnegative(),
  writtenBytes: z.int().nonnegative(),
  readOperations: z.int().nonnegative(),
  writeOperations: z.int().nonnegative(),
  flushOperations: z.int().nonnegative(),
  failedOperations: z.int().nonnegative(),
});
export type DiskStatistics = z.infer<typeof DiskStatistics>;
