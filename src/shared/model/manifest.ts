// The step manifest under a configuration, and when each distfile is needed.
import { z } from 'zod';
import { WantedDistfile } from './distfile.ts';

/** How the bootstrap is started (live-bootstrap 984b8322, rootfs.py: --qemu or --bare-metal; these with --kernel; --chroot or --bwrap). */
export const LaunchMode = z.enum(['kernel-bootstrap', 'kernel', 'chroot']);
export type LaunchMode = z.infer<typeof LaunchMode>;

/** Variables that script-generator's lines can hold and a manifest can ask for. */
export const ManifestConfiguration = z.strictObject({
  mode: LaunchMode,
  /** Set on top of what rootfs.py writes for the mode. */
  variables: z.record(z.string().regex(/^[A-Za-z_]\w{0,62}$/), z.string().regex(/^[^\0\n\r]{0,1000}$/)),
});
export type ManifestConfiguration = z.infer<typeof ManifestConfiguration>;

export const ManifestScript = z.strictObject({
  /** It becomes /steps/N.sh. */
  number: z.int().nonnegative(),
  shell: z.enum(['kaem', 'bash']),
  /** What the machine runs at that time; `host` is the kernel that a chroot shares. */
  kernel: z.enum(['builder-hex0', 'fiwix', 'linux', 'host']),
  entries: z.array(
    z.strictObject({
      directive: z.enum(['build', 'improve', 'jump', 'uninstall']),
      argument: z.string(),
      /** Which build of the step this is, from 1. */
      pass: z.int().positive().nullable(),
      /** Line in steps/manifest. */
      line: z.int().positive(),
    }),
  ),
});
export type ManifestScript = z.infer<typeof ManifestScript>;

/**
 * When the machine first needs a distfile: `kaem` and `pre-network` travel in the boot image; `pre-tls` files can be fetched, but only over plain http;
 * `with-tls` files over https too. `unused`: the configuration builds none of its steps.
 */
export const DistfilePhase = z.enum(['kaem', 'pre-network', 'pre-tls', 'with-tls', 'unused']);
export type DistfilePhase = z.infer<typeof DistfilePhase>;

/** Where the machine can get the file when it needs it. */
export const DistfileRoutes = z.strictObject({
  bootImage: z.boolean(),
  /** The second disk, or the folder of a chroot. */
  externalDisk: z.boolean(),
  mirror: z.enum(['no', 'http', 'http-or-https']),
  /** Those of upstream's addresses that work at that time. */
  urls: z.array(z.string()),
});
export type DistfileRoutes = z.infer<typeof DistfileRoutes>;

export const PlannedDistfile = z.strictObject({
  wanted: WantedDistfile,
  phase: DistfilePhase,
  routes: DistfileRoutes,
  /** Builds that need it, in order. */
  uses: z.array(
    z.strictObject({
      step: z.string(),
      pass: z.int().positive(),
      script: z.int().nonnegative(),
      line: z.int().positive(),
    }),
  ),
});
export type PlannedDistfile = z.infer<typeof PlannedDistfile>;

export const ManifestPlan = z.strictObject({
  scripts: z.array(ManifestScript),
  /** bootstrap.cfg as the machine's script-generator leaves it. */
  configuration: z.string(),
  distfiles: z.array(PlannedDistfile),
});
export type ManifestPlan = z.infer<typeof ManifestPlan>;
