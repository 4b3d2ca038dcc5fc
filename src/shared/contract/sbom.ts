// Bills of materials of a checkout, or of an image that was built from it.
import { z } from 'zod';
import { SbomFormat } from '../model/sbom.ts';
import { TextFile } from './chain.ts';
import { CheckoutChoice } from './distfiles.ts';
import { procedure } from './errors.ts';

export const sbomContract = {
  /** With `image`, which of the files it carries, and its own hashes. The same inputs give the same text. Errors: CHECKOUT_INVALID, CHECKOUT_UNREADABLE, IMAGE_NOT_FOUND. */
  write: procedure
    .input(
      z.strictObject({
        checkout: CheckoutChoice,
        format: SbomFormat,
        image: z.string().max(80).nullable(),
      }),
    )
    .output(TextFile),
};
