// Images: build, list, inspect.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { ImageGoal } from '../model/console.ts';
import { Finding, PlaceToken } from '../model/host.ts';
import { CheckoutFacts, Image, ImageInspection } from '../model/image.ts';
import { procedure } from './errors.ts';

/** What to build: the boot check needs nothing; live-bootstrap needs a checkout, and distfiles unless the goal is stage0. */
export const ImageSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('boot-check') }),
  z.strictObject({
    kind: z.literal('kernel-bootstrap'),
    goal: ImageGoal.exclude(['boot-check']),
    checkout: PlaceToken,
    distfiles: PlaceToken.nullable(),
    cores: z.int().min(1).max(256),
    mirrors: z.array(z.url({ protocol: /^https?$/ })).max(20),
    /** Size of the image in MiB, at least; upstream's default is 16 GiB (rootfs.py --target-size). Sparse. */
    targetSizeMiB: z.int().nonnegative().max(2_097_152),
  }),
]);
export type ImageSpec = z.infer<typeof ImageSpec>;

export const ImageTarget = z.strictObject({
  folder: PlaceToken,
  /** A plain file name in that folder. */
  name: z.string().regex(/^(?!\.{1,2}$)[^/\\\0]{1,255}$/),
  replace: z.boolean(),
});
export type ImageTarget = z.infer<typeof ImageTarget>;

export const imageContract = {
  /** Look at a folder: is it a checkout that can be built from? */
  checkout: procedure.input(z.strictObject({ checkout: PlaceToken })).output(
    z.strictObject({
      facts: CheckoutFacts,
      findings: z.array(Finding),
      preNetworkDistfiles: z.int().nonnegative(),
    }),
  ),
  /** Build into the data folder, or into a file of the user's (then the record goes beside it). */
  build: procedure
    .input(z.strictObject({ spec: ImageSpec, out: ImageTarget.optional() }))
    .output(z.strictObject({ jobId: z.string() })),
  list: procedure.input(z.strictObject({})).output(z.array(Image)),
  inspect: procedure
    .input(
      z.strictObject({
        image: z.union([z.strictObject({ id: z.string() }), z.strictObject({ place: PlaceToken })]),
      }),
    )
    .output(ImageInspection),
  remove: procedure.input(z.strictObject({ id: z.string() })).output(z.strictObject({})),
  /** The list, again whenever it changes. */
  watch: procedure.input(z.strictObject({})).output(eventIterator(z.array(Image))),
};
