// What a result rests on: the report of a run or of an image.
import { z } from 'zod';
import { PlaceToken } from '../model/host.ts';
import { Paper } from '../model/paper.ts';
import { procedure } from './errors.ts';

export const TrustSubject = z.union([
  /** An id, its beginning, or `latest`. */
  z.strictObject({ run: z.string().max(80) }),
  z.strictObject({ image: z.string().max(80) }),
  z.strictObject({ place: PlaceToken }),
]);
export type TrustSubject = z.infer<typeof TrustSubject>;

export const trustContract = {
  /** `html`: the same, with the script, as one file to keep and to print. `script`: checks its hashes without Seedbed. */
  report: procedure
    .input(TrustSubject)
    .output(z.strictObject({ paper: Paper, html: z.string(), script: z.string() })),
};
