// What a built-in overlay is, for people.
import { z } from 'zod';
import { BuiltInOverlay } from './image-preset.ts';

export const OverlayDescription = z.strictObject({
  name: BuiltInOverlay,
  title: z.string(),
  summary: z.string(),
  /** Paths as in a checkout. */
  files: z.array(z.string()),
});
export type OverlayDescription = z.infer<typeof OverlayDescription>;
