// How a bootstrap is configured: every option of live-bootstrap's rootfs.py that bears on what is prepared, as one value.
// Source: live-bootstrap 984b8322, rootfs.py (main, create_configuration_file), seed/script-generator.c, steps/configurator.
import { z } from 'zod';
import { DEFAULT_CORES } from '../limits.ts';

/** What runs it: rootfs.py's --qemu, --bare-metal, --chroot, --bwrap. */
export const BootstrapMachine = z.enum(['qemu', 'bare-metal', 'chroot', 'bwrap']);
export type BootstrapMachine = z.infer<typeof BootstrapMachine>;

/** Where Fiwix and Linux print. `upstream`: as rootfs.py decides, which silences the serial port of an interactive run. */
export const BootstrapConsole = z.enum(['upstream', 'serial', 'screen']);
export type BootstrapConsole = z.infer<typeof BootstrapConsole>;

/**
 * Values that no rule has looked at yet: formats/bootstrap-rules.ts says what is wrong or risky. Files and folders that an option names
 * (a repository of packages, a preseed) are not here: a record names no paths.
 */
export const BootstrapConfiguration = z.strictObject({
  machine: BootstrapMachine,
  /** rootfs.py --kernel: a Linux kernel of the user's starts the bootstrap instead of builder-hex0. */
  suppliedKernel: z.boolean(),
  arch: z.string().max(20),
  /** JOBS and FINAL_JOBS. */
  cores: z.int().min(1).max(256),
  /** All distfiles travel on a disk, none is fetched by the machine (--external-sources). */
  externalSources: z.boolean(),
  /** Packages that were built before travel on a disk (--repo). */
  repoPreseeded: z.boolean(),
  /** A tar file with what the early stages would have built takes their place (--early-preseed). */
  earlyPreseed: z.boolean(),
  /** Swap file once Linux is up, in MiB; 0 for none. */
  swapMiB: z.int().nonnegative().max(1_048_576),
  forceTimestamps: z.boolean(),
  updateChecksums: z.boolean(),
  buildKernels: z.boolean(),
  interactive: z.boolean(),
  configurator: z.boolean(),
  /** --internal-ci, of upstream's own tests: pass1, pass2, …; null for none. */
  internalCi: z
    .string()
    .regex(/^[\w.-]{1,40}$/)
    .nullable(),
  /** Where the machine fetches distfiles from after it has a network; http or https. */
  mirrors: z.array(z.string().max(1000)).max(20),
  /** Least size in MiB of the disk that the bootstrap starts from; upstream's default is 16 GiB. Sparse. */
  targetSizeMiB: z.int().nonnegative().max(2_097_152),
  /** Size in MiB of the external disk; upstream's is 16 GiB always. */
  externalSizeMiB: z.int().positive().max(2_097_152),
  /** False leaves bootstrap.cfg empty (--no-create-config). */
  createConfig: z.boolean(),
  /** Linux name without /dev/ of the disk or partition that becomes the root; null for the one that rootfs.py writes. */
  disk: z.string().max(40).nullable(),
  console: BootstrapConsole,
});
export type BootstrapConfiguration = z.infer<typeof BootstrapConfiguration>;

/** rootfs.py's defaults (argparse in main), but nothing silenced on the serial port and no swap. */
export const DEFAULT_CONFIGURATION: BootstrapConfiguration = {
  machine: 'qemu',
  suppliedKernel: false,
  arch: 'x86',
  cores: DEFAULT_CORES,
  externalSources: false,
  repoPreseeded: false,
  earlyPreseed: false,
  swapMiB: 0,
  forceTimestamps: false,
  updateChecksums: false,
  buildKernels: false,
  interactive: false,
  configurator: false,
  internalCi: null,
  mirrors: [],
  targetSizeMiB: 16_384,
  externalSizeMiB: 16_384,
  createConfig: true,
  disk: null,
  console: 'upstream',
};

/** What a rule or a preflight found. An error hinders the build; a warning explains what will happen. */
export const ImageFinding = z.strictObject({
  level: z.enum(['error', 'warning']),
  /** For programs; stays the same. */
  code: z.string(),
  /** The field of the configuration or of the spec that it is about; null when it is about none. */
  field: z.string().nullable(),
  /** What happens, and why. */
  why: z.string(),
  /** What to do; empty when nothing is to be done. */
  hint: z.string(),
});
export type ImageFinding = z.infer<typeof ImageFinding>;
