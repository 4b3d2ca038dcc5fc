// Bare metal: how the drives will be attached to the target, and what a person typed off its screen.
import { z } from 'zod';
import { PaperMark } from './paper.ts';

/** The Linux that live-bootstrap builds names disks after this: SATA and USB are sd*, NVMe nvme*n*, cards mmcblk*. */
export const TargetBus = z.enum(['sata', 'usb', 'nvme', 'card']);
export type TargetBus = z.infer<typeof TargetBus>;

export const TargetDrive = z.strictObject({
  /** For the paper: model and serial, say. */
  name: z.string().max(200),
  bus: TargetBus,
  sizeBytes: z.int().positive().nullable(),
});
export type TargetDrive = z.infer<typeof TargetDrive>;

/** The drives that will be in the target, as far as the user says: nothing is guessed. */
export const TargetDrives = z.strictObject({
  boot: TargetDrive.nullable(),
  external: TargetDrive.nullable(),
});
export type TargetDrives = z.infer<typeof TargetDrives>;

/** What the boot check looks at, in its order; `firmware` is what stands before it. */
export const SCREEN_POINTS = [
  'title',
  'disk',
  'a20',
  'memory',
  'interrupt',
  'probe',
  'entries',
  'stream',
  'verdict',
] as const;
export const ScreenPoint = z.enum(SCREEN_POINTS);
export type ScreenPoint = z.infer<typeof ScreenPoint>;

export const ScreenFinding = z.strictObject({
  point: ScreenPoint,
  /** What is looked at there, in plain words. */
  title: z.string().max(200),
  /** `equal`: passed. `differs`: failed. `unknown`: not reached, or not typed. */
  mark: PaperMark,
  /** What it comes to. */
  text: z.string().max(1000),
  /** What was typed for it; empty when nothing was. */
  typed: z.string().max(1200),
  /** What that was taken for, where it was typed otherwise; empty when nothing had to be put right. */
  takenFor: z.string().max(1200),
});
export type ScreenFinding = z.infer<typeof ScreenFinding>;

export const ScreenReading = z.strictObject({
  outcome: z.enum(['passed', 'failed', 'unfinished', 'not-a-boot-check']),
  /** What happened, and what to do now. */
  sentence: z.string().max(600),
  hint: z.string().max(1000),
  findings: z.array(ScreenFinding).max(20),
  /** Lines that were taken for nothing. */
  unread: z.array(z.string().max(200)).max(50),
});
export type ScreenReading = z.infer<typeof ScreenReading>;
