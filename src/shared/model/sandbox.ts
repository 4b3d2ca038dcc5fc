// Sandboxes: the third and fourth way of live-bootstrap's README, a folder of this host that the bootstrap takes for its root (rootfs.py --bwrap, --chroot).
import { z } from 'zod';

export const SandboxMode = z.enum(['bwrap', 'chroot']);
export type SandboxMode = z.infer<typeof SandboxMode>;

export const SANDBOX_NAMES: Readonly<Record<SandboxMode, string>> = { bwrap: 'bubblewrap', chroot: 'chroot' };

/** Of a run in a sandbox: what it was started with. */
export const SandboxFacts = z.strictObject({
  /** `bubblewrap 0.8.0`, `unshare from util-linux 2.38.1`. */
  tool: z.string().max(200),
  /** Whether programs in it reach this host's network. */
  network: z.boolean(),
  /** How it got root's rights on this host; null where it needs none, or the host had them. */
  elevatedBy: z.enum(['pkexec', 'sudo']).nullable(),
  /** This host's kernel, as `uname -sr` names it. */
  kernel: z.string().max(200),
  /** What the result of such a run rests on, beside the sources. */
  restsOn: z.string().max(1000),
});
export type SandboxFacts = z.infer<typeof SandboxFacts>;

/** Whether a way can be gone on this host. */
export const SandboxAvailability = z.strictObject({
  mode: SandboxMode,
  available: z.boolean(),
  /** The program that makes it, or why there is none. */
  detail: z.string(),
  /** What to do; empty when nothing is to be done. */
  hint: z.string(),
});
export type SandboxAvailability = z.infer<typeof SandboxAvailability>;
