// A preset of an image: a name in plain words, what it sets, what the person still has to choose, and what it needs.
import { z } from 'zod';
import { BootstrapConfiguration } from './bootstrap-config.ts';

/** How far live-bootstrap shall get: `stage0` ends after the first stage and needs no distfiles. */
export const BootstrapGoal = z.enum(['stage0', 'end']);
export type BootstrapGoal = z.infer<typeof BootstrapGoal>;

/** Overlays that Seedbed brings along (resources/overlays). */
export const BuiltInOverlay = z.enum(['offline', 'serial-shell', 'boot-menu']);
export type BuiltInOverlay = z.infer<typeof BuiltInOverlay>;

export const ImagePreset = z.strictObject({
  id: z.string(),
  name: z.string(),
  summary: z.string(),
  goal: z.enum(['boot-check', 'stage0', 'end']),
  /** null for the boot check. */
  configuration: BootstrapConfiguration.nullable(),
  overlays: z.array(BuiltInOverlay),
  /** What the person has to choose, in the order of asking. */
  asks: z.array(z.enum(['checkout', 'distfiles', 'mirrors', 'disk', 'kernel'])),
  /** In plain words. */
  needs: z.strictObject({ size: z.string(), time: z.string(), memory: z.string(), network: z.string() }),
});
export type ImagePreset = z.infer<typeof ImagePreset>;
