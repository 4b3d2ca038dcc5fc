// Images: presets, rules, preflight, build, list, inspect.
import { eventIterator } from '@orpc/contract';
import { z } from 'zod';
import { BootstrapConfiguration, ImageFinding } from '../model/bootstrap-config.ts';
import { Finding, PlaceToken } from '../model/host.ts';
import { CheckoutFacts, Image, ImageInspection, ImageRecord } from '../model/image.ts';
import { ImagePreflight } from '../model/image-preflight.ts';
import { BootstrapGoal, BuiltInOverlay, ImagePreset } from '../model/image-preset.ts';
import { OverlayDescription } from '../model/overlay.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';

/** Seedbed's own store, or a folder with the files by name. */
export const DistfileSourceChoice = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('store') }),
  z.strictObject({ from: z.literal('folder'), place: PlaceToken }),
]);
export type DistfileSourceChoice = z.infer<typeof DistfileSourceChoice>;

export const OverlaySpec = z.union([
  z.strictObject({ builtIn: BuiltInOverlay }),
  z.strictObject({ folder: PlaceToken }),
]);

/** What to build: the boot check needs nothing; live-bootstrap needs a checkout, and distfiles unless the goal is stage0. */
export const ImageSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('boot-check') }),
  z.strictObject({
    kind: z.literal('live-bootstrap'),
    goal: BootstrapGoal,
    checkout: CheckoutChoice,
    distfiles: DistfileSourceChoice,
    configuration: BootstrapConfiguration,
    /** Folder of packages that were built before; asked for by `configuration.repoPreseeded`. */
    repo: PlaceToken.nullable(),
    /** tar file in place of the early stages; asked for by `configuration.earlyPreseed`. */
    preseed: PlaceToken.nullable(),
    overlays: z.array(OverlaySpec).max(20),
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
  /** Starts for choices, the quickest first. */
  presets: procedure.input(z.strictObject({})).output(z.array(ImagePreset)),
  /** The overlays that Seedbed brings along. */
  overlays: procedure.input(z.strictObject({})).output(z.array(OverlayDescription)),
  /** The rules alone: quick enough for every key that is pressed. Errors first. */
  check: procedure
    .input(
      z.strictObject({
        goal: BootstrapGoal,
        configuration: BootstrapConfiguration,
        overlays: z.array(BuiltInOverlay),
      }),
    )
    .output(z.array(ImageFinding)),
  /** Everything that can be said before a byte is written: rules, missing distfiles, sizes, limits, space, memory. */
  preflight: procedure
    .input(
      z.strictObject({
        spec: ImageSpec,
        out: ImageTarget.optional(),
        /** Of the machine that will run it; left out when it is not known. */
        memoryMiB: z.int().positive().max(16_777_216).optional(),
      }),
    )
    .output(ImagePreflight),
  /** Build into the data folder, or into a file of the user's (then the record goes beside it). */
  build: procedure
    .input(z.strictObject({ spec: ImageSpec, out: ImageTarget.optional() }))
    .output(z.strictObject({ jobId: z.string() })),
  list: procedure.input(z.strictObject({})).output(z.array(Image)),
  /** The record of an image, as it was built; nothing else is read. Errors: IMAGE_NOT_FOUND, NOT_FOUND, RECORD_INVALID, RECORD_OUTDATED. */
  record: procedure
    .input(
      z.strictObject({
        image: z.union([z.strictObject({ id: z.string() }), z.strictObject({ place: PlaceToken })]),
      }),
    )
    .output(z.strictObject({ path: z.string(), record: ImageRecord })),
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
