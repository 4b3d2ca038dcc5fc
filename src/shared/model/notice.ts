// What a user is told of a run without looking at it: it has ended, it asks for something, or it stands still until something is done.
import { z } from 'zod';

export const RunNotice = z.strictObject({
  run: z.string().max(80),
  kind: z.enum(['ended', 'asks', 'held']),
  /** How it sounds: an end as wished, an end of another kind, or a question. */
  tone: z.enum(['good', 'bad', 'asks']),
  at: z.iso.datetime(),
  title: z.string().max(120),
  /** A sentence; the first words of the machine's own where it asks. */
  text: z.string().max(400),
  /** Since the run was started. */
  elapsedMilliseconds: z.int().nonnegative(),
});
export type RunNotice = z.infer<typeof RunNotice>;

/** What is over so soon was probably watched. */
const BRIEF_MILLISECONDS = 60_000;

/** Whether a tone is of use to somebody who may be looking: a question always is, the end of a short run is not. */
export function deservesSound({ kind, elapsedMilliseconds }: RunNotice): boolean {
  return kind === 'asks' || elapsedMilliseconds >= BRIEF_MILLISECONDS;
}
