// Before and after a run on a real machine: the checklist for an image, and what a person typed off the screen explained.
import { z } from 'zod';
import { ScreenReading, TargetDrives } from '../model/bare-metal.ts';
import { PlaceToken } from '../model/host.ts';
import { Paper } from '../model/paper.ts';
import { procedure } from './errors.ts';

const NamedImage = z.union([
  z.strictObject({ id: z.string().max(80) }),
  z.strictObject({ place: PlaceToken }),
]);

export const bareMetalContract = {
  /** `html`: the same as one file to keep and to print. */
  checklist: procedure
    .input(z.strictObject({ image: NamedImage, drives: TargetDrives }))
    .output(z.strictObject({ paper: Paper, html: z.string() })),
  /** Takes any text. `image`: what was started, so that entries and sums can be held against it. */
  explainScreen: procedure
    .input(z.strictObject({ text: z.string().max(40_000), image: NamedImage.nullable() }))
    .output(ScreenReading),
};
